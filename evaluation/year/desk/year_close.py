"""The year's last acts on the desk: 自查报告 to write, sign or accept, 效果评价 to fill."""

from collections.abc import Sequence
from datetime import date, datetime

from evaluation.enums import DOCUMENT, SelfReportState, SurveyState
from evaluation.periods.queries.population import year_units
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access.year_close import closes_year, fills_form
from evaluation.year.models.year_close import LeaderSurvey, SelfReport
from evaluation.year.queries.year_plan import planned_day
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem, end_of_day
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import stands_for
from miyun_kpi.routes import to


def year_close_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    items: list[DeskItem] = []
    if actor.may(Verb.REPORT_PROGRESS) and actor.organisation_id is not None:
        items += _own_reports(actor, at)
    if actor.may(Verb.CLOSE_YEAR):
        items += _to_accept(actor)
    if fills_form(actor):
        items += _forms(actor, at)
    return items


def _item(
    group: str,
    state: str,
    title: str,
    context: str,
    url: str,
    action: str,
    clause: str,
    kind: ItemKind = ItemKind.TERM,
    due_on: date | None = None,
) -> DeskItem:
    return DeskItem(
        group=group,
        subject="evaluation",
        state=state,
        title=title,
        context=context,
        url=url,
        action=action,
        document=DOCUMENT,
        clause=clause,
        due_at=end_of_day(due_on) if due_on else None,
        kind=kind,
    )


def _own_reports(actor: Actor, at: datetime) -> list[DeskItem]:
    """What was begun, given back or waits for the head; the head's own draft is not the head's to sign."""
    assert actor.organisation_id is not None
    rows = SelfReport.objects.filter(organisation__in=stands_for(actor.organisation_id))
    rows = rows.select_related("scheme", "organisation")
    items = _not_begun(actor.organisation_id, at)
    for row in rows.exclude(state__in=[SelfReportState.FILED, SelfReportState.ACCEPTED]):
        url = to("evaluation:self-report", row.scheme.year, row.organisation.code)
        title, due = _title(row.scheme, row.organisation, actor.organisation_id), planned_day(row.scheme, "self-report")
        context = f"计划日期 {due:%Y-%m-%d}"
        if row.state == SelfReportState.SIGNING:
            if actor.may(Verb.SIGN_SELF_REPORTS) and row.drafted_by_id != actor.user_id:
                items.append(
                    _item(
                        "to-check",
                        "submitted",
                        f"{title}待签发",
                        f"{row.drafted_by} · {context}",
                        url,
                        "签发",
                        "四（三）1",
                        ItemKind.CHECK,
                        due,
                    )
                )
        elif row.state == SelfReportState.RETURNED:
            items.append(
                _item("returned", "returned", f"{title}退回补充", row.note, url, "补充", "四（三）1", ItemKind.RETURNED)
            )
        else:
            late = at.astimezone().date() > due
            items.append(
                _item(
                    "late" if late else "later",
                    "draft_due" if late else "draft",
                    title,
                    context,
                    url,
                    "写",
                    "四（三）1",
                    due_on=due,
                )
            )
    return items


def _title(scheme: Scheme, unit: Organisation, organisation_id: int) -> str:
    """Another's than one's own is that of a unit that ended: it is named."""
    return f"{scheme.year}年自查报告" + ("" if unit.pk == organisation_id else f"（{unit.name}）")


def _not_begun(organisation_id: int, at: datetime) -> list[DeskItem]:
    """From December, when 年终考评 begins, until the end of March: later nobody waits for it."""
    today = at.astimezone().date()
    items, own = [], set(stands_for(organisation_id))
    for scheme in Scheme.objects.issued().filter(year__in=[today.year, today.year - 1]):
        if not date(scheme.year, 12, 1) <= today < date(scheme.year + 1, 4, 1):
            continue
        begun = set(SelfReport.objects.filter(scheme=scheme).values_list("organisation_id", flat=True))
        due = planned_day(scheme, "self-report")
        for unit in (one for one in year_units(scheme) if one.pk in own - begun):
            url = to("evaluation:self-report", scheme.year, unit.code)
            group = "late" if today > due else "later"
            items.append(
                _item(
                    group,
                    "not_filed",
                    _title(scheme, unit, organisation_id),
                    f"计划日期 {due:%Y-%m-%d}",
                    url,
                    "写",
                    "四（三）1",
                    due_on=due,
                )
            )
    return items


def _to_accept(actor: Actor) -> list[DeskItem]:
    rows = SelfReport.objects.filter(state=SelfReportState.FILED).select_related("scheme", "organisation")
    return [
        _item(
            "to-check",
            "submitted",
            f"{row.scheme.year}年自查报告待接收：{row.organisation.name}",
            f"{row.signed_by}{' · 迟报' if row.late else ''}",
            to("evaluation:self-report", row.scheme.year, row.organisation.code),
            "接收或退回",
            "四（三）1",
            ItemKind.REVIEW,
        )
        for row in rows.order_by("signed_at")
        if closes_year(actor, row.scheme.track)
    ]


def _forms(actor: Actor, at: datetime) -> list[DeskItem]:
    surveys = LeaderSurvey.objects.filter(state=SurveyState.OPEN).exclude(participations__user_id=actor.user_id or 0)
    return [
        _item(
            "late" if at.astimezone().date() > one.due_on else "later",
            "not_filed",
            f"{one.scheme.year}年{one.scheme.get_track_display()}效果评价",
            "提交后即封存",
            to("evaluation:effect", one.scheme.year, one.scheme.track),
            "填写",
            "四（三）3",
            due_on=one.due_on,
        )
        for one in surveys.select_related("scheme")
    ]
