"""The scheme before and while it is used: figures confirmed by two persons, 年度办法, 修订, the draft of the next year."""

from datetime import datetime

from django.db.models import QuerySet

from evaluation.demo.year.agenda import Agenda
from evaluation.demo.year.cast import Cast
from evaluation.demo.year.marks import LINES
from evaluation.drafting.services.amending import decide_amendment, propose_amendment
from evaluation.drafting.services.copying import copy_scheme
from evaluation.engine.models.year_method import YearMethod
from evaluation.enums import FigureKind, OwnMarkRule
from evaluation.figures.services.figures import Wanted, check_figures, propose_figures, withdraw_figures
from evaluation.scheme.models.drafting import Amendment
from evaluation.scheme.models.scheme import Figure, FigureBatch, Scheme
from evaluation.sheets.services.record import add_line
from evaluation.sheets.services.rulebooks import LineInput, publish_rulebook
from evaluation.year.services.year_method import check_method, enter_method
from miyun_kpi.accounts.enums import Role
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite, document_of
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.enums import Track

PAGE = "演示原件第 1 页"
LATER = PeriodCode(2020, quarter=4)


def scheme(track: str) -> Scheme:
    return Scheme.objects.get(track=track, year=2020)


def plan_scheme(agenda: Agenda, cast: Cast) -> None:
    day = agenda.at
    agenda.plan(day(100, 9), _method, cast.first, Track.TOWNSHIP, "0.5")
    agenda.plan(day(100, 15), _lock, cast, Track.TOWNSHIP, False)
    agenda.plan(day(99, 9), _method, cast.first, Track.TOWNSHIP, "0.6")
    agenda.plan(day(99, 15), _lock, cast, Track.TOWNSHIP, True)
    agenda.plan(day(98, 9), _method, cast.first, Track.TOWNSHIP, "0.4")
    agenda.plan(day(98, 15), _lock, cast, Track.TOWNSHIP, True)
    agenda.plan(day(98, 16), _method, cast.second, Track.DEPARTMENT, "0.4")
    agenda.plan(day(97, 10), _rulebook, cast)
    agenda.plan(day(97, 11), _record, cast)
    agenda.plan(day(42, 10), _propose, cast, Track.TOWNSHIP, None)
    agenda.plan(day(41, 10), _check, cast, Track.TOWNSHIP, True)
    agenda.plan(day(40, 9), _propose, cast, Track.DEPARTMENT, FigureKind.SCOPE)
    agenda.plan(day(40, 15), _check, cast, Track.DEPARTMENT, True)
    agenda.plan(day(39, 9), _propose, cast, Track.DEPARTMENT, FigureKind.SHARE)
    agenda.plan(day(39, 15), _check, cast, Track.DEPARTMENT, False)
    agenda.plan(day(6, 9), _propose, cast, Track.DEPARTMENT, FigureKind.SHARE)
    agenda.plan(day(6, 15), _take_back, cast, Track.DEPARTMENT)
    agenda.plan(day(5, 9), _propose, cast, Track.DEPARTMENT, FigureKind.SHARE)
    agenda.plan(day(16, 9), _amend, cast.first)
    agenda.plan(day(16, 15), _settle, cast, False)
    agenda.plan(day(15, 9), _amend, cast.first)
    agenda.plan(day(15, 15), _settle, cast, True)
    agenda.plan(day(3, 11), _amend, cast.second)
    agenda.plan(day(10, 16), _draft, cast)


# What stands beside the marks of 河长制和水环境治理: (provider, source, basis, 推定).
RECORD = (
    (
        "duties",
        document_of("water"),
        f"{cite(document_of('water'), '五（三）')}：方案的目标任务是河长制湖长制工作的重要内容",
        False,
    ),
    ("registers", "water.rubbish", "（演示）河道垃圾堆放点属河长制工作，文件没有写明", True),
)


def _record(cast: Cast, at: datetime) -> None:
    share = Figure.objects.get(scheme=scheme(Track.TOWNSHIP), kind=FigureKind.SHARE, indicator__number=4)
    for provider, source, basis, assumed in RECORD:
        add_line(
            actor=cast.first,
            figure_id=share.pk,
            provider=provider,
            source=source,
            basis=basis,
            assumed=assumed,
            at=at,
        )


