"""Posts and 分管关系: grant, end, hand over. Rights change here and nowhere else."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from miyun_kpi.accounts.access import needs_two, require, require_power
from miyun_kpi.accounts.enums import SEPARATED_ROLES, Role, Verb
from miyun_kpi.accounts.models import Portfolio, Post, User
from miyun_kpi.accounts.registry import HandOver, Waiting, announce, proposed
from miyun_kpi.accounts.rules import Held, separation_problem
from miyun_kpi.accounts.services.deputies import ONE_DAY, end_deputies, facts_of, locked_with_deputies, save
from miyun_kpi.accounts.services.namesakes import refuse_namesake
from miyun_kpi.acts.acting import acting, lock_all, lock_one, locked, require_version
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.models import Organisation

# 推定: no document of ours says how long; whoever is away longer has a successor.
LONGEST_DEPUTY = timedelta(days=90)


def grant_post(
    *,
    actor: Actor,
    username: str,
    organisation: Organisation,
    role: str,
    title: str,
    starts_on: date,
    ends_on: date | None,
    at: datetime,
    released: bool = False,
) -> Post | Waiting:
    """Granting what is already granted the same way changes nothing. A strong role waits for another administrator."""
    require_power(actor, Verb.GRANT_POSTS, released=released)
    if role not in Role.values:
        raise Refused("bad-role", "没有这个角色，没有授予。请从列表中选。")
    if needs_two(actor, [role], released=released):
        days = {"starts_on": starts_on, "ends_on": ends_on}
        place = organisation.code
        return proposed(
            "post-granted", actor=actor, at=at, username=username, organisation=place, role=role, title=title, **days
        )
    with acting(actor, at) as act:
        user = _person(actor, username)
        same = Post.objects.filter(
            user=user, organisation=organisation, role=role, starts_on=starts_on, revoked_on__isnull=True
        ).first()
        if same and (same.title, same.ends_on) == (title.strip(), ends_on):
            return same
        post = _granted(user, organisation, role, title, starts_on, ends_on)
        act.record("accounts.post.granted", f"user:{user.username}", **facts_of(post))
    return post


def end_post(
    *,
    actor: Actor,
    post_id: int,
    ends_on: date | None,
    at_once: bool = False,
    version: int,
    on: date,
    at: datetime,
    released: bool = False,
) -> Post | Waiting:
    """The last day of a post; farther back than yesterday would rewrite what has been done in it.

    `at_once`: it counts no more from this moment. The post of one of the three is ended by two administrators.
    """
    require_power(actor, Verb.GRANT_POSTS, released=released)
    if needs_two(actor, SEPARATED_ROLES & _roles_of([post_id]), released=released):
        given = {"post_id": post_id, "ends_on": ends_on, "at_once": at_once, "version": version}
        return proposed("post-ended", actor=actor, at=at, **given)
    with acting(actor, at) as act:
        post, deputies = locked_with_deputies(post_id)
        if post.ends_on == ends_on and not at_once:
            return post
        _check_version(post, version)
        if post.user_id == actor.user_id:
            raise Refused("own-post", "不能结束自己的岗位，没有执行。请由另一位安全管理员办理。")
        if post.ends_on and post.ends_on < on:
            raise Conflict("post-ended", f"这个岗位已于 {post.ends_on:%Y-%m-%d} 结束，没有改动。")
        if at_once:
            ends_on, post.revoked_on = max(post.starts_on, on - ONE_DAY), on
        if ends_on is None:
            raise Refused("day-missing", "请填最后一天，或选立即收回，没有改动。")
        if ends_on < max(post.starts_on, on - ONE_DAY):
            earliest = max(post.starts_on, on - ONE_DAY)
            raise Refused("too-early", f"最后一天最早可填 {earliest:%Y-%m-%d}，没有改动。")
        if post.ends_on and ends_on > post.ends_on and not at_once:
            raise Refused("not-an-extension", "这里只能提前结束，没有改动。要延长，请从原定结束的次日起另授一个岗位。")
        before, post.ends_on = post.ends_on, ends_on
        save(post)
        data = facts_of(post) | {"before": before} | ({"at_once": True} if at_once else {})
        act.record("accounts.post.ended", f"user:{post.user.username}", **data)
        end_deputies(act, post, deputies, on)
    return post


def hand_over(
    *,
    actor: Actor,
    post_id: int,
    to: str,
    first_day: date,
    version: int,
    on: date,
    at: datetime,
    released: bool = False,
) -> Post | Waiting:
    """换人交接 in one act: the post ends the day before `first_day`, the other person's starts on it."""
    require_power(actor, Verb.GRANT_POSTS, released=released)
    if needs_two(actor, _roles_of([post_id]), released=released):
        given = {"post_id": post_id, "to": to, "first_day": first_day, "version": version}
        return proposed("post-handed-over", actor=actor, at=at, **given)
    with acting(actor, at) as act:
        lock_all(User.objects.filter(username=to.strip(), is_client=False))
        post, deputies = locked_with_deputies(post_id)
        if post.user_id == actor.user_id:
            raise Refused("own-post", "不能交接自己的岗位，没有执行。请由另一位安全管理员办理。")
        if post.deputises_id is not None:
            raise Refused("a-deputy", "这是代理岗位，不交接，没有执行。请结束它，在原岗位上另定代理人。")
        _check_version(post, version)
        if first_day < on or first_day <= post.starts_on:
            earliest = max(on, post.starts_on + ONE_DAY)
            raise Refused("too-early", f"接任的第一天最早可填 {earliest:%Y-%m-%d}，没有交接。")
        if post.ends_on and post.ends_on < first_day - ONE_DAY:
            raise Refused("post-ended", f"这个岗位到 {post.ends_on:%Y-%m-%d} 为止，那天以后没有可交接的，没有交接。")
        user = _person(actor, to)
        if user.pk == post.user_id:
            raise Refused("same-person", "接任的和现任的是同一个人，没有交接。请选另一个人。")
        until = post.ends_on if post.ends_on and post.ends_on >= first_day else None
        post.ends_on = first_day - ONE_DAY
        save(post)
        # One of them may be who takes it over.
        end_deputies(act, post, deputies, on)
        after = _granted(user, post.organisation, post.role, post.title, first_day, until)
        announce(HandOver(post, after, _organisations_of([post.user_id, user.pk], first_day, post)), at)
        data = {"from": post.user.username, "to": user.username, **facts_of(after)}
        for one in (post.user, user):
            act.record("accounts.post.handed-over", f"user:{one.username}", **data)
    return after


