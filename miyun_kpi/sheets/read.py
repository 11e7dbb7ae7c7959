"""Workbooks in. A file from outside is opened in a fresh process without Django, with limits; formulas are refused.

Nothing is computed and nothing is guessed: the cells come back as text with what is odd about their sheet.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import distribution
from itertools import chain, repeat
from pathlib import Path
from typing import Any, NamedTuple

from miyun_kpi.lib.errors import FieldError, Refused, listed
from miyun_kpi.lib.reading import all_visible, visible

# Without `site`: a third of the time an interpreter takes to start. Both folders are looked through after the standard library.
_CHILD = "import sys; sys.path += sys.argv[1:]; from miyun_kpi.sheets.child import main; main()"
_PLACES = [str(Path(__file__).parents[2]), str(distribution("python-calamine").locate_file(""))]
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


# What `visible` takes away and is no sign of no width; tabs and line breaks are blanks. The last write from right to left:
# a sheet shows 89.5 where 5.98 stands.
CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200f\u202b\u202e\u2067]")


@dataclass(frozen=True)
class Limits:
    """Bytes of the file and of its contents, members of the archive, times it may unpack to; seconds and bytes of the process."""

    file: int = 2_000_000
    members: int = 200
    unpacked: int = 40_000_000
    ratio: int = 200
    sheets: int = 12
    rows: int = 2_000
    columns: int = 100
    seconds: int = 20
    memory: int = 768_000_000


class Cell(NamedTuple):
    """`kind`: "date", "flag" (a truth value), "percent" (a number shown as one), "formula" (`text` is "=", never what it
    would come to), else "". Of numbers: "long" (more digits than a spreadsheet keeps), "exponent" (shown with one), "tiny" (a
    fraction a spreadsheet tells with one) and "padded" (shown with leading noughts nobody can be certain of). Of a text:
    "control" (it held a sign that nobody sees and a spreadsheet does not type: 1, form feed, 2 is not 12).
    """

    text: str
    kind: str = ""

    @property
    def blank(self) -> bool:
        return not self.text.strip()

    @property
    def odd(self) -> str:
        """Why no number may be read from the cell, or of a number no text, and what to do; "" for one that is what it looks like."""
        if self.kind == "percent":
            shown = f"{Decimal(self.text) * 100:f}"
            shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
            return (
                f"是百分比格式：显示 {shown}%，存的是 {self.text}，不知道要哪一个。"
                f"请把格式改成“常规”，写明 {shown} 或 {self.text}。"
            )
        return {
            "date": (
                f"是日期（{self.text[:10]}），不是数。表格软件会把“1/2”一类的写法改成日期，请把格式改成“文本”再写。"
            ),
            "flag": f"是逻辑值（{self.text}），不是数。请改成数。",
            "formula": "是公式，请选中后“选择性粘贴—数值”。",
            "long": "是超过 15 位的数值，表格软件只留前 15 位，后面几位已经丢失。请把这一列设为“文本”，照原件重新录入。",
            **dict.fromkeys(
                ("exponent", "tiny"),
                "是科学计数的数值，看不出原来写的是什么。请把这一列设为“文本”，照原件重新录入。",
            ),
            "control": "有看不见的控制字符，不知道原来写的是什么数。请删去这一格，重新写。",
            "padded": f"是按格式补零显示的数值，存的是 {self.text}，不知道要哪一个。请把这一列设为“文本”，照原件重新录入。",
        }.get(self.kind, "")


@dataclass(frozen=True)
class ReadSheet:
    """`rows` from A1; rows and columns are counted from 1 in `hidden_rows`, `hidden_columns`."""

    name: str
    hidden: bool
    rows: Sequence[Sequence[Cell]]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    merged: Sequence[str]
    errors: frozenset[str]
    formulas: Sequence[str] = ()

    def cell(self, row: int, column: int) -> Cell:
        if row > len(self.rows) or column > len(self.rows[row - 1]):
            return Cell("")
        return self.rows[row - 1][column - 1]


def address(row: int, column: int) -> str:
    """B7 of row 7, column 2."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def read_workbook(content: bytes, *, limits: Limits | None = None, formulas: bool = False) -> list[ReadSheet]:
    """Every sheet of an .xlsx. Raises Refused, in one sentence that says the way out; formulas are named by address.

    `formulas`: the caller names them beside everything else that is wrong; their cells come back as of that kind.
    """
    limits = limits or Limits()
    _look(content, limits)
    head = " ".join(f"{name}={number}" for name, number in limits.__dict__.items()).encode() + b"\n"
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _CHILD, *_PLACES],
            input=head + content,
            capture_output=True,
            timeout=limits.seconds + 5,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Refused("too-slow", _SENTENCES["too-slow"]) from None
    if done.returncode or not done.stdout:
        raise Refused("too-heavy", _SENTENCES["too-heavy"])
    answer = _parted(done.stdout) if done.stdout[:1] == b"\0" else json.loads(done.stdout)
    if "refused" in answer:
        raise _refusal(answer, limits)
    sheets = [_sheet(sheet) for sheet in answer["sheets"]]
    if not formulas and (cells := [(one.name, cell) for one in sheets for cell in one.formulas]):
        raise _formulas(cells)
    return sheets


def _look(content: bytes, limits: Limits) -> None:
    if not content:
        raise Refused("empty-file", "这个文件是空的，没有读入。请选择填好的工作簿。")
    if len(content) > limits.file:
        # How large it is, is not known: no more of it is read than shows that it is too large.
        most = limits.file // 1_000_000
        raise Refused("file-too-large", f"文件超过 {most} MB，没有读入。请只留要读的这张表，去掉图片和别的工作表。")
    if content.startswith(_OLE):
        code = "password" if _ENCRYPTED in content else "old-xls"
        raise Refused(code, _SENTENCES[code])
    if not content.startswith(b"PK"):
        raise Refused("not-xlsx", _SENTENCES["not-xlsx"])


