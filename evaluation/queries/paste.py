"""The preview of a pasted column: nothing is written, every cell is read as the service would read it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from evaluation.queries.sheets import RowView, SheetPage, shown_mark
from evaluation.rules.column import Pasted, Statistics, statistics
from evaluation.rules.marks import read_mark
from miyun_kpi.lib.decimals import narrow, plain
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolver

EMPTY_WORDS = ("", "-", "–", "—", "/", "不打分")

# Outcome → (state of the status tag, class of the row).
OUTCOMES = {
    "unchanged": ("unchanged", ""),
    "will_change": ("will_change", "will"),
    "will_write": ("will_write", "will"),
    "blank": ("blank", ""),
    "absent": ("blank", ""),
    "ask": ("to_confirm", "ask"),
    "cannot": ("cannot_write", "cannot"),
    "changed": ("changed", "tint-plum"),
}


@dataclass
class PreviewRow:
    """`read` is the text taken as the mark; `version` the one the writer saw; `choice` what was decided where asked."""

    row: RowView
    pasted: str
    read: str
    version: int
    outcome: str = "absent"
    note: str = ""
    choice: str = ""
    reason: str = ""
    value: Fraction | None = None

    @property
    def state(self) -> str:
        return OUTCOMES[self.outcome][0]

    @property
    def css(self) -> str:
        return OUTCOMES[self.outcome][1]

    @property
    def writes(self) -> bool:
        return self.outcome in ("will_change", "will_write") or (
            self.outcome in ("ask", "changed") and self.choice == "mine"
        )

    @property
    def undecided(self) -> bool:
        if self.outcome == "changed":
            return not self.choice or (self.choice == "mine" and len(self.reason.strip()) < 4)
        return self.outcome == "ask" and not self.choice

    @property
    def current(self) -> str:
        if self.row.mark.not_applicable:
            return "不适用"
        return self.row.shown or "空白"


@dataclass
class Preview:
    """`strays` are sentences about clipboard rows that have no place in the table."""

    rows: list[PreviewRow]
    shape: str = ""
    strays: list[str] = field(default_factory=list)
    before: Statistics = field(default_factory=lambda: Statistics(0))
    after: Statistics = field(default_factory=lambda: Statistics(0))

    def of(self, *outcomes: str) -> list[PreviewRow]:
        return [row for row in self.rows if row.outcome in outcomes]

    @property
    def lacking(self) -> int:
        return len(self.of("cannot")) + sum(row.undecided for row in self.rows) + len(self.strays)

    @property
    def summary(self) -> list[tuple[str, list[PreviewRow]]]:
        order = ("will_write", "will_change", "unchanged", "blank", "ask", "changed", "cannot")
        return [(OUTCOMES[name][0], found) for name in order if (found := self.of(name))]


def align(page: SheetPage, pasted: Sequence[Pasted], start: str = "") -> Preview:
    """Put clipboard rows beside the rows of the table: by name where there are names, else in order from `start`."""
    by_name = any(one.name is not None for one in pasted)
    preview = _by_name(page, pasted) if by_name else _in_order(page, pasted, start)
    return settle(page, preview)


def _in_order(page: SheetPage, pasted: Sequence[Pasted], start: str) -> Preview:
    codes = [row.organisation.code for row in page.rows]
    first = 0 if len(pasted) >= page.total or start not in codes else codes.index(start)
    texts = dict(zip(range(first, page.total), pasted, strict=False))
    rows = [_fresh(row, texts[n].text if n in texts else None) for n, row in enumerate(page.rows)]
    where = "按本表次序对齐" if first == 0 else f"从第 {first + 1} 行（{page.rows[first].organisation.name}）起对齐"
    preview = Preview(rows, f"剪贴板：{len(pasted)} 行 × 1 列，{where}")
    extra = len(pasted) - (page.total - first)
    if extra > 0:
        words = "、".join(f"“{one.text[:12]}”" for one in pasted[page.total - first :][:5])
        preview.strays.append(
            f"剪贴板比本表多 {extra} 行（{words}{'等' if extra > 5 else ''}），没有单位可对。请核对次序，或连名称一起复制两列。"
        )
    return preview


def _by_name(page: SheetPage, pasted: Sequence[Pasted]) -> Preview:
    resolve = resolver()
    texts: dict[str, str] = {}
    strays: list[str] = []
    on_sheet = {row.organisation.code for row in page.rows}
    idle = {row.organisation.code for row in page.idle}
    for number, one in enumerate(pasted, 1):
        name = (one.name or "").strip()
        found = resolve(name) if name else None
        if found is None and number == 1 and not _is_number(one.text):
            continue  # a head row
        if not name and not one.text.strip():
            continue
        problem = _stray(found, name, number, one.text, on_sheet, idle, texts)
        if problem:
            strays.append(problem)
        elif found is not None and found.code in on_sheet:
            texts[found.code] = one.text
    rows = [_fresh(row, texts.get(row.organisation.code)) for row in page.rows]
    return Preview(rows, f"剪贴板：{len(pasted)} 行 × 2 列，按名称对齐", strays)


def _stray(
    found: Organisation | None,
    name: str,
    number: int,
    text: str,
    on_sheet: set[str],
    idle: set[str],
    texts: dict[str, str],
) -> str:
    if found is None:
        return f"第 {number} 行的“{name[:30]}”不是已知的单位名称。请改成全称或常用简称。"
    if found.code in idle:
        return (
            "" if text.strip() in EMPTY_WORDS else f"第 {number} 行的{found.name}无此项任务，不打分。请删去这一行的数。"
        )
    if found.code not in on_sheet:
        return f"第 {number} 行的{found.name}不在这张打分表里。请删去这一行。"
    if found.code in texts:
        return f"{found.name}在剪贴板里出现了两次（第 {number} 行）。请只留一行。"
    return ""


def _is_number(text: str) -> bool:
    return any(ch.isdigit() for ch in text)


def _fresh(row: RowView, text: str | None) -> PreviewRow:
    if text is None:
        return PreviewRow(row, "", "", row.mark.version)
    return PreviewRow(row, text, narrow(text), row.mark.version, outcome="blank")


def settle(page: SheetPage, preview: Preview) -> Preview:
    """Work out outcome and note of every row from what is stored now and what is to be read."""
    for one in preview.rows:
        _settle_row(one)
    kept = [row.mark.value for row in page.rows if row.mark.value is not None]
    preview.before = statistics([Fraction(value) for value in kept])
    after = [
        one.value if one.writes and one.value is not None else Fraction(one.row.mark.value or 0)
        for one in preview.rows
        if (one.writes and one.value is not None) or one.row.mark.value is not None
    ]
    preview.after = statistics(after)
    return preview


def _settle_row(one: PreviewRow) -> None:
    mark, text = one.row.mark, narrow(one.read)
    if not text:
        if one.outcome != "absent" or one.pasted:
            kept = "仍是空白，不当作 0" if one.row.blank else f"仍是{one.current}"
            one.outcome, one.note = "blank", f"剪贴板此格为空，{kept}"
        else:
            one.note = "剪贴板没有这一行，不动"
        return
    try:
        value = read_mark(text, full_mark=mark.full_mark)
    except Refused as refusal:
        one.outcome = "cannot"
        one.note = refusal.message.replace("，没有保存", "")
        return
    one.value, one.read = Fraction(value), shown_mark(value)
    wide = "全角数字已按半角读" if narrow(one.pasted) != one.pasted.strip() else ""
    if one.version != mark.version:
        one.outcome = "changed"
        one.note = f"刚被{mark.saved_by or '别人'}改为 {one.current}，您贴的是 {plain(value)}"
    elif mark.not_applicable:
        one.outcome = "ask"
        one.note = f"现为“不适用”，写入 {plain(value)} 分将取代它；0 与不适用不同"
    elif mark.value is None:
        one.outcome, one.note = "will_write", wide
    elif mark.value == value:
        one.outcome, one.note = "unchanged", wide
    else:
        difference = value - mark.value
        sign = "+" if difference > 0 else "−"
        one.outcome = "will_change"
        one.note = f"{one.current} → {one.read}（{sign}{plain(abs(difference))}）" + (f"，{wide}" if wide else "")
        if one.row.deductions:
            one.note += f"，取代原有的 {one.row.deductions} 条扣分明细"