def name_deputy(
    *,
    actor: Actor,
    post_id: int,
    to: str,
    first_day: date,
    last_day: date,
    reason: str,
    version: int,
    on: date,
    at: datetime,
    released: bool = False,
) -> Post | Waiting:
    """代理复核: while whoever holds the post is away another person takes its part, from a day to a day.

    The right is that of the post; a second person is still another person, and what the deputy does says for whom.
    """
    require_power(actor, Verb.GRANT_POSTS, released=released)
    said = read_reason(reason, "请写代理的理由（出差、休假、借调）")
    if needs_two(actor, _roles_of([post_id]), released=released):
        given = {"post_id": post_id, "to": to, "first_day": first_day, "last_day": last_day}
        return proposed("post-deputised", actor=actor, at=at, reason=said, version=version, **given)
    with acting(actor, at) as act:
        lock_all(User.objects.filter(username=to.strip(), is_client=False))
        post = _locked(post_id)
        _check_version(post, version)
        user = _person(actor, to)
        if user.pk == post.user_id:
            raise Refused("same-person", "代理人和本人是同一个人，没有登记。请选另一个人。")
        if post.deputises_id is not None:
            raise Refused("a-deputy-s-deputy", "这本身是代理岗位，不能再代理，没有登记。请在原岗位上另定代理人。")
        if first_day < on:
            raise Refused("too-early", f"代理的第一天最早可填 {on:%Y-%m-%d}，没有登记。")
        if first_day < post.starts_on or (post.ends_on and last_day > post.ends_on):
            until = f"{post.ends_on:%Y-%m-%d}" if post.ends_on else "没有结束日期"
            raise Refused("outside", f"这个岗位从 {post.starts_on:%Y-%m-%d} 到{until}，代理要在这段时间里，没有登记。")
        if last_day > first_day + LONGEST_DEPUTY:
            raise Refused("too-long", f"一次代理最长 {LONGEST_DEPUTY.days} 天（推定），没有登记。更长的请用换人交接。")
        made = _granted(user, post.organisation, post.role, post.title, first_day, last_day, deputises=post.user)
        data = {"from": post.user.username, "to": user.username, "reason": said, **facts_of(made)}
        for one in (post.user, user):
            act.record("accounts.post.deputised", f"user:{one.username}", **data)
    return made


