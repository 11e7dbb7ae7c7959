"""Lists as workbooks: names masked, no document, telephone or account, whoever asks."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook
from postdoc.models import Application
from postdoc.queries.money import balance_of
from postdoc.queries.stays import Line


def _book(title: str, clause: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], viewer: str, at: datetime) -> bytes:  # fmt: skip
    lines = [title, f"27号 {clause}　姓名隐去　导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    return workbook([Sheet(title=title, columns=columns, rows=rows, lines=lines)], title=title, at=at)


def stays_workbook(lines: Iterable[Line], *, viewer: str, at: datetime) -> bytes:
    rows: list[Sequence[Cell]] = [
        [
            one.row.number, one.row.person.masked, one.row.station.name, str(one.row.entered_on), str(one.row.ends_on),
            one.row.project, one.row.flow_station, str(one.row.left_on or ""), one.row.get_leaving_display(),
            one.state[1], "；".join(f"{due.title} {due.by}" for due in one.open),
        ]
        for one in lines
    ]  # fmt: skip
    heads = (
        "在站编号",
        "姓名",
        "工作站",
        "进站日",
        "期限至",
        "研究课题",
        "合作流动站",
        "离站日",
        "离站方式",
        "情况",
        "要办的",
    )
    columns = [Column(head, 14) for head in heads]
    return _book("博士后人员", "第七条至第十七条", columns, rows, viewer, at)


def applications_workbook(found: Iterable[Application], *, viewer: str, at: datetime) -> bytes:
    rows: list[Sequence[Cell]] = []
    for row in found:
        now = balance_of(row)
        rows.append(
            [
                row.number, row.get_grant_display(), row.station.name, row.stay.number if row.stay else None,
                row.stay.person.masked if row.stay else "", row.first_month, row.last_month, row.amount,
                row.get_phase_display(), str(row.reviewed_on or ""), now.received, now.tax, now.handed, now.held,
                now.clawback, now.owed,
            ]
        )  # fmt: skip
    heads = (
        ("编号", None), ("项目", None), ("工作站", None), ("在站编号", None), ("姓名", None), ("自", None), ("至", None),
        ("申请金额（元）", 2), ("进度", None), ("审核日期", None), ("已拨付（元）", 2), ("代缴个税（元）", 2),
        ("付给本人（元）", 2), ("在单位（元）", 2), ("决定追回（元）", 2), ("待追回（元）", 2),
    )  # fmt: skip
    columns = [Column(head, 14, places) for head, places in heads]
    return _book("博士后经费申报", "第二十四条", columns, rows, viewer, at)
