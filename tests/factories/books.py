"""The workbook of a sheet as a person has it: downloaded, filled in a spreadsheet, uploaded, written."""

import html
import io
import re
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from evaluation.models import MarkSheet
from tests.factories.markup import one_line

FIRST = 5
HTMX = {"hx-request": "true"}
FIELDS = ("organisation", "version", "pasted", "read", "where", "problems", "suggestions", "not_applicable", "touch")


def download(client: Any, sheet: MarkSheet) -> bytes:
    answer = client.get(f"/evaluation/sheets/{sheet.pk}/workbook/")
    assert answer.status_code == 200
    return answer.content


def filled(content: bytes, fill: Callable[[Workbook], Any]) -> bytes:
    book = load_workbook(io.BytesIO(content))
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def typed(content: bytes, **cells: Any) -> bytes:
    """`typed(content, F5=88.5, H5="…")`"""

    def fill(book: Workbook) -> None:
        for address, value in cells.items():
            book["打分"][address] = value

    return filled(content, fill)


def upload(client: Any, sheet: MarkSheet, content: bytes, name: str = "打分.xlsx") -> Any:
    given = {"workbook": SimpleUploadedFile(name, content)}
    return client.post(f"/evaluation/sheets/{sheet.pk}/workbook/", given, headers=HTMX)


def form_of(answer: Any) -> dict[str, list[str]]:
    """The fields of the preview as the browser sends them back, every choice still open."""
    page = one_line(answer.content.decode())
    form = re.search(r'<form id="paste-form".*?</form>', page, re.S)
    assert form, page[:800]
    data: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>|<select [^>]*>", form[0]):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name:
            data.setdefault(name[1], []).append(html.unescape(value[1]) if value else "")
    return data


def states(answer: Any) -> list[tuple[str, str]]:
    """Word and note of every row of a preview."""
    rows = re.findall(r"<tr class=\"[\w -]*\"><td.*?</tr>", one_line(answer.content.decode()), re.S)
    return [
        (
            re.search(r"<span class=\"state.*?</svg><span>(.*?)</span>", row, re.S)[1],
            re.sub(r"<.*?>", " ", re.search(r'<td class="note">(.*?)</td>', row, re.S)[1]).strip(),
        )
        for row in rows
    ]


def write(client: Any, sheet: MarkSheet, data: dict[str, list[str]]) -> Any:
    return client.post(f"/evaluation/sheets/{sheet.pk}/column/", data, headers=HTMX)


def brought(client: Any, sheet: MarkSheet, content: bytes) -> Any:
    """Uploaded and written at once; the refusing answer where it is refused."""
    answer = upload(client, sheet, content)
    return answer if answer.status_code != 200 else write(client, sheet, form_of(answer))
