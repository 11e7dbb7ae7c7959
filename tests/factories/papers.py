"""What a reader of an official document reads."""

import io
from typing import Any

from docx import Document
from docx.oxml.ns import qn


def _words(element: Any) -> str:
    found = []
    for part in element.iter(qn("w:t"), qn("w:br")):
        found.append("\n" if part.tag == qn("w:br") else part.text or "")
    return "".join(found)


def text_of(content: bytes) -> str:
    """The words in the order of the page, cells parted by a bar: what a reader of the document reads."""
    document = Document(io.BytesIO(content))
    lines = []
    for element in document.element.body.iterchildren():
        if element.tag == qn("w:p"):
            lines.append(_words(element))
        elif element.tag == qn("w:tbl"):
            for row in element.iter(qn("w:tr")):
                lines.append(" | ".join(_words(cell) for cell in row.iterchildren(qn("w:tc"))))
    return "\n".join(line for line in lines if line)
