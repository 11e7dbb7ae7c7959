"""What may be stored: told by the content, never by the name. Pure."""

import re
import zipfile
from dataclasses import dataclass
from typing import IO

MOST_MEMBERS = 5000
LONGEST_NAME = 100


@dataclass(frozen=True)
class FileType:
    word: str
    extension: str
    content_type: str


PDF = FileType("PDF", "pdf", "application/pdf")
PNG = FileType("PNG 图片", "png", "image/png")
JPEG = FileType("JPEG 图片", "jpg", "image/jpeg")
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = FileType("Word 文档", "docx", f"{OFFICE}wordprocessingml.document")
XLSX = FileType("工作簿", "xlsx", f"{OFFICE}spreadsheetml.sheet")
OFD = FileType("OFD 版式文件", "ofd", "application/ofd")
ALLOWED = (PDF, OFD, PNG, JPEG, DOCX, XLSX)


def recognise(file: IO[bytes]) -> FileType | str:
    """The type of a file from its content, or the sentence part that says why it is not taken. Reads no more than heads."""
    file.seek(0)
    head = file.read(1024)
    if not head:
        return "文件是空的"
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "旧格式（.doc、.xls、.wps）可能带宏，不收；请另存为 .docx、.xlsx 或 PDF 后再传"
    if head.startswith(b"PK\x03\x04"):
        return _packed(file)
    return "只收 PDF、OFD、PNG、JPEG、.docx、.xlsx，按内容识别，不看扩展名"


def _packed(file: IO[bytes]) -> FileType | str:
    """Only the list of members is read: nothing is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "文件损坏，打不开"
    if len(names) > MOST_MEMBERS:
        return "文件里的部件太多"
    lower = {name.lower() for name in names}
    if any(name.endswith("vbaproject.bin") for name in lower):
        return "文件带宏，不收；请另存为不带宏的 .docx、.xlsx 或 PDF"
    if "ofd.xml" in lower:
        return OFD
    if "[content_types].xml" in lower and "word/document.xml" in lower:
        return DOCX
    if "[content_types].xml" in lower and "xl/workbook.xml" in lower:
        return XLSX
    return "压缩包不收；请逐个上传里面的文件"


def safe_name(sent: str, extension: str) -> str:
    """The last part of the name without what a file system or a header may stumble over, with the extension of its content."""
    last = re.split(r"[/\\]", sent)[-1]
    # Control and format characters, among them those that turn the direction of writing.
    clean = "".join(ch for ch in last if ch.isprintable() and ch not in '<>:"|?*\ufffd')
    stem = re.sub(rf"\.{re.escape(extension)}$", "", clean, flags=re.IGNORECASE).strip(" .")
    return f"{stem[:LONGEST_NAME].rstrip(' .') or '佐证材料'}.{extension}"