def move_posts(
    *,
    actor: Actor,
    posts: Sequence[tuple[int, int]],
    to: Organisation,
    first_day: date,
    on: date,
    at: datetime,
    released: bool = False,
) -> list[Post] | Waiting:
    """Posts of organisations that ended, as (key, version), go on at `to` from a day: the same people in the same roles.

    All or none; what a person may not hold there is refused with the name.
    """
    require_power(actor, Verb.GRANT_POSTS, released=released)
    if not posts:
        raise Refused("nothing-chosen", "没有选岗位，没有转移。请先选中要转的岗位。")
    if first_day < on:
        raise Refused("too-early", f"第一天最早可填 {on:%Y-%m-%d}，没有转移。")
    if needs_two(actor, _roles_of([pk for pk, _ in posts]), released=released):
        return proposed("posts-moved", actor=actor, at=at, posts=list(posts), to=to.code, first_day=first_day)
    made = []
    with acting(actor, at) as act:
        found = Post.objects.filter(pk__in=[pk for pk, _ in posts]).select_related("user", "organisation")
        lock_all(User.objects.filter(pk__in=found.values("user_id")))
        versions = dict(posts)
        rows = lock_all(found)
        if len(rows) != len(versions):
            raise Conflict("stale", "有的岗位已经变动，没有转移。请刷新后再看。")
        for post in rows:
            _check_version(post, versions[post.pk])
            if post.user_id == actor.user_id:
                raise Refused("own-post", "不能转移自己的岗位，没有转移。请由另一位安全管理员办理。")
            if post.organisation.valid_to is None:
                raise Refused("organisation-stands", f"{post.organisation.name}没有撤并，没有转移。请用“换人交接”。")
            if first_day <= post.starts_on or (post.ends_on and post.ends_on < first_day):
                raise Refused(
                    "too-early",
                    f"{post.user}的岗位在 {first_day:%Y-%m-%d} 没有可转的，没有转移。请改第一天，或不选这个岗位。",
                )
            _require_not_moved(post, on)
            until, post.ends_on = post.ends_on, first_day - ONE_DAY
            save(post)
            after = _granted(post.user, to, post.role, post.title, first_day, until, post.deputises)
            made.append(after)
            data = {"old_unit": post.organisation.code, **facts_of(after)}
            act.record("accounts.post.moved", f"user:{post.user.username}", **data)
    return made


def _require_not_moved(post: Post, on: date) -> None:
    """From a later day it goes on elsewhere already: a second move would make two of it."""
    later = Post.objects.filter(
        user=post.user, role=post.role, starts_on__gt=on, organisation__valid_to__isnull=True
    ).select_related("organisation")
    if after := later.first():
        said = f"{post.user}的岗位已转到{after.organisation.name}，自 {after.starts_on} 起，没有再转。要改的，请在“岗位”里改那一个。"
        raise Conflict("already-moved", said)


def add_portfolio(
    *, actor: Actor, leader: str, organisation: Organisation, starts_on: date, ends_on: date | None, at: datetime
) -> Portfolio:
    _require(actor)
    _check_dates(starts_on, ends_on)
    with acting(actor, at) as act:
        user = _person(actor, leader)
        if not Post.objects.on(starts_on).filter(user=user, role=Role.LEADER).exists():
            raise Refused("not-a-leader", f"{user}在 {starts_on:%Y-%m-%d} 没有区领导岗位，没有登记。请先授予岗位。")
        same = Portfolio.objects.filter(leader=user, organisation=organisation)
        known = same.filter(starts_on=starts_on, ends_on=ends_on).first()
        if known:
            return known
        if _overlapping(same, starts_on, ends_on).exists():
            raise Refused("portfolio-overlaps", f"{user}在这段时间里已经分管{organisation.name}，没有登记。")
        row = Portfolio.objects.create(leader=user, organisation=organisation, starts_on=starts_on, ends_on=ends_on)
        data = {"organisation": organisation.code, "starts_on": starts_on, "ends_on": ends_on}
        act.record("accounts.portfolio.added", f"user:{user.username}", **data)
    return row


