"""Evaluators of an item of a draft and their shares (engine 4): by 份额, by 分项 or by 对象类别 named as the part."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from evaluation.drafting.services.lock import lock_draft, record_edit, require_version
from evaluation.enums import FigureKind, FigureStatus
from evaluation.scheme.models.scheme import Figure
from evaluation.scheme.queries.figures import ended_evaluator
from evaluation.scheme.rules.figures import draft_key, read_share
from miyun_kpi.acts.acting import acting
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolver

MOST_EVALUATORS = 8


@dataclass(frozen=True)
class EvaluatorInput:
    """`part`: the 分项 or 对象类别 this evaluator marks; "" when the whole item is marked."""

    organisation: str
    share: str
    part: str = ""


def set_evaluators(
    *, actor: Actor, scheme_id: int, indicator_id: int, version: int, rows: Sequence[EvaluatorInput], at: datetime
) -> None:
    """The evaluators of one item as a whole list: added, changed and removed in one act.

    That shares sum to 1 is left to the check: a clerk may be in the middle of it.
    """
    with acting(actor, at):
        scheme = lock_draft(actor, scheme_id, at)
        indicator = one_of(scheme.indicators.filter(pk=indicator_id), "没有这一项指标，可能刚被删去，没有保存。")
        require_version(indicator.version, version, f"“{indicator.short_name}”")
        stored = list(
            Figure.objects.filter(scheme=scheme, indicator=indicator, kind=FigureKind.SHARE).order_by("order")
        )
        wanted = _read(rows, {figure.organisation_id for figure in stored})
        before = [{"value": f.value, "part": f.part} for f in stored]
        after = [{"value": f"{o.code}:{share}", "part": part} for o, share, part in wanted]
        if before == after:
            return
        order = scheme.figures.aggregate(last=Max("order"))["last"] or 0
        # All anew: an order of shares is the order of the list, and nothing rests on a share of a draft yet.
        Figure.objects.filter(pk__in=[f.pk for f in stored]).delete()
        Figure.objects.bulk_create(
            Figure(
                scheme=scheme,
                key=draft_key(FigureKind.SHARE, indicator.pk, str(place)),
                kind=FigureKind.SHARE,
                indicator=indicator,
                organisation=organisation,
                part=part,
                value=f"{organisation.code}:{share}",
                status=FigureStatus.ASSUMED,
                clause=indicator.clause,
                note=f"{scheme.year}年拟定。",
                order=order + place,
            )
            for place, (organisation, share, part) in enumerate(wanted, start=1)
        )
        indicator.version += 1
        indicator.save(update_fields=["version"])
        data = {"indicator": indicator.number, "old": before, "new": after}
        record_edit(actor, "evaluators-changed", scheme, data, at)


def _read(rows: Sequence[EvaluatorInput], stored: set[int | None]) -> list[tuple[Organisation, str, str]]:
    """One that has ended stays where it stands already, for the check to name; it is not chosen anew."""
    resolve = resolver()
    errors: list[FieldError] = []
    found: list[tuple[Organisation, str, str]] = []
    seen: set[tuple[int, str]] = set()
    for place, row in enumerate(rows, start=1):
        organisation, part = resolve(row.organisation.strip()), row.part.strip()
        if organisation is None:
            message = f"第 {place} 家：没有叫“{row.organisation.strip()[:30]}”的单位，没有保存。请从列出的单位中选。"
            errors.append(FieldError(message, "unknown-organisation", field=f"organisation_{place}"))
            continue
        if organisation.pk not in stored and (gone := ended_evaluator(organisation)):
            errors.append(FieldError(f"第 {place} 家：{gone}", "ended-unit", field=f"organisation_{place}"))
        if len(part) > 60 or "\x00" in part:
            errors.append(
                FieldError(f"第 {place} 家：分项名称超过 60 字，没有保存。", "bad-part", field=f"part_{place}")
            )
        if (organisation.pk, part) in seen:
            message = f"{organisation.name}出现了两次，没有保存。一家只能占一份；分项打分的请写明各自的分项。"
            errors.append(FieldError(message, "evaluator-twice", field=f"organisation_{place}"))
        seen.add((organisation.pk, part))
        try:
            found.append((organisation, str(read_share(row.share)), part))
        except Refused as refusal:
            errors.append(FieldError(f"第 {place} 家：{refusal.message}", refusal.code, field=f"share_{place}"))
    if len(rows) > MOST_EVALUATORS:
        errors.append(FieldError(f"一项最多 {MOST_EVALUATORS} 家考评部门，没有保存。", "too-many-evaluators"))
    if not rows:
        errors.append(
            FieldError("一项至少要有一家考评部门，没有保存。请写一家。", "no-evaluator", field="organisation_1")
        )
    if errors:
        message = errors[0].message if len(errors) == 1 else f"有 {len(errors)} 处要改，没有保存。"
        raise Refused(errors[0].code, message, errors=errors)
    return found
