"""The preview of a pasted column: nothing is written, every cell is read as the service would read it."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from evaluation.sheets.queries.sheets import RowView, SheetPage, shown_mark
from evaluation.sheets.rules.column import Pasted, Statistics, statistics
from evaluation.sheets.rules.marks import read_mark
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
    "why": ("to_confirm", "ask"),
}


@dataclass
class PreviewRow:
    """`read` is the text taken as the mark; `version` the one the writer saw; `choice` what was decided where asked.

    From a workbook or several pasted columns also texts (None: not touched) and, from a workbook, the reason of a
    不适用 and the address of the cell of the mark. `clears`: the workbook gives the cell back empty.
    """

    row: RowView
    pasted: str
    read: str
    version: int
    outcome: str = "absent"
    note: str = ""
    choice: str = ""
    reason: str = ""
    value: Fraction | None = None
    problems: str | None = None
    suggestions: str | None = None
    not_applicable: str = ""
    clears: bool = False
    where: str = ""

    @property
    def state(self) -> str:
        if self.outcome == "absent" and not self.row.blank:
            return "unchanged"
        return OUTCOMES[self.outcome][0]

    @property
    def css(self) -> str:
        return OUTCOMES[self.outcome][1]

    @property
    def writes(self) -> bool:
        return self.outcome in ("will_change", "will_write") or (
            self.outcome in ("ask", "changed") and self.choice == "mine" or self.outcome == "why" and not self.undecided
        )

    @property
    def undecided(self) -> bool:
        if self.outcome == "changed":
            return not self.choice or (self.choice == "mine" and len(self.reason.strip()) < 4)
        if self.outcome == "why":
            return len(self.reason.strip()) < 4
        return self.outcome == "ask" and not self.choice

    @property
    def texts(self) -> list[tuple[str, str, str]]:
        """Name, stored and new of the texts that would change."""
        mark, found = self.row.mark, []
        if self.problems is not None and self.problems.strip() != mark.problems:
            found.append(("存在问题", mark.problems, self.problems.strip()))
        if self.suggestions is not None and self.suggestions.strip() != mark.suggestions:
            found.append(("改进建议", mark.suggestions, self.suggestions.strip()))
        return found

    @property
    def touch(self) -> str:
        """What the row asks for beside the mark, in letters, for the way through the browser."""
        marks = (("p", self.problems is not None), ("s", self.suggestions is not None), ("c", self.clears))
        return "".join(letter for letter, there in marks if there)

    @property
    def sets_value(self) -> bool:
        """False where only texts change: the mark and its 扣分明细 stay."""
        same = not self.row.mark.not_applicable and self.row.mark.value == self.value
        return self.clears or bool(self.not_applicable) or (self.value is not None and not same)

    @property
    def takes_lines(self) -> bool:
        """Whether writing the row takes 扣分明细 away; also of one that still lacks a choice or a reason, so that it is said
        before anything is chosen."""
        return (self.writes or self.undecided) and self.sets_value and bool(self.row.deductions)

    @property
    def departs(self) -> str:
        """What the own 细则 gives instead, or asks about; "" where the mark is as it gives or it gives nothing."""
        own = self.row.own_rule
        if own is None or not self.sets_value or self.value is None or self.value == own.value:
            return ""
        return own.differs_from if own.value is not None or own.asks else ""

    @property
    def mine(self) -> str:
        """What the writer's choice would put into the cell, in words."""
        if self.not_applicable:
            return "不适用"
        return "空白" if self.clears else self.read if self.value is not None else "工作簿里的文字"

    @property
    def current(self) -> str:
        if self.row.mark.not_applicable:
            return "不适用"
        return self.row.shown or "空白"


@dataclass
class Preview:
    """`strays` are sentences about rows of the clipboard or cells of the workbook that hold everything back."""

    rows: list[PreviewRow]
    shape: str = ""
    strays: list[str] = field(default_factory=list)
    source: str = "paste"
    before: Statistics = field(default_factory=lambda: Statistics(0))
    after: Statistics = field(default_factory=lambda: Statistics(0))

    def of(self, *outcomes: str) -> list[PreviewRow]:
        return [row for row in self.rows if row.outcome in outcomes]

    @property
    def lacking(self) -> int:
        return len(self.of("cannot")) + sum(row.undecided for row in self.rows) + len(self.strays)

    @property
    def from_workbook(self) -> bool:
        return self.source == "workbook"

    @property
    def taking_lines(self) -> list[PreviewRow]:
        return [row for row in self.rows if row.takes_lines]

    @property
    def with_texts(self) -> bool:
        return any(row.texts for row in self.rows)

    @property
    def summary(self) -> list[tuple[str, list[PreviewRow]]]:
        order = ("will_write", "will_change", "unchanged", "blank", "ask", "why", "changed", "cannot")
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
    rows = [_fresh(row, texts.get(n)) for n, row in enumerate(page.rows)]
    where = "按本表次序对齐" if first == 0 else f"从第 {first + 1} 行（{page.rows[first].organisation.name}）起对齐"
    preview = Preview(rows, f"剪贴板：{len(pasted)} 行 × {1 + _texts(pasted)} 列，{where}")
    extra = len(pasted) - (page.total - first)
    if extra > 0:
        words = "、".join(f"“{one.text[:12]}”" for one in pasted[page.total - first :][:5])
        preview.strays.append(
            f"剪贴板比本表多 {extra} 行（{words}{'等' if extra > 5 else ''}），没有单位可对。请核对次序，或连名称一起复制两列。"
        )
    return preview