def end_portfolio(*, actor: Actor, portfolio_id: int, ends_on: date, at: datetime) -> Portfolio:
    """The last day; one that was set and has not come is set earlier."""
    _require(actor)
    with acting(actor, at) as act:
        row = act.lock(Portfolio.objects.select_related("leader", "organisation"), portfolio_id)
        if row.ends_on == ends_on:
            return row
        if row.ends_on and row.ends_on < at.astimezone().date():
            raise Conflict("portfolio-ended", f"这项分管已于 {row.ends_on:%Y-%m-%d} 结束，没有改动。")
        if row.ends_on and ends_on > row.ends_on:
            raise Refused(
                "not-an-extension", "这里只能提前结束，没有改动。要延长，请从原定结束的次日起另登记一项分管。"
            )
        if ends_on < row.starts_on:
            raise Refused("too-early", f"结束日期不能早于开始日期 {row.starts_on:%Y-%m-%d}，没有改动。")
        row.ends_on = ends_on
        row.save(update_fields=["ends_on"])
        data = {"organisation": row.organisation.code, "starts_on": row.starts_on, "ends_on": ends_on}
        subject = f"user:{row.leader.username}"
        act.record("accounts.portfolio.ended", subject, **data)
    return row


def _require(actor: Actor) -> None:
    if actor is not SYSTEM:
        require(actor, Verb.GRANT_POSTS)


def _roles_of(post_ids: Sequence[int]) -> set[str]:
    return set(Post.objects.filter(pk__in=post_ids).values_list("role", flat=True))


def _person(actor: Actor, username: str) -> User:
    """The receiver, locked: two grants to one person at once must see each other."""
    user = lock_one(User.objects.filter(username=username.strip(), is_client=False))
    if user is None:
        raise Refused(
            "no-such-person", f"没有用户名为“{username.strip()[:30]}”的账号，没有执行。请先由系统管理员建立账号。"
        )
    if user.pk == actor.user_id:
        raise Refused("own-post", "不能给自己授予岗位，没有执行。请由另一位安全管理员办理。")
    if not user.is_active:
        raise Refused("account-disabled", f"账号“{user.username}”已停用，没有执行。请先由系统管理员启用。")
    return user


def _granted(
    user: User,
    organisation: Organisation,
    role: str,
    title: str,
    starts_on: date,
    ends_on: date | None,
    deputises: User | None = None,
) -> Post:
    """Every rule of a new post, then the row; the caller holds the lock on the person."""
    _check_dates(starts_on, ends_on)
    if organisation.valid_to and organisation.valid_to <= starts_on:
        message = f"{organisation.name}已于 {organisation.valid_to:%Y-%m-%d} 撤并，没有授予。请选承接的机构。"
        raise Refused("organisation-gone", message)
    post = Post(
        user=user,
        organisation=organisation,
        role=role,
        title=" ".join(title.split())[:60],
        starts_on=starts_on,
        ends_on=ends_on,
        deputises=deputises,
    )
    held = [
        Held(*row) for row in user.posts.filter(revoked_on__isnull=True).values_list("role", "starts_on", "ends_on")
    ]
    problem = separation_problem(Held(role, starts_on, ends_on), held)
    if problem:
        raise Refused("separation-of-powers", problem)
    _refuse_overlap(post)
    refuse_namesake(user.display_name, user, organisation, starts_on)
    post.save()
    return post


def _refuse_overlap(post: Post) -> None:
    same = Post.objects.filter(user=post.user, organisation=post.organisation, role=post.role, revoked_on__isnull=True)
    same = same.exclude(pk=post.pk)
    if _overlapping(same, post.starts_on, post.ends_on).exists():
        role = Role(post.role).label
        raise Refused("post-overlaps", f"{post.user}在这段时间里已是{post.organisation.name}的{role}，没有改动。")


def _overlapping(found: QuerySet[Any], starts_on: date, ends_on: date | None) -> QuerySet[Any]:
    found = found.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on))
    return found.filter(starts_on__lte=ends_on) if ends_on else found


def _check_dates(starts_on: date, ends_on: date | None) -> None:
    if ends_on and ends_on < starts_on:
        raise Refused("dates-reversed", "结束日期不能早于开始日期，没有执行。")


def _locked(post_id: int) -> Post:
    return locked(Post.objects.select_related("user", "organisation"), post_id)


def _check_version(post: Post, version: int) -> None:
    require_version(post, version)


def _organisations_of(user_ids: list[int], day: date, post: Post) -> tuple[int, ...]:
    held = Post.objects.on(day).filter(user_id__in=user_ids).values_list("organisation_id", flat=True)
    return tuple(sorted({post.organisation_id, *held}))
