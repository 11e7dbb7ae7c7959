"""Rows of the evaluation that its demonstration does not show, made by the act that begins them."""

import io
from datetime import datetime
from typing import Any

from django.db import models

from evaluation import models as ev
from evaluation.drafting.services import issuing
from evaluation.enums import UnitChange
from evaluation.filing.services import population
from evaluation.year.services import vetoes, year_units
from miyun_kpi.lib.actors import Actor
from tests.doors.table import OFFICE, WHY, Maker, day


def a_veto(actor: Actor, at: datetime) -> Any:
    scheme = ev.Scheme.objects.issued().filter(track="township").order_by("pk")[0]
    place = ev.PeriodUnit.objects.filter(scheme=scheme).order_by("pk")[0].organisation_id
    return vetoes.record_veto(
        actor=actor,
        scheme_id=scheme.pk,
        organisation_id=place,
        body="区委常委会会议",
        number="密委纪要〔2026〕9号",
        decided_on=day(at),
        ground="发生重大责任事故",
        at=at,
    )


def a_unit_decision(actor: Actor, at: datetime) -> Any:
    unit = (
        ev.PeriodUnit.objects.filter(scheme__state="in_force", scheme__track="township")
        .select_related("period")
        .order_by("-period__starts_at", "pk")[0]
    )
    return population.record_unit_decision(
        actor=actor,
        scheme_id=unit.scheme_id,
        period_id=unit.period_id,
        organisation_id=unit.organisation_id,
        kind=next(iter(UnitChange)),
        number="密政办字〔2026〕99号",
        reason=WHY,
        at=at,
    )


def a_year_unit(actor: Actor, at: datetime) -> Any:
    scheme = ev.Scheme.objects.issued().filter(track="township").order_by("pk")[0]
    said = year_units.Said(
        organisation_id=year_units.year_units(scheme)[0].pk,
        kind="unranked",
        predecessor_id=None,
        meeting="区政府党组会",
        minutes_number="密政党纪〔2026〕9号",
        reason=WHY,
    )
    return year_units.record_year_unit(actor=actor, scheme_id=scheme.pk, said=said, at=at)


def a_scheme_issue(actor: Actor, at: datetime) -> Any:
    draft = ev.Scheme.objects.filter(state="draft").order_by("-pk")[0]
    return issuing.propose_issue(
        actor=actor,
        scheme_id=draft.pk,
        version=draft.version,
        title=f"{draft.year}年度绩效考评方案",
        organ="区政府常务会议",
        approved_on=day(at),
        document_number="密政办字〔2026〕99号",
        at=at,
        scan=io.BytesIO(b"%PDF-1.4\n%%EOF\n"),
        scan_name="a.pdf",
    )


# Of what the demonstration shows no row.
MAKERS: dict[type[models.Model], list[Maker]] = {
    ev.Veto: [(OFFICE, a_veto)],
    ev.UnitDecision: [(OFFICE, a_unit_decision)],
    ev.YearUnit: [(OFFICE, a_year_unit)],
    ev.SchemeIssue: [(OFFICE, a_scheme_issue)],
}
