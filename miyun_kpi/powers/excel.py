"""New accounts as a workbook: a template, and its rows as the service of a list takes them. No password is in it."""

from collections.abc import Sequence
from datetime import datetime

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.services.people import read_username
from miyun_kpi.acts.in_turn import MOST
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.names import read_display_name
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolver
from miyun_kpi.powers.services import tried_list
from miyun_kpi.powers.unit_acts import require_not_past
from miyun_kpi.sheets.table import ColumnSpec, Kind, Limits, TableRow, TableSpec, read_table
from miyun_kpi.sheets.write import Column, Sheet, workbook

NOTES = "填写说明"
LIMITS = Limits(rows=500)
WIDTHS = (24, 14, 18, 14, 20, 14)
# Where a refusal of the service stands in the row; of others by the user name.
PLACES = {
    "namesake": "display_name",
    "bad-name": "display_name",
    "role-not-here": "role",
    "strong-post": "role",
    "too-early": "starts_on",
    "organisation-gone": "organisation",
    "other-unit": "organisation",
}


def _spec(unit: Organisation | None, roles: Sequence[Role]) -> TableSpec:
    """`unit`: that of the 联络员, who need not write it."""
    columns = [
        ColumnSpec("organisation", "单位", required=unit is None, optional=unit is not None, longest=100),
        ColumnSpec("display_name", "姓名", required=True, longest=30),
        ColumnSpec("username", "用户名", required=True, longest=30, also=("账号",)),
        ColumnSpec("role", "岗位", Kind.CHOICE, required=True, words={str(one.label): one.value for one in roles}),
        ColumnSpec("title", "职务", optional=True, longest=60),
        ColumnSpec("starts_on", "从哪天起", Kind.DAY, required=True),
    ]
    return TableSpec(columns, sheet="新账号", beside=(NOTES,), surplus="名单里不写密码，各人用激活码自己设。")


def template(*, unit: Organisation | None, roles: Sequence[Role], at: datetime) -> bytes:
    said = [
        f"一人一行，一次最多 {MOST} 人",
        f"单位可以空着，只提请{unit.name}的" if unit else "单位写机构页上的名称、别名或代码",
        "用户名用 2 至 30 个小写字母、数字、点、连字符或下划线，以字母或数字开头，定后不改",
        f"岗位只能是：{'、'.join(str(one.label) for one in roles) or '（本单位还没有）'}",
        "从哪天起写成 2020-09-05，不早于今天；放行晚于这一天的，从放行那天起",
        "名单里没有密码：账号建立以后，两名管理员各给本人一半激活码",
    ]
    columns = [
        Column(one.title, width, text=True) for one, width in zip(_spec(unit, roles).columns, WIDTHS, strict=True)
    ]
    sheets = [
        Sheet(title="新账号", columns=columns, rows=[]),
        Sheet(title=NOTES, columns=[Column("说明", 100)], rows=[[one] for one in said]),
    ]
    return workbook(sheets, title="新账号名单模板", at=at)


def read_people(
    content: bytes, *, file_name: str, actor: Actor, unit: Organisation | None, roles: Sequence[Role], at: datetime
) -> list[dict[str, str]]:
    """Every row as the service takes it, each tried and undone. Raises Refused with every problem by cell."""
    table = read_table(content, _spec(unit, roles), file_name=file_name, limits=LIMITS)
    if len(table.rows) > MOST:
        said = f"一次最多 {MOST} 人，表里有 {len(table.rows)} 人，没有读入。请分几个工作簿办。"
        raise Refused("too-many", said)
    find, seen = resolver(), dict[str, int]()
    read: list[tuple[TableRow, dict[str, str]]] = []
    for line in table.rows:
        written, username = line["organisation"], line["username"].lower()
        place = find(written) if written else unit
        if place is None and written:
            said = f"没有叫“{written[:30]}”的单位，请写机构页上的名称、别名或代码。"
            line.wrong("organisation", "no-such-organisation", said)
        if username and username in seen:
            line.wrong("username", "doubled-row", f"与第 {seen[username]} 行的用户名相同，一人一个账号，请改正。")
        seen.setdefault(username, line.number)
        # Cell by cell first: a row of which one cell is wrong is not tried, and its other faults would come one upload later.
        for key, judge in (("display_name", read_display_name), ("username", read_username)):
            if line[key]:
                line.judged(key, judge, line[key])
        if line["starts_on"]:
            line.judged("starts_on", require_not_past, line["starts_on"], at)
        if place is not None and not line.problems:
            row = {name: line[name] for name in ("display_name", "role", "title")}
            row |= {"organisation": place.code, "username": username, "starts_on": line["starts_on"].isoformat()}
            read.append((line, row))
    for (line, _), refusal in zip(read, tried_list(actor=actor, rows=[row for _, row in read], at=at), strict=True):
        if refusal is not None:
            line.wrong(PLACES.get(refusal.code, "username"), refusal.code, refusal.message)
    table.refuse_if_wrong()
    return [row for _, row in read]
