"""Accounts, posts, 分管, tokens and organisations: what the three administrators move."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models

from miyun_kpi.accounts.enums import ActivationState
from miyun_kpi.accounts.models import Activation, ApiToken, Portfolio, Post, User
from miyun_kpi.accounts.services.activations import digest, finish, release, reset_access, strike
from miyun_kpi.accounts.services.credentials import revoke_token
from miyun_kpi.accounts.services.people import rename_account, set_active
from miyun_kpi.accounts.services.posts import end_portfolio, end_post, hand_over
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.models import Organisation, Reorganisation
from miyun_kpi.organisations.revoking import revoke_change
from miyun_kpi.organisations.services import Seen, close_organisation, merge_organisations, rename_organisation
from tests.doors.standings import Standing, until
from tests.doors.table import SECURITY_ADMIN, SYSTEM_ADMIN, WHY, Act, Maker, asked, day
from tests.factories.powers import carried_out
from tests.factories.tokens import issue_token

# The walk stands so many days after the demonstration began: a post cannot end before it starts.
LATER = timedelta(days=30)


def ends(ahead: int) -> Any:
    """The last day, from the day of the act; a post that had its last day set is given an earlier one."""

    def given(row: Post, at: datetime) -> dict[str, Any]:
        return {"post_id": row.pk, "ends_on": day(at) + timedelta(days=ahead), "version": row.version, "on": day(at)}

    return given


def ended_before(row: Post, at: datetime) -> dict[str, Any]:
    """So long ago that nobody takes it over any more."""
    then = day(at) - timedelta(days=20)
    return {"post_id": row.pk, "ends_on": then, "version": row.version, "on": then}


def other_of(row: Post) -> User:
    """Somebody real who holds no such post."""
    held = Post.objects.filter(organisation=row.organisation, role=row.role).values("user_id")
    return User.objects.filter(is_client=False, is_active=True).exclude(pk__in=held).order_by("pk")[0]


def handed(row: Post, at: datetime) -> dict[str, Any]:
    return {
        "post_id": row.pk,
        "to": other_of(row).username,
        "first_day": day(at),
        "version": row.version,
        "on": day(at),
    }


def post_of(row: Post, at: datetime) -> str:
    """It is taken over until the day after its last."""
    if row.ends_on is None:
        return "held"
    return "ending" if row.ends_on >= day(at) - timedelta(days=1) else "ended"


def seen(row: Organisation) -> Seen:
    return Seen(row.code, row.version)


def merged(row: Organisation, at: datetime) -> dict[str, Any]:
    into = Organisation.objects.filter(valid_to=None, category=row.category).exclude(pk=row.pk).order_by("pk")[0]
    return {"merged": [seen(row)], "into": seen(into), "number": "某号", "on": day(at)}


def by_two(act: Act) -> Act:
    """Over powers: another administrator carries it out."""
    return Act(act.name, act.role, lambda row, actor, at: carried_out(act.call(row, actor, at), at))


KNOWN = "ABCD-efgh"


def finished(row: Activation, actor: Actor, at: datetime) -> User:
    """With both halves, which only those know to whom they were shown: the walk puts known ones there."""
    Activation.objects.filter(pk=row.pk).update(first_half=digest(KNOWN), second_half=digest(KNOWN))
    given = {"username": row.user.username, "first": KNOWN, "second": KNOWN, "password": "Grand-Canal-77"}
    return finish(address=lambda owner: owner, at=at, **given)


def seen_version(row: Activation, at: datetime) -> dict[str, Any]:
    return {"activation_id": row.pk, "version": row.version}


ACTS: dict[type[models.Model], list[Act]] = {
    Activation: [
        Act("finish", SECURITY_ADMIN, finished),
        asked(release, SECURITY_ADMIN, seen_version),
        asked(strike, SECURITY_ADMIN, lambda row, at: seen_version(row, at) | {"reason": WHY}),
    ],
    User: [
        by_two(
            asked(
                rename_account,
                SYSTEM_ADMIN,
                lambda row, at: {"username": row.username, "display_name": WHY, "version": row.version},
            )
        ),
        by_two(
            asked(
                set_active,
                SYSTEM_ADMIN,
                lambda row, at: {"username": row.username, "active": not row.is_active, "version": row.version},
            )
        ),
    ],
    Post: [
        by_two(asked(hand_over, SECURITY_ADMIN, handed)),
        by_two(asked(end_post, SECURITY_ADMIN, ends(9), name="end_post: ahead")),
        by_two(asked(end_post, SECURITY_ADMIN, ends(-1), name="end_post: at once")),
        by_two(asked(end_post, SECURITY_ADMIN, ended_before, name="end_post: long ago")),
    ],
    Portfolio: [
        asked(
            end_portfolio,
            SECURITY_ADMIN,
            lambda row, at: {"portfolio_id": row.pk, "ends_on": day(at) + timedelta(days=9)},
            name="end_portfolio: ahead",
        ),
        asked(
            end_portfolio,
            SECURITY_ADMIN,
            lambda row, at: {"portfolio_id": row.pk, "ends_on": day(at) - timedelta(days=1)},
            name="end_portfolio: at once",
        ),
    ],
    ApiToken: [asked(revoke_token, SECURITY_ADMIN, lambda row, at: {"key": row.token_key})],
    Organisation: [
        asked(
            rename_organisation,
            "",
            lambda row, at: {"seen": seen(row), "name": f"{row.name}新", "number": "某号", "on": day(at)},
        ),
        asked(close_organisation, "", lambda row, at: {"seen": seen(row), "number": "某号", "on": day(at)}),
        asked(merge_organisations, "", merged),
    ],
    Reorganisation: [
        asked(revoke_change, SYSTEM_ADMIN, lambda row, at: {"reorganisation_id": row.pk, "reason": WHY}),
    ],
}
STANDINGS: dict[type[models.Model], Standing] = {
    Activation: Standing(tuple(ActivationState.values), lambda row, at: row.state),
    User: Standing(("active", "disabled"), lambda row, at: "active" if row.is_active else "disabled"),
    Post: Standing(("held", "ending", "ended"), post_of),
    Portfolio: until("ends_on"),
    ApiToken: Standing(("issued",), lambda row, at: "issued"),
    Reorganisation: Standing(
        ("standing", "revoked"), lambda row, at: "standing" if row.revoked_at is None else "revoked"
    ),
    Organisation: Standing(("standing", "ended"), lambda row, at: "standing" if row.valid_to is None else "ended"),
}


def a_token(actor: Actor, at: datetime) -> ApiToken:
    return issue_token(actor=actor, client="走门", organisation=None, role="", at=at)[0]


def a_change(actor: Actor, at: datetime) -> Reorganisation:
    one = Organisation.objects.filter(valid_to=None, category="agency").order_by("-pk")[0]
    return merge_organisations(actor=actor, at=at, **merged(one, at))


def an_activation(actor: Actor, at: datetime) -> Activation:
    """Of somebody who reports, who has lost the password."""
    user = User.objects.filter(posts__role="reporter", is_active=True).order_by("pk")[0]
    reset_access(actor=actor, username=user.username, reason=WHY, version=user.version, at=at)
    return Activation.objects.order_by("-pk")[0]


MAKERS: dict[type[models.Model], list[Maker]] = {
    Activation: [(SYSTEM_ADMIN, an_activation)],
    ApiToken: [(SECURITY_ADMIN, a_token)],
    Reorganisation: [(SYSTEM_ADMIN, a_change)],
}
