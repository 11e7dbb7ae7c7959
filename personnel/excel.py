"""Workbooks of 人事任免: who holds what on a day, the acts, and the history as it is read in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.queries import resolver
from miyun_kpi.sheets.table import ColumnSpec, Kind, Limits, TableRow, TableSpec, read_table
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook
from personnel.enums import ActKind, NoticeState
from personnel.models import Act, Notice
from personnel.queries.terms import OrganisationSeats
from personnel.services.drafts import read_number
from personnel.services.history import HistoryRow, head_of, require_link
from personnel.services.namesakes import OTHER, SAME, told_apart

NUMBER, DATED, MEETING, PERSON, NOTE = "发文字号", "成文日期", "会议", "姓名", "区别"
ORGANISATION, TITLE, KIND, MONTHS, PRINTED = "机构", "职务", "任免", "试用期（月）", "通知里的写法"
DECIDED, ALIKE, CORRECTS, EFFECTIVE = "研究决定日期", "同一人", "更正的文号", "更正自何日起"
TITLES = (
    NUMBER,
    DATED,
    MEETING,
    PERSON,
    NOTE,
    ORGANISATION,
    TITLE,
    KIND,
    MONTHS,
    PRINTED,
    DECIDED,
    ALIKE,
    CORRECTS,
    EFFECTIVE,
)
KINDS = {"任": ActKind.APPOINT, "免": ActKind.REMOVE, "期初任职": ActKind.OPENING, "期初": ActKind.OPENING}
LIMITS = Limits(rows=3_000)
HISTORY = TableSpec(
    [
        ColumnSpec("number", NUMBER, longest=60),
        ColumnSpec("dated", DATED, Kind.DAY),
        ColumnSpec("meeting", MEETING, longest=100),
        ColumnSpec("person", PERSON, required=True, longest=40),
        ColumnSpec("note", NOTE, longest=60),
        ColumnSpec("organisation", ORGANISATION, required=True, longest=60),
        ColumnSpec("title", TITLE, required=True, longest=60),
        ColumnSpec("kind", KIND, Kind.CHOICE, required=True, words=KINDS),
        ColumnSpec("months", MONTHS, Kind.NUMBER),
        ColumnSpec("printed", PRINTED, longest=100),
        ColumnSpec("decided_on", DECIDED, Kind.DAY),
        ColumnSpec("same", ALIKE, Kind.CHOICE, words={"是": SAME, "否": OTHER}),
        ColumnSpec("corrects", CORRECTS, longest=60, optional=True),
        ColumnSpec("effective_on", EFFECTIVE, Kind.DAY, optional=True),
    ]
)


def seats_workbook(groups: Sequence[OrganisationSeats], on: date, *, viewer: str, at: datetime) -> bytes:
    rows: list[Sequence[Cell]] = []
    for group in groups:
        for line in group.seats:
            for holder in line.holders:
                began = holder.began
                rows.append(
                    [
                        group.name,
                        line.position.title,
                        holder.person.name,
                        holder.person.note,
                        str(holder.term.since or "期初"),
                        began.notice.number if began and began.notice else "期初任职",
                        holder.printed,
                        str(holder.term.probation_until or ""),
                    ]
                )
            if not line.holders:
                said = f"空缺 {line.seat.open_}" if line.seat.open_ else "免后未见继任" if line.seat.unfollowed else ""
                rows.append([group.name, line.position.title, said, "", "", "", "", ""])
    heads = (ORGANISATION, TITLE, PERSON, NOTE, "任职日期", "文件", "通知里的写法", "试用期到")
    title = f"{on.isoformat()} 任职情况"
    above = [title, f"由任免登记推出　导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    sheet = Sheet(title="任职情况", columns=[Column(head, 18) for head in heads], rows=rows, lines=above)
    return workbook([sheet], title=title, at=at)


def acts_workbook(acts: Sequence[Act], *, viewer: str, at: datetime) -> bytes:
    """In the columns of the history, so that it can be read in again."""
    rows: list[Sequence[Cell]] = [
        [
            act.notice.number if act.notice else "",
            str((act.notice.dated if act.notice else act.since) or ""),
            act.notice.meeting if act.notice else "",
            act.person.name,
            act.person.note,
            act.position.organisation.name,
            act.position.title,
            act.get_kind_display(),
            act.probation_months,
            act.printed,
            str(act.notice.decided_on or "") if act.notice else "",
            "是",
            act.notice.corrects.number if act.notice and act.notice.corrects else "",
            str(act.notice.effective_on or "") if act.notice else "",
        ]
        for act in acts
    ]
    above = ["任免登记", f"已印发的任免和期初任职　导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    columns = [Column(title, 18, 0) if title == MONTHS else Column(title, 18, text=True) for title in TITLES]
    return workbook([Sheet(title="任免登记", columns=columns, rows=rows, lines=above)], title="任免登记", at=at)


def template(*, at: datetime) -> bytes:
    columns = [Column(title, 18, 0) if title == MONTHS else Column(title, 18, text=True) for title in TITLES]
    example: list[Sequence[Cell]] = []
    return workbook([Sheet(title="任免登记", columns=columns, rows=example)], title="历史任免导入模板", at=at)


def read_history(content: bytes, *, file_name: str, today: date) -> tuple[list[HistoryRow], int]:
    """Rows to record, and how many stand already. Raises Refused with every problem by cell."""
    table = read_table(content, HISTORY, file_name=file_name, limits=LIMITS)
    find = resolver()
    standing = _standing()
    papers = list(Notice.objects.exclude(number="").select_related("corrects"))
    issued = {read_number(one.number): one for one in papers if one.state == NoticeState.ISSUED}
    drafts = {read_number(one.number) for one in papers if one.state != NoticeState.ISSUED}
    heads: dict[str, HistoryRow] = {}
    pairs: list[tuple[TableRow, HistoryRow]] = []
    seen: dict[tuple[str, ...], int] = {}
    rows: list[HistoryRow] = []
    known = 0
    said = _answers(table.rows)
    for line in table.rows:
        row = _row(line, today)
        found = find(row.organisation)
        if found is None and row.organisation:
            line.wrong(
                "organisation", "unknown-organisation", f"没有叫“{row.organisation[:30]}”的机构，请写名称或别名。"
            )
        key = (row.number, row.kind, row.person, row.note, found.code if found else "", row.title)
        if key in seen:
            line.wrong("person", "twice", f"与第 {seen[key]} 行是同一项。请删去一行。")
        seen.setdefault(key, line.number)
        if row.number and head_of(heads.setdefault(row.number, row)) != head_of(row):
            differs = "同一发文字号的成文日期、会议、研究决定日期或更正的文号、起算日前后不一致。请改成一样。"
            line.wrong("dated", "differs", differs)
        pairs.append((line, row))
        if key in standing:
            known += 1
            continue
        if row.number in issued:
            line.wrong("number", "number-taken", "这份通知已经登记，里面没有这一项。已印发的通知不再添项，请核对。")
        if row.number in drafts:
            line.wrong("number", "number-taken", "这个发文字号已用在一份拟稿上。请核对字号。")
        _ask_same(line, row, said)
        rows.append(row)
    for line, row in pairs:
        _check_link(line, row, issued, heads)
    table.refuse_if_wrong()
    return rows, known


def _check_link(line: TableRow, row: HistoryRow, issued: Mapping[str, Notice], heads: Mapping[str, HistoryRow]) -> None:
    """The paper that a 更正通知 corrects is registered or stands in the same file; what is registered is not linked anew."""
    stored = issued.get(row.number)
    if row.corrects and stored is not None:
        link = (read_number(stored.corrects.number), stored.effective_on) if stored.corrects else ("", None)
        if link != (row.corrects, row.effective):
            said = f"这份通知已经登记，更正的文号是“{link[0] or '（没有）'}”，导入不改已登记的。请核对。"
            line.wrong("corrects", "number-taken", said)
        return
    try:
        require_link(row, heads, issued.get(row.corrects))
    except Refused as refusal:
        line.wrong(refusal.errors[0].field or "corrects", refusal.code, refusal.message)


def _answers(lines: Sequence[TableRow]) -> dict[tuple[str, str], str]:
    """What the file says of 同一人？, by name and 区别: one answer holds for all its rows."""
    return {("".join(one["person"].split()), one["note"]): one["same"] for one in lines if one["same"]}


def _ask_same(line: TableRow, row: HistoryRow, said: dict[tuple[str, str], str]) -> None:
    try:
        told_apart(replace(row, same=row.same or said.get((row.person, row.note), "")))
    except Refused as refusal:
        line.wrong(refusal.errors[0].field or "same", refusal.code, refusal.message)


def _standing() -> set[tuple[str, ...]]:
    found = Act.objects.standing().values_list(
        "notice__number", "kind", "person__name", "person__note", "position__organisation__code", "position__title"
    )
    return {(read_number(number or ""), *rest) for number, *rest in found}


def _row(line: TableRow, today: date) -> HistoryRow:
    kind, dated, months = line["kind"], line["dated"], line["months"]
    opening = kind == ActKind.OPENING
    if not opening and line.blank("number"):
        line.wrong("number", "blank", "是空白，请写明。")
    if not opening and line.blank("dated"):
        line.wrong("dated", "blank", "是空白，请写日期，例如 2020-10-31。")
    if opening and line["number"]:
        line.wrong("number", "opening-number", "期初任职没有发文字号，请留空；有文件的请写成“任”。")
    decided = line["decided_on"]
    if decided and (decided > today or (dated and decided > dated)):
        line.wrong("decided_on", "days-reversed", "晚于成文日期或今天。请核对日期。")
    if dated and dated > today:
        line.wrong("dated", "future", "在今天以后。请核对日期。")
    if months is not None and (months > 24 or (months and kind != ActKind.APPOINT)):
        line.wrong("months", "bad-probation", "只有任职有试用期，至多 24 个月。请改正。")
    person, title = ("".join(line[key].split()) for key in ("person", "title"))
    for name, value in (("person", person), ("title", title)):
        if len(value) == 1:
            line.wrong(name, "too-short", "少于 2 个字，请写全。")
    return HistoryRow(
        dated=dated,
        person=person,
        title=title,
        kind=kind or "",
        probation_months=int(months or 0),
        decided_on=decided,
        corrects=read_number(line["corrects"]),
        effective_on=line["effective_on"],
        same=line["same"] or "",
        number=read_number(line["number"]),
        **{key: line[key] for key in ("meeting", "note", "organisation", "printed")},
    )
