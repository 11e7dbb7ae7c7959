"""The year of the townships: its locked method, entries of 加减分, and what the office does with them."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from evaluation.models import Adjustment, Deliberation, Ranking, Scheme, YearMethod
from evaluation.periods.rules.calendar import SHANGHAI
from evaluation.ranking.services import compute_official
from evaluation.year.services import deliberation as services
from evaluation.year.services.committee import report_year
from evaluation.year.services.deliberation import Minutes, Said
from evaluation.year.services.year_method import check_method, enter_method
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation
from tests.factories.feedback import actor, people
from tests.factories.rankings import filed_quarter

YEAR = PeriodCode(2020)
BEFORE = datetime(2020, 6, 1, 9, 0, tzinfo=SHANGHAI)
ONLY_SPECIAL = {"2020": "1", "2020Q1": "", "2020Q2": "", "2020Q3": "0", "2020Q4": ""}


def township() -> Scheme:
    return Scheme.objects.get(track="township", year=2020)


def locked(weights: dict[str, str] | None = None, at: datetime = BEFORE) -> YearMethod:
    method = enter_method(
        actor=actor("office1"),
        scheme_id=township().pk,
        weights=weights or ONLY_SPECIAL,
        basis_document="区政府常务会纪要〔2020〕5号",
        basis_clause="第二项",
        at=at,
    )
    return check_method(actor=actor("office2"), method_id=method.pk, version=1, passed=True, note="", at=at)


def adjustment(
    state: str = "checked", points: str = "0.5", code: str = "beizhuang-zhen", **fields: object
) -> Adjustment:
    decided = {"decided_points": Decimal(points)} if state == "granted" else {}
    unit = Organisation.objects.get(code=code)
    values: dict[str, object] = {
        "ground": "city-bonus",
        "work": "河长制创新",
        "happened_on": date(2020, 11, 3),
        **decided,
        **fields,
    }
    return Adjustment.objects.create(
        scheme=township(),
        organisation=unit,
        state=state,
        points=Decimal(points),
        reason="市级通报",
        proposed_for=unit,
        proposed_role="reporter",
        proposed_at=timezone.now(),
        entered_by="甲",
        entered_by_id=0,
        entered_at=timezone.now(),
        **values,
    )


def official_year() -> Ranking:
    """People, a method locked before anything opened, 专项考评 filed, and its official computation."""
    people()
    locked()
    period = filed_quarter(YEAR)
    return compute_official(actor=actor("office1"), scheme=township(), period=period, at=timezone.now())[0]


def minutes(ranking: Ranking, outcomes: dict[int, Said] | None = None, ties: dict[str, str] | None = None) -> Minutes:
    return Minutes(
        ranking_id=ranking.pk,
        meeting="2021年第3次",
        held_on=timezone.localdate(),
        minutes_number="密政党纪〔2021〕3号",
        note="",
        outcomes=outcomes or {},
        ties=ties or {},
    )


def deliberate(ranking: Ranking, outcomes: dict[int, Said] | None = None, version: int = 0) -> Deliberation:
    return services.record_deliberation(
        actor=actor("office1"),
        scheme_id=township().pk,
        version=version,
        minutes=minutes(ranking, outcomes),
        at=timezone.now(),
    )


def confirm(row: Deliberation, who: str = "office2") -> Deliberation:
    return services.confirm_deliberation(
        actor=actor(who), deliberation_id=row.pk, version=row.version, at=timezone.now()
    )


def recompute(ranking: Ranking) -> Ranking:
    return compute_official(actor=actor("office1"), scheme=ranking.scheme, period=ranking.period, at=timezone.now())[0]


def report(ranking: Ranking, who: str = "office2") -> object:
    return report_year(
        actor=actor(who),
        scheme_id=ranking.scheme_id,
        ranking_id=ranking.pk,
        number="密政报〔2021〕1号",
        sent_on=timezone.localdate(),
        at=timezone.now(),
    )
