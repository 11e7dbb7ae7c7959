"""The file of a 公众满意度 survey (13号 四（三）3), read and shown before it is kept."""

from dataclasses import dataclass, field
from decimal import Decimal

from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access.year_close import require_closing
from evaluation.year.queries.leader_survey import units_of
from evaluation.year.services.satisfaction import Said
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolver
from miyun_kpi.sheets.table import ColumnSpec, Kind, TableSpec, read_table

SPEC = TableSpec(
    [
        ColumnSpec("unit", "考评对象", required=True, longest=100),
        ColumnSpec("value", "满意度", Kind.NUMBER, places=3, least=Decimal(0), most=Decimal(100)),
        ColumnSpec("sample", "样本量", Kind.NUMBER, least=Decimal(1)),
    ]
)


@dataclass
class Preview:
    source: str
    said: list[Said] = field(default_factory=list)
    missing: list[Organisation] = field(default_factory=list)


def read_satisfaction(*, actor: Actor, scheme: Scheme, file_name: str, content: bytes) -> Preview:
    """A row per unit; units of the track that the survey leaves out are named, not refused. Every bad cell at once."""
    require_closing(actor, scheme)
    table = read_table(content, SPEC, file_name=file_name)
    wanted = {unit.pk: unit for unit in units_of(scheme)}
    # A unit is found by its name of the year first, which it may not bear any more, or another may bear today.
    of_year, today = {squeeze(unit.name): unit for unit in wanted.values()}, resolver()
    preview, seen = Preview(table.source), set()
    for row in table.rows:
        name, value, sample = row["unit"], row["value"], row["sample"]
        blank = [key for key in ("value", "sample") if row.blank(key)]
        if len(blank) == 2:
            continue  # a row of the template that the survey says nothing about
        for key in blank:
            row.wrong(key, "blank", "是空白，请填上，或把这一行的两个数都留空。")
        unit = (of_year.get(squeeze(name)) or today(name)) if name else None
        if name and (unit is None or unit.pk not in wanted):
            row.wrong("unit", "unknown-organisation", f"“{name[:30]}”不是这一类的考评对象，请改名称或删去这一行。")
        elif unit is not None and unit.pk in seen:
            row.wrong("unit", "twice", f"“{name[:30]}”有两行，请只留一行。")
        if unit is not None:
            seen.add(unit.pk)
            if value is not None and sample is not None:
                preview.said.append(Said(unit, value, int(sample)))
    table.refuse_if_wrong()
    preview.missing = [unit for pk, unit in wanted.items() if pk not in seen]
    return preview