_SENTENCES = {
    "password": "工作簿有打开密码，没有读入。请在 Excel 或 WPS 里去掉密码，另存后再上传。",
    "old-xls": "这是旧格式 .xls，没有读入。请在 Excel 或 WPS 里“另存为” .xlsx 后再上传。",
    "not-xlsx": "这不是 .xlsx 工作簿，没有读入。请从本页下载模板，填好后按 .xlsx 保存再上传。",
    "broken-file": "工作簿已损坏或不完整，没有读入。请在 Excel 或 WPS 里打开、另存为新的 .xlsx 后再上传。",
    "macros": "工作簿带有宏，没有读入。请另存为不带宏的 .xlsx 后再上传。",
    "unpacks-too-large": "工作簿展开后过大，没有读入。请把内容粘贴到新下载的模板里再上传。",
    "too-slow": "工作簿读得太久，已经停下，没有读入。请把内容粘贴到新下载的模板里再上传。",
    "too-heavy": "工作簿过于复杂，没有读入。请把内容粘贴到新下载的模板里再上传。",
}


def _formulas(cells: Sequence[tuple[str, str]]) -> Refused:
    named = "、".join(f"“{sheet}”{cell}" for sheet, cell in cells[:5])
    more = f"等 {len(cells)} 格" if len(cells) > 5 else ""
    errors = [FieldError(f"“{s}”{c} 是公式，请改成数值。", "formula", field=f"{s}!{c}") for s, c in cells]
    message = f"{named}{more}是公式，没有读入。请选中后“选择性粘贴—数值”再上传。"
    return Refused("formulas", message, errors=listed(errors, 200) if len(errors) > 1 else [])


def _refusal(answer: dict[str, Any], limits: Limits) -> Refused:
    code = answer["refused"]
    if code in ("too-many-rows", "too-many-columns"):
        what = f"{limits.rows} 行" if code == "too-many-rows" else f"{limits.columns} 列"
        return Refused(
            code,
            f"“{answer['sheet']}”{answer['address']} 有内容，超出 {what}，没有读入。请删去这张表以外的内容再上传。",
        )
    if code == "too-many-sheets":
        return Refused(code, f"工作簿有 {answer['found']} 张表，超过 {limits.sheets} 张，没有读入。请只留模板里的表。")
    if code == "too-many-members":
        return Refused(
            code, f"工作簿里有 {answer['found']} 个部件，过多，没有读入。请把内容粘贴到新下载的模板里再上传。"
        )
    return Refused(code, _SENTENCES[code])


def _parted(said: bytes) -> dict[str, Any]:
    """What the child joined, for a workbook without anything odd, as it would have said it otherwise."""
    fields = said[1:].decode().split("\0")
    sheets, at = [], 0
    while at < len(fields):
        name, hidden, columns, merged, kinds, height, width = fields[at : at + 7]
        begin, wide = at + 7, int(width)
        at = begin + int(height) * wide
        sheet = {"name": name, "hidden": bool(hidden), "hidden_columns": [int(one) for one in columns.split()]}
        sheet |= {one: [] for one in ("formulas", "errors", "hidden_rows")} | {"merged": merged.split(), "shown": {}}
        sheet["rows"] = [fields[n : n + wide] for n in range(begin, at, wide or 1)]
        sheet["kinds"] = {f"{row} {n}": kind for row, n, kind in (one.split(".") for one in kinds.split())}
        sheets.append(sheet)
    return {"sheets": sheets}


def _shown(cell: Cell, how: str) -> Cell:
    if how == "formula":
        # What a formula came to when somebody last saved the file is not what anybody wrote.
        return Cell("=", how)
    if how == "percent" and cell.kind not in ("date", "flag"):
        return Cell(cell.text, how)
    if cell.kind:
        return cell
    if how == "exponent":
        return Cell(cell.text, how)
    if how == "padded" or not cell.text.isdigit():
        return Cell(cell.text, "padded")
    # Nothing but noughts, and a whole number: what one sees is certain.
    return Cell(cell.text.zfill(len(how)))


def _sheet(raw: dict[str, Any]) -> ReadSheet:
    odd = raw["shown"] | dict.fromkeys(raw["formulas"], "formula")
    # Not by way of Cell(…), a function of Python: of a long sheet it took a tenth of the time.
    if all_visible(chain.from_iterable(raw["rows"])):
        rows = [list(map(tuple.__new__, repeat(Cell), zip(row, repeat("")))) for row in raw["rows"]]
    else:
        rows = [[Cell(visible(text), "control" if CONTROL.search(text) else "") for text in row] for row in raw["rows"]]
    for place, kind in raw["kinds"].items():
        at, n = map(int, place.split())
        rows[at][n] = Cell(rows[at][n].text, kind)
    if odd:
        for at, row in enumerate(rows, start=1):
            for n, cell in enumerate(row, start=1):
                if kind := odd.get(address(at, n), ""):
                    row[n - 1] = _shown(cell, kind)
    return ReadSheet(
        name=raw["name"],
        hidden=raw["hidden"],
        rows=rows,
        hidden_rows=frozenset(raw["hidden_rows"]),
        hidden_columns=frozenset(raw["hidden_columns"]),
        merged=raw["merged"],
        errors=frozenset(raw["errors"]),
        formulas=raw["formulas"],
    )
