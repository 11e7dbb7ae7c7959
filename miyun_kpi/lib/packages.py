"""Zip packages with fixed bytes: equal contents are equal files. Pure.

The libraries that write .docx and .xlsx stamp their parts by the clock; two files made a second apart would differ.
"""

import io
import re
import zipfile

# A zip keeps no time zone: every member has the same day.
STAMP = (2000, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"<dcterms:modified[^>]*>[^<]*</dcterms:modified>")


def add_member(pack: zipfile.ZipFile, name: str, content: bytes) -> None:
    member = zipfile.ZipInfo(name, STAMP)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o600 << 16
    pack.writestr(member, content)


def steady(package: bytes, *, keep_modified: bool = False) -> bytes:
    """The package without the moments of its writing. `keep_modified`: its “modified” was set by us, not by the clock."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name in given.namelist():
            content = given.read(name)
            if name == "docProps/core.xml" and not keep_modified:
                content = _MODIFIED.sub(b"", content)
            add_member(pack, name, content)
    return out.getvalue()
