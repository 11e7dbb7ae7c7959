"""What every edit of a draft begins and ends with."""

from datetime import datetime
from typing import Any

from evaluation.enums import ActState, SchemeState
from evaluation.scheme.access.drafts import require_drafting, schemes_visible_to
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.services.cells import follow_units
from miyun_kpi.acts.acting import locked, record
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotFound


def lock_draft(actor: Actor, scheme_id: int, at: datetime) -> Scheme:
    """The draft with its row locked, its cells those of the units of today: edits of one draft go one after the other.
    While its 印发 waits, none."""
    if not schemes_visible_to(actor).filter(pk=scheme_id).exists():
        raise NotFound
    scheme = locked(Scheme.objects.all(), scheme_id)
    require_drafting(actor, scheme.track)
    if scheme.state != SchemeState.DRAFT:
        raise Conflict("not-a-draft", "这个方案已经印发，不能再改，没有保存。要改已印发的数字，请提出修订。")
    if scheme.issues.filter(state=ActState.PROPOSED).exists():
        raise Conflict("issue-waiting", "这个草案已提请印发，等第二人确认，没有保存。要再改，请先由第二人退回。")
    follow_units(actor=actor, scheme=scheme, at=at)
    return scheme


def require_version(actual: int, seen: int, what: str, now: str = "") -> None:
    if actual != seen:
        shown = f"现为：{now}" if now else "请刷新看过后再改"
        raise Conflict("stale", f"{what}刚被别人改过，没有保存。{shown}。")


def record_edit(actor: Actor, act: str, scheme: Scheme, data: dict[str, Any], at: datetime) -> None:
    record(actor=actor, action=f"evaluation.draft.{act}", subject=f"scheme:{scheme.pk}", data=data, at=at)
