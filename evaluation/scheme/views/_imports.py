"""What imports with a preview share: the bytes of the file, and a workbook as an answer."""

from typing import Any

from django.http import HttpResponse

from miyun_kpi.sheets.table import Limits
from miyun_kpi.sheets.write import CONTENT_TYPE
from miyun_kpi.web.answers import download


def content_of(file: Any) -> bytes:
    """One byte more than allowed is enough to be refused."""
    content: bytes = file.read(Limits().file + 1)
    return content


def xlsx(content: bytes, name: str) -> HttpResponse:
    return download(content, CONTENT_TYPE, name)
