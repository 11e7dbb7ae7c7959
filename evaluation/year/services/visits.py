"""现场考评: planned by the evaluator, the unit told; two close together need a reason (13号 五（二）)."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import IntegrityError

from evaluation.enums import VisitState
from evaluation.scheme.models.scheme import Scheme
from evaluation.year.access.visits import evaluated_by, require_keeper, visible_visit
from evaluation.year.models.year_close import SiteVisit
from evaluation.year.queries.visits import is_visited_on, visited_units
from evaluation.year.rules.visits import CLAUSE, Days, close_to
from miyun_kpi.accounts.enums import Role
from miyun_kpi.acts.acting import Act, acting, tell
from miyun_kpi.db.finding import one_of
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, FieldError, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.routes import to


def day_problems(scheme: Scheme, starts_on: date, ends_on: date) -> list[FieldError]:
    problems = []
    if not starts_on <= ends_on or (ends_on - starts_on).days > 30:
        problems.append(FieldError("结束日期不能早于开始日期，一次不超过 31 天。", "bad-date", field="ends_on"))
    if not date(scheme.year, 1, 1) <= starts_on <= date(scheme.year + 1, 3, 31):
        problems.append(FieldError(f"日期须在 {scheme.year} 年 1 月至次年 3 月之间。", "bad-date", field="starts_on"))
    return problems


def plan_visit(
    *,
    actor: Actor,
    scheme_id: int,
    organisation_id: int,
    starts_on: date,
    ends_on: date,
    indicator_ids: Collection[int],
    leader: str,
    note: str = "",
    crowd_reason: str = "",
    at: datetime,
) -> SiteVisit:
    """Refused when close to another visit to the unit, until a reason is written; then it is kept beside it."""
    scheme = one_of(Scheme.objects.issued().filter(pk=scheme_id))
    own = set(evaluated_by(actor, scheme).values_list("indicator_id", flat=True))
    assert actor.organisation_id is not None
    leader, note, crowd_reason = leader.strip(), note.strip(), crowd_reason.strip()
    problems = day_problems(scheme, starts_on, ends_on)
    if not indicator_ids or not set(indicator_ids) <= own:
        problems.append(FieldError("请选本单位考评的内容，至少一项。", "bad-indicators", field="indicators"))
    if not 2 <= len(leader) <= 60 or "\x00" in leader:
        problems.append(FieldError("请写带队人（2 至 60 字）。", "bad-leader", field="leader"))
    if max(len(note), len(crowd_reason)) > 500 or "\x00" in note + crowd_reason:
        problems.append(FieldError("说明和理由各不超过 500 字。", "bad-text", field="note"))
    if problems:
        said = f"有 {len(problems)} 处要改，没有安排。请按提示改正。"
        raise Refused("bad-visit", said, clause=scheme.cite(CLAUSE), errors=problems)
    try:
        with acting(actor, at) as act:
            # The unit's row is the lock: two evaluators planning at once see each other.
            unit = act.lock(Organisation.objects.filter(pk__in=[o.pk for o in visited_units(scheme)]), organisation_id)
            _require_ranked(scheme, unit, starts_on)
            _require_apart(scheme, Days(0, unit.pk, starts_on, ends_on), crowd_reason)
            visit = SiteVisit.objects.create(
                scheme=scheme,
                evaluator_id=actor.organisation_id,
                organisation=unit,
                starts_on=starts_on,
                ends_on=ends_on,
                leader=leader,
                note=note,
                crowd_reason=crowd_reason,
                **act.signed(SiteVisit, "planned"),
            )
            visit.indicators.set(indicator_ids)
            _record(act, "planned", visit)
            _tell(visit, "现场考评安排", f"带队人 {leader}。{note}", at)
    except IntegrityError:
        raise Conflict("already-planned", "这一天对这个单位的现场考评已经安排，没有再存。") from None
    return visit


def _require_ranked(scheme: Scheme, unit: Organisation, day: date) -> None:
    """One that ended within the year is visited in the quarters in which it was ranked."""
    if not is_visited_on(scheme, unit.pk, day):
        said = f"{unit.name}不在 {scheme.year} 年的考评对象里，{day:%m月%d日}也不在它受考评的季度，没有安排。请改日期或单位。"
        raise Refused(
            "not-ranked",
            said,
            clause=scheme.cite(CLAUSE),
            errors=[FieldError(said, "not-ranked", field="organisation")],
        )


def _require_apart(scheme: Scheme, wanted: Days, crowd_reason: str) -> None:
    planned = {
        v.pk: v
        for v in SiteVisit.objects.filter(organisation_id=wanted.organisation)
        .exclude(state=VisitState.CANCELLED)
        .select_related("evaluator")
    }
    others = [Days(v.pk, v.organisation_id, v.starts_on, v.ends_on) for v in planned.values()]
    near = close_to(wanted, others, scheme.visit_spread_days)
    if near and len(crowd_reason) < 4:
        other, days = near[0]
        first = planned[other.key]
        raise Refused(
            "crowded",
            f"{first.evaluator.name} {first.starts_on:%m月%d日}也到这个单位现场考评，相隔 {days} 天，在 {scheme.visit_spread_days} 天以内，"
            "没有安排。方案要求避免扎堆到基层考核：请改日期，确需如此的写明理由（4 至 500 字）。",
            clause=scheme.cite(CLAUSE),
        )


def note_result(*, actor: Actor, visit_id: int, version: int, result: str, at: datetime) -> SiteVisit:
    """What was seen, once the visit has begun. Indicators whose material goes offline are named, not described."""
    result = result.strip()
    with acting(actor, at) as act:
        visit = _locked(act, visit_id, version)
        if at.astimezone().date() < visit.starts_on:
            raise Refused("not-begun", f"现场考评 {visit.starts_on:%m月%d日}才开始，没有登记。")
        if visit.indicators.filter(offline_only=True).count() == visit.indicators.count():
            if result:
                raise Refused("offline-only", "这次考评的内容材料线下报送，情况线下给，网上不写文字。没有登记。")
        elif not 4 <= len(result) <= 2000 or "\x00" in result:
            raise Refused("text-missing", "请写现场考评情况（4 至 2000 字），没有登记。")
        visit.state, visit.result = VisitState.DONE, result
        act.sign(visit, "done")
        act.save(visit)
        _record(act, "done", visit)
    return visit


def cancel_visit(*, actor: Actor, visit_id: int, version: int, at: datetime) -> SiteVisit:
    with acting(actor, at) as act:
        visit = _locked(act, visit_id, version)
        visit.state = VisitState.CANCELLED
        act.save(visit)
        _record(act, "cancelled", visit)
        _tell(visit, "现场考评取消", "不再来。", at)
    return visit


def _locked(act: Act, visit_id: int, version: int) -> SiteVisit:
    require_keeper(act.actor, visible_visit(act.actor, visit_id))
    visit = act.lock(SiteVisit.objects.select_related("scheme", "evaluator", "organisation"), visit_id, version)
    act.require_state(visit, (VisitState.PLANNED,), "登记或取消")
    return visit


def _record(act: Act, what: str, visit: SiteVisit) -> None:
    act.record(
        f"evaluation.visit.{what}",
        visit,
        organisation=visit.organisation.code,
        **{"from": visit.starts_on.isoformat(), "to": visit.ends_on.isoformat()},
        reason=visit.crowd_reason,
    )


def _tell(visit: SiteVisit, title: str, body: str, at: datetime) -> None:
    days = f"{visit.starts_on:%m月%d日}" + ("" if visit.starts_on == visit.ends_on else f"至{visit.ends_on:%m月%d日}")
    messages = [
        Message(
            key=f"visit/{visit.pk}/{visit.version}/{role}",
            organisation_id=visit.organisation_id,
            role=role,
            title=f"{title}：{visit.evaluator.name} {days}"[:120],
            body=body,
            url=to("evaluation:visit", visit.pk),
            clause=visit.scheme.cite(CLAUSE),
        )
        for role in (Role.REPORTER, Role.UNIT_HEAD)
    ]
    tell(messages, at=at)
