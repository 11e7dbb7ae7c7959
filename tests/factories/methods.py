"""旅游收入 as 区文旅局 marks it: sixteen towns, a data table by towns, a 细则 with the evaluator's own numbers."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from evaluation.models import DataSet, DataTable, Indicator, MarkSheet, Rulebook
from evaluation.sheets.rules.declaring import Typed
from evaluation.sheets.services.rulebooks import LineInput, publish_rulebook
from evaluation.tasks.services.data_tables import TableInput, declare_table, import_month, rows_wanted
from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.queries import resolve

WENLV = "wenlv-kaoping"
GOAL, DONE = "目标（亿元）", "完成（亿元）"


def tourism_evaluator() -> Actor:
    user, made = User.objects.get_or_create(username=WENLV, defaults={"display_name": "文旅经办"})
    if made:
        user.set_unusable_password()
        user.save()
        Post.objects.create(
            user=user, organisation=resolve("区文旅局"), role="evaluator", title="经办", starts_on=timezone.localdate()
        )
    return actor_in_post(user, Post.objects.select_related("organisation").get(user=user))


def tourism_sheet(period: str = "2020Q3") -> MarkSheet:
    return MarkSheet.objects.get(scheme__track="township", period__code=period, indicator__number=14)


def tourism_table(columns: str = "目标,亿元,2\n完成,亿元,2\n投诉,起,0\n说明,文字", name: str = "旅游收入") -> DataTable:
    indicator = Indicator.objects.get(scheme__track="township", number=14)
    table = TableInput(name, "unit", columns)
    return declare_table(actor=tourism_evaluator(), indicator_id=indicator.pk, table=table, at=timezone.now())


def put_month(table: DataTable, month: str, rows: Mapping[str, Sequence[str | None]] | None = None) -> DataSet:
    """A month for all units (or those of `rows` by code) as the next version. By default figures that differ by town."""
    wanted = rows_wanted(table)
    given = rows or {
        code: ["1.20", f"{Decimal('1.05') + Decimal(n) / 100}", str(n % 3), None] for n, (code, _) in enumerate(wanted)
    }
    now = DataSet.objects.filter(table=table, period=month, current=True).first()
    return import_month(
        actor=tourism_evaluator(),
        table_id=table.pk,
        period=month,
        seen=now.number if now else 0,
        rows=[{"key": code, "name": name, "values": list(given[code])} for code, name in wanted if code in given],
        source=f"旅游收入{month}.xlsx",
        version=table.version,
        at=timezone.now(),
    )


def rate_of(table: DataTable, **changes: str) -> Typed:
    """完成率 with a cap of 100 and a floor of 0, one point for each per cent."""
    fields = {"step": "1", "cap": "100", "floor": "0"} | changes
    return Typed("rate", str(table.pk), "last", f"{GOAL}\n{DONE}", **fields)


def publish_methods(sheet: MarkSheet, *lines: LineInput) -> Rulebook:
    """The day before the sheet opens."""
    seen = Rulebook.objects.filter(share_figure=sheet.share_figure_id).count()
    return publish_rulebook(
        actor=tourism_evaluator(),
        figure_id=sheet.share_figure_id,
        title="旅游收入考评细则",
        lines=lines,
        seen_number=seen,
        at=sheet.period.starts_at - timedelta(days=1),
    )


def as_sent(*lines: LineInput, title: str = "旅游收入考评细则", seen: int = 0) -> dict[str, Any]:
    """The form of the 细则 page."""
    return {
        "title": title,
        "seen": seen,
        "text": [one.text for one in lines],
        "points": [one.points for one in lines],
        **{f"m-{name}": [getattr(one.method, name) for one in lines] for name in Typed.__dataclass_fields__},
    }
