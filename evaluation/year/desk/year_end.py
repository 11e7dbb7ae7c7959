"""The year's end on the desk: what waits for a second person, entries of 加减分 given back."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from evaluation.adjustments.access import adjustments_visible_to, is_proposer, may_check
from evaluation.adjustments.models import Adjustment
from evaluation.adjustments.queries import signed
from evaluation.engine.models.year_method import YearMethod
from evaluation.engine.models.year_units import YearUnit
from evaluation.engine.queries.closing import closed_year, reported_year
from evaluation.enums import DOCUMENT, AdjustmentState, DeliberationState, MethodState, UnitChangeState, VetoState
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access.year_end import works_on_year
from evaluation.year.models.year_end import CommitteeReport, Deliberation, Veto
from evaluation.year.queries.year_end import vetoes_since
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import Actor
from miyun_kpi.routes import to


def year_end_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if not actor.may(Verb.PROPOSE_ADJUSTMENTS):
        return []
    wanted = Q(state=AdjustmentState.RETURNED)
    if actor.may(Verb.CHECK_ADJUSTMENTS):
        wanted |= Q(state=AdjustmentState.PROPOSED) & ~Q(entered_by_id=actor.user_id or 0)
    found = adjustments_visible_to(actor).filter(wanted).order_by("entered_at", "pk")
    items = []
    found = found.select_related("scheme", "organisation")
    closed = {pk for pk in {one.scheme_id for one in found} if closed_year(Scheme.objects.get(pk=pk))}
    for one in found:
        if one.state == AdjustmentState.RETURNED:
            if is_proposer(actor, one):
                items.append(_item(one, "returned", "returned", "加减分退回补正", "补正"))
        elif may_check(actor, one):
            items.append(
                _item(
                    one, "to-check", "submitted", f"{'拟更正：' if one.scheme_id in closed else ''}加减分待核对", "核对"
                )
            )
    return [*items, *_second_person(actor), *_to_report_again(actor)]


def _second_person(actor: Actor) -> list[DeskItem]:
    """年度计算办法 to lock, 一票否决 and 结果审议 to confirm: not for who entered them."""
    if not actor.may(Verb.RECORD_DELIBERATION):
        return []
    own = actor.user_id or 0
    methods = YearMethod.objects.filter(state=MethodState.PROPOSED).exclude(entered_by_id=own)
    vetoes = Veto.objects.filter(state=VetoState.PROPOSED).exclude(recorded_by_id=own).select_related("organisation")
    meetings = Deliberation.objects.filter(state=DeliberationState.PROPOSED).exclude(recorded_by_id=own)
    units = YearUnit.objects.filter(state=UnitChangeState.PROPOSED).exclude(recorded_by_id=own)
    waiting: list[tuple[Scheme, str, str, str]] = [
        *((m.scheme, "年度计算办法待复核", m.entered_by, "复核锁定") for m in methods.select_related("scheme")),
        *(
            (v.scheme, f"一票否决待确认：{v.organisation.name}", v.recorded_by, "对照原件确认")
            for v in vetoes.select_related("scheme", "organisation")
        ),
        *(
            (u.scheme, f"全年考评的处理待确认：{u.organisation.name}", u.recorded_by, "按纪要确认")
            for u in units.select_related("scheme", "organisation")
        ),
        *(
            (d.scheme, f"结果审议待确认：{d.meeting}", d.recorded_by, "按纪要确认")
            for d in meetings.select_related("scheme")
        ),
    ]
    reported = {scheme.pk for scheme, *_ in waiting if reported_year(scheme)}
    return [
        DeskItem(
            group="to-check",
            subject="evaluation",
            state="to_confirm",
            title=f"拟更正：{title}" if scheme.pk in reported else title,
            context=f"{scheme.year}年 · {scheme.get_track_display()} · {by}",
            url=to("evaluation:year-end", scheme.year, scheme.track),
            action=action,
            document=DOCUMENT,
            clause="四（三）",
            kind=ItemKind.CHECK,
        )
        for scheme, title, by, action in waiting
        if works_on_year(actor, scheme.track)
    ]


def _to_report_again(actor: Actor) -> list[DeskItem]:
    """一票否决 that was confirmed or revoked after the year had gone to 区委: the report does not say it."""
    if not actor.may(Verb.RECORD_DELIBERATION):
        return []
    last: dict[int, CommitteeReport] = {}
    for report in CommitteeReport.objects.select_related("ranking__scheme").order_by("reported_at", "pk"):
        last[report.ranking.scheme_id] = report
    return [
        DeskItem(
            group="to-check",
            subject="evaluation",
            state="overdue",
            title=f"{scheme.year}年{scheme.get_track_display()}结果：报区委以后一票否决有变动",
            context=f"{report.number} · {len(since)} 件 · 还没有更正",
            url=to("evaluation:year-end", scheme.year, scheme.track),
            action="更正报区委",
            document=DOCUMENT,
            clause="四（三）4",
            kind=ItemKind.CHECK,
        )
        for scheme, report in ((one.ranking.scheme, one) for one in last.values())
        if works_on_year(actor, scheme.track) and (since := vetoes_since(report))
    ]


def _item(one: Adjustment, group: str, state: str, title: str, action: str) -> DeskItem:
    return DeskItem(
        group=group,
        subject="evaluation",
        state=state,
        title=f"{title}：{one.work}",
        context=f"{one.organisation.name} · {one.get_ground_display()} · {signed(one.points)} 分"
        + (f" · 意见：{one.note}" if state == "returned" else f" · {one.entered_by}"),
        url=to("evaluation:adjustment", one.pk),
        action=action,
        document=DOCUMENT,
        clause="四（三）4",
        kind=ItemKind.RETURNED if group == "returned" else ItemKind.CHECK,
    )
