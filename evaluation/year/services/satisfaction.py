"""公众满意度 (13号 四（三）3): one file of a survey, kept as it came; not part of the 100."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError
from django.db.models import Max

from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access.year_close import require_closing
from evaluation.year.models.year_close import SatisfactionTable, SatisfactionValue
from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.organisations.models import Organisation


@dataclass(frozen=True)
class Said:
    organisation: Organisation
    value: Decimal
    sample: int


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
        with acting(actor, at) as act:
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
            )
            SatisfactionValue.objects.bulk_create(
                SatisfactionValue(table=table, organisation=one.organisation, value=one.value, sample=one.sample)
                for one in said
            )
            data = {"number": table.number, "units": len(said), "file": table.file_name}
            subject = f"scheme:{scheme.pk}"
            act.record("evaluation.satisfaction.imported", subject, **data)
    except IntegrityError:
        raise stale from None
    return table
