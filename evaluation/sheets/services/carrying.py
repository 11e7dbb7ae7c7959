"""沿用 of 记录对照 and of 与本期记录不符 from the scheme of the year before: chosen by the office, one by one."""

from collections.abc import Collection
from datetime import datetime

from evaluation.scheme.access.office import require_office
from evaluation.scheme.models.scheme import Scheme
from evaluation.sheets.models.conditions import MarkCondition
from evaluation.sheets.models.record import RecordLine
from evaluation.sheets.queries.carrying import offered_conditions, offered_lines
from evaluation.sheets.services.conditions import add_condition
from evaluation.sheets.services.record import LONGEST, add_line
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.acts.acting import Act, acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain
from miyun_kpi.lib.errors import Conflict, Refused


def carry_lines(*, actor: Actor, scheme_id: int, lines: Collection[int], at: datetime) -> list[RecordLine]:
    """All or nothing; each is a line of its own from now on, with what it continues in its basis."""
    with acting(actor, at) as act:
        scheme = _followed(act, scheme_id)
        offered = {one.kept.line.pk: one for one in offered_lines(scheme)}
        _require_offered(lines, offered)
        return [
            add_line(
                actor=actor,
                figure_id=offered[pk].share.pk,
                provider=offered[pk].kept.line.provider,
                source=offered[pk].kept.line.source,
                basis=_continued(scheme, offered[pk].kept.line.basis),
                assumed=offered[pk].kept.line.assumed,
                at=at,
            )
            for pk in lines
        ]


def carry_conditions(*, actor: Actor, scheme_id: int, conditions: Collection[int], at: datetime) -> list[MarkCondition]:
    """As drafts: what was tried on another year is tried anew."""
    with acting(actor, at) as act:
        scheme = _followed(act, scheme_id)
        offered = {one.pk: one for one in offered_conditions(scheme)}
        _require_offered(conditions, offered)
        return [
            add_condition(
                actor=actor,
                scheme_id=scheme.pk,
                kind=one.kind,
                threshold="" if one.threshold is None else plain(one.threshold),
                basis=_continued(scheme, one.basis),
                assumed=one.assumed,
                at=at,
            )
            for one in (offered[pk] for pk in conditions)
        ]


def _followed(act: Act, scheme_id: int) -> Scheme:
    found = act.lock(Scheme.objects.issued().select_related("copied_from"), scheme_id)
    require_office(act.actor, Verb.KEEP_SETTINGS, track=found.track)
    return found


def _require_offered(chosen: Collection[int], offered: Collection[int]) -> None:
    if not chosen:
        raise Refused("none-chosen", "一条都没有勾选，没有沿用。请勾选要沿用的。")
    if set(chosen) - set(offered):
        raise Conflict("not-offered", "勾选的有一条已经沿用或撤回，没有沿用。请刷新后再勾选。")


def _continued(scheme: Scheme, basis: str) -> str:
    year = scheme.copied_from.year if scheme.copied_from else ""
    return f"沿用{year}年：{basis}"[:LONGEST]
