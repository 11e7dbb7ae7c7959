"""Two steps that one office never does both of (审核 and 拨付): where a reorganisation made one body of the two offices, they are
done by two persons in two posts of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from miyun_kpi.accounts.models import Post
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.organisations.enums import Part
from miyun_kpi.organisations.models import Organisation, Reorganisation
from miyun_kpi.organisations.queries import stands_for


@dataclass(frozen=True)
class First:
    """The first of the two steps: in which office (None: not kept), by whom, on which day."""

    office_id: int | None
    user_id: int | None
    on: date


def joined_by(organisation_id: int | None, offices: Collection[str]) -> Reorganisation | None:
    """The reorganisation by which this body does what these offices (by code) did apart; None while there is none."""
    own = Organisation.objects.filter(pk__in=stands_for(organisation_id))
    if own.filter(code__in=offices).count() < len(offices):
        return None
    ended = Q(units__part=Part.ENDED, units__organisation__in=own)
    found = Reorganisation.objects.standing().filter(ended).order_by("-on", "-pk")
    return found.filter(units__organisation__code__in=offices).first() or found.first()


def words_of(change: Reorganisation) -> str:
    return f"{change.number}（{change.on}）以后两项职责在同一单位，由不同岗位的两个人办理"


def require_apart(actor: Actor, first: First, offices: Collection[str], steps: str, clause: str, today: date) -> str:
    """What is told of the second step: "" where another office did the first, else by which paper one body does both.

    `steps`: “审核和拨付”. Without such a paper one body does not do the second step of what it did the first of.
    """
    own = stands_for(actor.organisation_id)
    if first.office_id is not None and not own.filter(pk=first.office_id).exists():
        return ""
    change = joined_by(actor.organisation_id, offices)
    if change is None:
        if first.office_id is None:
            return ""
        said = f"{steps}不能由同一单位办理，这一件由本单位（或并入本单位的单位）办了前一步，没有执行。请区政府明确另一个单位。"
        raise NotAllowed("same-office", said, clause)
    head = f"{change.number}以后{steps}在同一单位"
    # Who did the first step is not kept everywhere; before the paper it was another office.
    unknown = first.user_id is None and first.on >= change.on
    if unknown or actor.user_id is None or actor.user_id == first.user_id:
        said = f"{head}，须由不同的人办理，没有执行。请由没有办过前一步的同事办理。"
        raise NotAllowed("same-person", said, clause)
    mine = Post.objects.filter(pk=actor.post_id or 0).on(today).first()
    if mine is None:
        raise NotAllowed("no-post", f"{head}，须以不同的岗位办理，没有执行。请本人以自己的岗位登录办理。", clause)
    theirs = Post.objects.on(first.on).filter(user=first.user_id or 0, organisation__in=own)
    if any(_one_group(mine, one) for one in theirs):
        said = (
            f"{head}，须由不同岗位的人办理，您和办前一步的人都在“{mine.get_role_display()}{mine.title}”岗位，没有执行。"
            "请由另一岗位的同事办理；岗位还没有分开的，请安全管理员授岗时写明不同的职务。"
        )
        raise NotAllowed("same-post-group", said, clause)
    return words_of(change)


def _one_group(one: Post, other: Post) -> bool:
    """Posts of one group: the same role with the same title; of two offices as long as they were two, the title decides."""
    same = one.organisation_id == other.organisation_id or one.title != ""
    return same and (one.role, one.title) == (other.role, other.title)