def _texts(pasted: Sequence[Pasted]) -> int:
    return (pasted[0].problems is not None) + (pasted[0].suggestions is not None)


def _by_name(page: SheetPage, pasted: Sequence[Pasted]) -> Preview:
    resolve = resolver()
    texts: dict[str, Pasted] = {}
    strays: list[str] = []
    width = 2 + _texts(pasted)
    on_sheet = {row.organisation.code for row in page.rows}
    idle = {row.organisation.code for row in page.idle}
    for number, one in enumerate(pasted, 1):
        name = (one.name or "").strip()
        found = resolve(name) if name else None
        if found is None and number == 1 and not _is_number(one.text):
            continue  # a head row
        if not name and not any((text or "").strip() for text in (one.text, one.problems, one.suggestions)):
            continue
        problem = _stray(found, name, number, one.text, on_sheet, idle, texts)
        if problem:
            strays.append(problem)
        elif found is not None and found.code in on_sheet:
            texts[found.code] = one
    rows = [_fresh(row, texts.get(row.organisation.code)) for row in page.rows]
    return Preview(rows, f"剪贴板：{len(pasted)} 行 × {width} 列，按名称对齐", strays)


def _stray(
    found: Organisation | None,
    name: str,
    number: int,
    text: str,
    on_sheet: set[str],
    idle: set[str],
    texts: Container[str],
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


def _fresh(row: RowView, one: Pasted | None) -> PreviewRow:
    if one is None:
        return PreviewRow(row, "", "", row.mark.version)
    # An empty cell of a pasted text column is no wish to empty the text.
    problems, suggestions = one.problems or None, one.suggestions or None
    fresh = PreviewRow(row, one.text, narrow(one.text), row.mark.version, outcome="blank")
    fresh.problems, fresh.suggestions = problems, suggestions
    return fresh


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
    """Outcome and note. The mark decides first, then the texts beside it, then whether another has saved meanwhile."""
    mark, text = one.row.mark, narrow(one.read)
    one.value = None
    if text and not one.not_applicable:
        try:
            value = read_mark(text, full_mark=mark.full_mark)
        except Refused as refusal:
            one.outcome = "cannot"
            one.note = f"{one.where}{'：' if one.where else ''}{refusal.message.replace('，没有保存', '')}"
            return
        one.value, one.read = Fraction(value), shown_mark(value)
    if not text and not one.texts and not one.not_applicable and not one.clears:
        _settle_blank(one)
        return
    wide = "全角数字已按半角读" if narrow(one.pasted) != one.pasted.strip() and text else ""
    notes = [_value_note(one), wide, *(f"{name}：{'改写' if stored else '写入'}" for name, stored, _ in one.texts)]
    one.note = "，".join(note for note in notes if note)
    if not one.sets_value and not one.texts:
        one.outcome = "unchanged"
    elif one.version != mark.version:
        one.outcome = "changed"
        verb = "工作簿里是" if one.where else "您贴的是"
        one.note = f"刚被{mark.saved_by or '别人'}改为 {one.current}，{verb} {one.mine}"
    elif one.sets_value and mark.not_applicable and not one.not_applicable:
        one.outcome = "ask"
        one.note = (
            "现为“不适用”，工作簿里清空了"
            if one.clears
            else f"现为“不适用”，写入 {plain(Decimal(one.read))} 分将取代它；0 与不适用不同"
        )
    elif one.clears:
        lines = f"，{one.row.deductions} 条扣分明细也删去" if one.row.deductions else ""
        one.outcome, one.note = "ask", f"现存 {one.current}，工作簿里清空了{lines}"
    elif one.departs:
        one.outcome, one.note = "why", f"与细则不同{_lines_note(one)}，要写明理由：{one.departs}"
    elif one.row.blank:
        one.outcome = "will_write"
    else:
        one.outcome = "will_change"


def _settle_blank(one: PreviewRow) -> None:
    if one.where:
        one.outcome, one.note = "unchanged", ""
        return
    if one.outcome == "absent" and not one.pasted:
        one.note = "剪贴板没有这一行"
        return
    kept = "仍是空白，不当作 0" if one.row.blank else f"仍是{one.current}"
    one.outcome, one.note = "blank", f"剪贴板此格为空，{kept}"


def _value_note(one: PreviewRow) -> str:
    mark = one.row.mark
    if not one.sets_value:
        return ""
    if one.not_applicable:
        return f"{one.current} → 不适用（{one.not_applicable[:40]}）{_lines_note(one)}"
    if one.value is None or mark.value is None:
        return ""
    value = Decimal(one.value.numerator) / Decimal(one.value.denominator)
    difference = value - mark.value
    sign = "+" if difference > 0 else "−"
    return f"{one.current} → {one.read}（{sign}{plain(abs(difference))}）{_lines_note(one)}"


def _lines_note(one: PreviewRow) -> str:
    return f"，取代原有的 {one.row.deductions} 条扣分明细" if one.row.deductions else ""
