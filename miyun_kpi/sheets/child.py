"""The process that opens a stranger's workbook: alone, without Django, with limits. `read.py` starts it.

In: one line with the limits (`rows=2000 …`), then the file. Out, for a file without anything odd: NUL, and joined by NUL, which
no cell of XML can hold, of each sheet its name, whether it is hidden, hidden columns, merged places, kinds, rows, columns and
the text of every cell. For any other one JSON object, {"sheets": …} or {"refused": code, …}.
"""

from __future__ import annotations

import gc
import io
import resource
import sys
from posix import _exit

from miyun_kpi.sheets import plain

TYPE_CHECKING = False  # see plain.py
if TYPE_CHECKING:
    from typing import Any

WORDS = {str, float, int}  # whose text says what they are
# A spreadsheet keeps fifteen digits: of a longer number the last ones are lost. A smaller fraction is told with an exponent.
MOST, LEAST = 1e15, 1e-4


def main() -> None:
    gc.disable()  # the process lives for one file
    head, _, content = sys.stdin.buffer.read().partition(b"\n")
    limits = {name: int(number) for name, number in (pair.split("=") for pair in head.decode().split())}
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    said = of_plain(content, limits)
    sys.stdout.buffer.write(of_any(content, limits) if said is None else said)
    sys.stdout.flush()
    _exit(0)  # without tidying up a memory that goes away


def of_plain(content: bytes, limits: dict[str, int]) -> bytes | None:
    try:
        surveyed = plain.survey(content, limits)
        return None if surveyed is None else joined(with_texts(content, surveyed))
    except Exception:  # then it is not plain
        return None


def of_any(content: bytes, limits: dict[str, int]) -> bytes:
    import json

    from miyun_kpi.sheets import careful

    try:
        answer: dict[str, Any] = {"sheets": with_texts(content, careful.survey(content, limits))}
    except careful.Stop as stop:
        answer = stop.answer
    except MemoryError:
        answer = {"refused": "too-heavy"}
    except Exception:  # whatever a library says about a stranger's file, it is the file that is broken
        answer = {"refused": "broken-file"}
    return json.dumps(answer, ensure_ascii=True).encode()


def with_texts(content: bytes, surveyed: plain.Surveyed) -> list[dict[str, Any]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [
        {
            "name": name,
            "hidden": hidden,
            **texts(book.get_sheet_by_name(name).to_python(skip_empty_area=False)),
            **facts,
        }
        for name, hidden, facts in surveyed
    ]


def texts(rows: list[list[Any]]) -> dict[str, Any]:
    """The text of every cell, and beside it the kinds ("date", "flag", "long", "tiny") of the few that have one, by row and
    column from 0.
    """
    kinds: dict[str, str] = {}
    odd = False

    def other(value: object) -> str:
        nonlocal odd
        odd = odd or _kind(value) != ""
        return _other(value)

    for at, row in enumerate(rows):
        if not WORDS.issuperset(map(type, row)):
            for n, value in enumerate(row):
                if type(value) not in WORDS:
                    kinds[f"{at} {n}"] = _kind(value)
    found = [
        [
            one
            if type(one) is str
            else str(int(one))
            if type(one) is float and one.is_integer() and -MOST < one < MOST
            else other(one)
            for one in row
        ]
        for row in rows
    ]
    if odd:
        kinds |= {f"{at} {n}": kind for at, row in enumerate(rows) for n, one in enumerate(row) if (kind := _kind(one))}
    return {"rows": found, "kinds": kinds}


def _kind(value: object) -> str:
    if isinstance(value, float):
        return "long" if abs(value) >= MOST else "tiny" if 0 < abs(value) < LEAST else ""
    return "" if type(value) in WORDS else "flag" if isinstance(value, bool) else "date"


def _other(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return repr(value) if isinstance(value, float) else str(value)


def joined(sheets: list[dict[str, Any]]) -> bytes | None:
    """None where a cell would not come out again as it went in."""
    fields = [""]
    for sheet in sheets:
        rows, width = sheet["rows"], len(sheet["rows"][0]) if sheet["rows"] else 0
        merged = " ".join(sheet["merged"])
        kinds = " ".join(f"{place.replace(' ', '.')}.{kind}" for place, kind in sheet["kinds"].items())
        hidden = " ".join(map(str, sheet["hidden_columns"]))
        if any(len(row) != width for row in rows) or len(merged.split()) != len(sheet["merged"]):
            return None
        fields += [sheet["name"], "1" if sheet["hidden"] else "", hidden, merged, kinds, str(len(rows)), str(width)]
        for row in rows:
            fields += row
    said = "\0".join(fields)
    return said.encode() if said.count("\0") == len(fields) - 1 else None
