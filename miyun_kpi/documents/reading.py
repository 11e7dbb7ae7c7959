"""The words of a .docx that comes back, in the order of the page: to be held against the one that was written."""

import io
import zipfile
from typing import Any

from docx.oxml.ns import qn

from miyun_kpi.documents.check import open_document
from miyun_kpi.lib.errors import Refused

LARGEST = 5 * 2**20
UNPACKED = 60 * 2**20


def lines_of(content: bytes) -> list[str]:
    """Paragraphs and cells of tables that hold any words. Refuses what is no .docx, or larger than any paper of ours."""
    _require_size(content)
    document = open_document(content)
    found = [_words(paragraph) for paragraph in document.element.body.iter(qn("w:p"))]
    return [line for line in found if line]


def _words(paragraph: Any) -> str:
    return "".join(part.text or "" for part in paragraph.iter(qn("w:t"))).strip()


def _require_size(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            unpacked = sum(member.file_size for member in package.infolist())
    except zipfile.BadZipFile as error:
        raise Refused("not-docx", "这个文件不是 .docx，没有比对。请上传从系统导出的那一份。") from error
    if len(content) > LARGEST or unpacked > UNPACKED:
        raise Refused("too-large", "这个文件比系统导出的任何公文都大，没有比对。请上传从系统导出的那一份。")
