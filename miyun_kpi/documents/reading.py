"""The words of a .docx that comes back, in the order of the page: to be held against the one that was written.

Also what no paper of ours holds and a reader would not see or would see beside the words: hidden text, formulas, drawings, changes
under revision. Their number is a line of its own.
"""

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.opc.exceptions import PackageNotFoundError

from miyun_kpi.lib.errors import Refused

LARGEST = 2 * 2**20
UNPACKED = 8 * 2**20
MEMBERS = 100
LINES = 3000
# A parser says in its own way that a package is none; none of it is a fault of ours.
BROKEN = (
    *(PackageNotFoundError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError),
    *(KeyError, ValueError, IndexError, AttributeError, TypeError, SyntaxError, OSError),
)
_BESIDE = {
    "vanish": "隐藏的文字",
    "specVanish": "隐藏的文字",
    "webHidden": "隐藏的文字",
    "oMath": "公式",
    "sym": "符号",
    "drawing": "图形",
    "pict": "图形",
    "object": "嵌入的对象",
    "altChunk": "嵌入的对象",
    "ins": "修订",
    "del": "修订",
    "moveFrom": "修订",
    "moveTo": "修订",
    "footnoteReference": "脚注",
    "endnoteReference": "尾注",
    "commentReference": "批注",
}


def lines_of(content: bytes) -> list[str]:
    """Paragraphs and cells that hold any words, of the page and of its heads and feet; then what stands beside them.

    Refuses what is no .docx, or larger than any paper of ours.
    """
    _require_size(content)
    try:
        document = Document(io.BytesIO(content))
        found, beside = [], Counter[str]()
        for element in _elements(document):
            for line in _lines(element, beside):
                found.append(line)
                if len(found) > LINES:
                    raise _too_large()
    except BROKEN as error:
        raise Refused("not-docx", "这个 .docx 读不出，没有比对。请上传从系统导出、没有另存过的那一份。") from error
    return found + [f"〔{words} {count} 处〕" for words, count in sorted(beside.items())]


def _elements(document: Any) -> Iterator[Any]:
    yield document.element.body
    seen = set()
    for part in document.part.package.iter_parts():
        name = str(part.partname)
        if ("/header" in name or "/footer" in name) and name not in seen:
            seen.add(name)
            yield part.element


def _lines(element: Any, beside: Counter[str]) -> Iterator[str]:
    for node in element.iter():
        name = _local(node)
        if name in _BESIDE:
            beside[_BESIDE[name]] += 1
        if name == "p":
            # Words of a formula are `t` too, of another namespace.
            line = "".join(part.text or "" for part in node.iter() if _local(part) in ("t", "delText")).strip()
            if line:
                yield line


def _local(node: Any) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _require_size(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
    except BROKEN as error:
        raise Refused("not-docx", "这个文件不是 .docx，没有比对。请上传从系统导出的那一份。") from error
    if len(content) > LARGEST or len(members) > MEMBERS or sum(member.file_size for member in members) > UNPACKED:
        raise _too_large()


def _too_large() -> Refused:
    return Refused("too-large", "这个文件比系统导出的任何公文都大，没有比对。请上传从系统导出的那一份。")