def _method(by: Actor, track: str, special: str, at: datetime) -> None:
    rest = f"{(1 - float(special)) / 2:.2f}"
    enter_method(
        actor=by,
        scheme_id=scheme(track).pk,
        weights={"2020": special, "2020Q1": "", "2020Q2": rest, "2020Q3": rest, "2020Q4": ""},
        basis_document="（虚构）演示会议纪要第 1 号",
        basis_clause="第二项",
        at=at,
    )


def _lock(cast: Cast, track: str, passed: bool, at: datetime) -> None:
    method = YearMethod.objects.filter(scheme__track=track).order_by("-number")[0]
    note = "" if passed else "（演示）专项考评的权重与纪要不一致。"
    check_method(actor=cast.second, method_id=method.pk, version=method.version, passed=passed, note=note, at=at)


def _rulebook(cast: Cast, at: datetime) -> None:
    """The water bureau's 考评细则, so that its marks come from 扣分明细."""
    actor = cast.of("shuiwu-ju", Role.EVALUATOR)
    share = Figure.objects.get(scheme=scheme(Track.TOWNSHIP), key="share/4/1")
    publish_rulebook(
        actor=actor,
        figure_id=share.pk,
        title="（演示）河长制和水环境治理考评细则",
        lines=[LineInput(text, points) for text, points in LINES],
        seen_number=0,
        at=at,
    )


def _unsettled(track: str) -> QuerySet[Figure]:
    return Figure.objects.unconfirmed().filter(scheme=scheme(track)).order_by("order")


def _propose(cast: Cast, track: str, kind: FigureKind | None, at: datetime) -> None:
    """All that is unsettled, or what is of one kind."""
    chosen = _unsettled(track).filter(kind=kind) if kind else _unsettled(track)
    propose_figures(
        actor=cast.first,
        scheme_id=scheme(track).pk,
        wanted=[Wanted(figure.pk, figure.version, figure.value) for figure in chosen],
        original_page=PAGE,
        reason="（演示）与印发原件逐处核对。",
        at=at,
    )


def _check(cast: Cast, track: str, approve: bool, at: datetime) -> None:
    batch = FigureBatch.objects.filter(scheme__track=track).order_by("-pk")[0]
    note = "" if approve else "（演示）请补注原件页码再报。"
    check_figures(actor=cast.second, batch_id=batch.pk, approve=approve, note=note, at=at)


def _take_back(cast: Cast, track: str, at: datetime) -> None:
    batch = FigureBatch.objects.filter(scheme__track=track).order_by("-pk")[0]
    withdraw_figures(actor=cast.first, batch_id=batch.pk, reason="（演示）原件页码有误，改正后再提。", at=at)


def _amend(by: Actor, at: datetime) -> None:
    """评本单位 from 照打 to 取平均分 and back, from the fourth quarter on: nothing computed yet is touched."""
    figure = Figure.objects.get(scheme=scheme(Track.TOWNSHIP), kind=FigureKind.OWN_MARK)
    other = OwnMarkRule.MARK if figure.value == OwnMarkRule.AVERAGE else OwnMarkRule.AVERAGE
    propose_amendment(
        actor=by,
        scheme_id=figure.scheme_id,
        effective_from=LATER,
        wanted=[Wanted(figure.pk, figure.version, other)],
        reason="（演示）自第四季度起调整评本单位的办法。",
        organ="（虚构）演示会议",
        approved_on=at.astimezone().date(),
        document_number="演示〔2020〕2号",
        at=at,
    )


def _settle(cast: Cast, confirm: bool, at: datetime) -> None:
    amendment = Amendment.objects.order_by("-pk")[0]
    note = "" if confirm else "（演示）请写明自哪个季度起。"
    decide_amendment(actor=cast.second, amendment_id=amendment.pk, confirm=confirm, note=note, at=at)


def _draft(cast: Cast, at: datetime) -> None:
    copy_scheme(actor=cast.first, scheme_id=scheme(Track.TOWNSHIP).pk, at=at)
