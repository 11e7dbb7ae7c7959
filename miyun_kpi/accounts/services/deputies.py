"""A deputy takes the part of a post (代理复核): with the post it ends."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Q

from miyun_kpi.accounts.models import Post
from miyun_kpi.acts.acting import Act, lock_all
from miyun_kpi.db.finding import one_of

ONE_DAY = timedelta(days=1)


def locked_with_deputies(post_id: int) -> tuple[Post, list[Post]]:
    """The post and the posts of who stands in for its holder there, locked in the order of their keys.

    Asked for a second time once the post is held: who was named while it was waited for has a later key.
    """
    seen = one_of(Post.objects.filter(pk=post_id))
    deputies = Q(deputises=seen.user_id, organisation=seen.organisation_id, role=seen.role, revoked_on__isnull=True)
    posts = Post.objects.select_related("user", "organisation", "deputises")
    rows = lock_all(posts.filter(Q(pk=post_id) | deputies))
    rows += lock_all(posts.filter(deputies).exclude(pk__in=[row.pk for row in rows]))
    post = next(row for row in rows if row.pk == post_id)
    last = post.ends_on or date.max
    return post, [row for row in rows if row.pk != post_id and post.starts_on <= row.starts_on <= last]


def end_deputies(act: Act, post: Post, deputies: Sequence[Post], on: date) -> None:
    """Nobody stands in for who does not hold the post any more: from the same day, at once where that ended at once.

    One that would begin later never does.
    """
    last, at_once = post.ends_on, post.revoked_on is not None
    if last is None:
        return
    for row in deputies:
        if row.ends_on is None or row.ends_on < (on if at_once else last + ONE_DAY):
            continue
        before, row.ends_on = row.ends_on, max(row.starts_on, last)
        if at_once or row.starts_on > last:
            row.revoked_on = on
        save(row)
        with_it = {"before": before, "principal": post.user.username}
        act.record("accounts.post.ended", f"user:{row.user.username}", **facts_of(row) | with_it)


def save(post: Post) -> None:
    post.version += 1
    post.save(update_fields=["ends_on", "revoked_on", "version"])


def facts_of(post: Post) -> dict[str, object]:
    """For the audit."""
    return {
        "post": post.pk,
        "organisation": post.organisation.code,
        "role": post.role,
        "title": post.title,
        "starts_on": post.starts_on,
        "ends_on": post.ends_on,
    }
