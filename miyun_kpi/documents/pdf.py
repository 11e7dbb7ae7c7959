"""A PDF of a document by LibreOffice where it is installed. Nothing depends on it: the .docx is the document."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from miyun_kpi.lib.errors import Refused

SECONDS = 120


def converter() -> str:
    """The program on this machine, "" where there is none."""
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


def convert_to_pdf(content: bytes) -> bytes:
    program = converter()
    if not program:
        raise Refused("no-converter", "本机没有安装 LibreOffice，不能转成 PDF。请下载 .docx，或请系统管理员安装。")
    with tempfile.TemporaryDirectory(prefix="kpi-pdf-") as folder:
        source = Path(folder) / "document.docx"
        source.write_bytes(content)
        # A profile of its own: two conversions at once would wait for one another's lock, or fail.
        command = [program, f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless", "--convert-to"]
        try:
            done = subprocess.run(
                [*command, "pdf", "--outdir", folder, str(source)], capture_output=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise Refused("pdf-too-slow", f"转成 PDF 超过 {SECONDS} 秒，已停下。请下载 .docx。") from None
        made = source.with_suffix(".pdf")
        if done.returncode or not made.exists():
            raise Refused("pdf-failed", "LibreOffice 没有转成 PDF。请下载 .docx，或再试一次。")
        return made.read_bytes()
