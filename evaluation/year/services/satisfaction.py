"""公众满意度 (13号 四（三）3): one file of a survey, read and kept as it came; not part of the 100."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max

from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access.year_close import require_closing
from evaluation.year.models.year_close import SatisfactionTable, SatisfactionValue
from evaluation.year.queries.leader_survey import units_of
from miyun_kpi.audit.services import record
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolver
from miyun_kpi.sheets.table import read_table

TITLES = ("考评对象", "满意度", "样本量")
MOST = Decimal(100)


@dataclass(frozen=True)
class Said:
    organisation: Organisation
    value: Decimal
    sample: int


@dataclass
class Preview:
    source: str
    said: list[Said] = field(default_factory=list)
    missing: list[Organisation] = field(default_factory=list)


def read_satisfaction(*, actor: Actor, scheme: Scheme, file_name: str, content: bytes) -> Preview:
    """A row per unit; units of the track that the survey leaves out are named, not refused. Every bad cell at once."""
    require_closing(actor, scheme)
    table = read_table(content, file_name=file_name, titles=TITLES)
    wanted = {unit.pk: unit for unit in units_of(scheme)}
    find, preview, seen = resolver(), Preview(table.source), set()
    for row in table.rows:
        name = row.text(TITLES[0], longest=100, required=True)
        value = row.number_of(TITLES[1], places=3)
        sample = row.number_of(TITLES[2], places=0)
        blank = [title for title in TITLES[1:] if row.cells[title][1].blank]
        if len(blank) == 2:
            continue  # a row of the template that the survey says nothing about
        for title in blank:
            row.wrong(title, "blank", "是空白，请填上，或把这一行的两个数都留空。")
        unit = find(name) if name else None
        if name and (unit is None or unit.pk not in wanted):
            row.wrong(TITLES[0], "unknown-organisation", f"“{name[:30]}”不是这一类的考评对象，请改名称或删去这一行。")
        elif unit is not None and unit.pk in seen:
            row.wrong(TITLES[0], "twice", f"“{name[:30]}”有两行，请只留一行。")
        if value is not None and value > MOST:
            row.wrong(TITLES[1], "too-large", "超过 100，满意度须在 0 与 100 之间。")
        if sample is not None and sample < 1:
            row.wrong(TITLES[2], "too-small", "样本量至少 1。")
        if unit is not None:
            seen.add(unit.pk)
            if value is not None and sample is not None:
                preview.said.append(Said(unit, value, int(sample)))
    table.refuse_if_wrong()
    preview.missing = [unit for pk, unit in wanted.items() if pk not in seen]
    return preview


def keep_satisfaction(
    *, actor: Actor, scheme: Scheme, said: Sequence[Said], survey: str, file_name: str, seen: int, at: datetime
) -> SatisfactionTable:
    """Keep a table as the next number; the ones before stay. `seen` is the number the preview was made over."""
    require_closing(actor, scheme)
    source = survey.strip()
    if not 4 <= len(source) <= 200 or "\x00" in source:
        raise Refused("source-missing", "请写调查来源（4 至 200 字）：由谁、何时调查。没有存入。")
    if not said:
        raise Refused("nothing-to-keep", "没有要存的行，没有存入。请重新上传。")
    stale = Conflict("stale", "预览以后又有人导入过，没有存入。请重新上传后再看差异。")
    try:
        with transaction.atomic():
            last = SatisfactionTable.objects.filter(scheme=scheme).aggregate(n=Max("number"))["n"] or 0
            if last != seen:
                raise stale
            table = SatisfactionTable.objects.create(
                scheme=scheme,
                number=last + 1,
                source=source,
                file_name=file_name[:200],
                imported_by=actor.label,
                imported_at=at,
                demo=actor.demo,
            )
            SatisfactionValue.objects.bulk_create(
                SatisfactionValue(table=table, organisation=one.organisation, value=one.value, sample=one.sample)
                for one in said
            )
            data = {"number": table.number, "units": len(said), "file": table.file_name}
            subject = f"scheme:{scheme.pk}"
            record(actor=actor, action="evaluation.satisfaction.imported", subject=subject, data=data, at=at)
    except IntegrityError:
        raise stale from None
    return table
