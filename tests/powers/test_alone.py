"""One administrator alone reaches none of the acts of two persons: each of them by reset, token, hand-over, grant and rename.

The acts are read from the registry of decisions and from the code; who may be a second person is found by trying every post.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from evaluation.models import UnitDecision, Veto, YearUnit
from miyun_kpi.accounts import services
from miyun_kpi.accounts.access import actor_in_post, actor_of_token, posts_on, verbs_of
from miyun_kpi.accounts.enums import STRONG_ROLES, Role, Verb
from miyun_kpi.accounts.models import ApiToken, Post, User
from miyun_kpi.duties.models import DutyPeriod
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.registry import Decision, decisions
from miyun_kpi.proposals.services import decide
from miyun_kpi.proposals.stored import to_store
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import all_kinds
from miyun_kpi.registers.services import opening
from postdoc.models import LedgerLine
from tests.accounts.people import person
from tests.clock import now, today
from tests.doors import walking
from tests.evaluation.conftest import _demo_of_module, demo

__all__ = ["_demo_of_module", "demo"]
# Decided within a unit by its own people, whose posts one administrator grants, to others than himself.
BY_UNITS = {"disclosure-opening"}
WHY = "一个管理员想一个人办"


# ── what the acts need ───────────────────────────────────────────────────────────────────────────


def given_of(kind: Decision, about: User) -> dict[str, Any]:
    """Of an act as much as it takes to say who may be its second person, and of whom or what it is."""
    post = about.posts.get()
    line = LedgerLine.objects.select_related("application").first()
    known: dict[str, Any] = {
        "username": about.username,
        "owner": about.username,
        "to": about.username,
        "post_id": post.pk,
        "posts": [(post.pk, 1)],
        "organisation": post.organisation.code,
        "organisation_id": post.organisation_id,
        "document": "2020-14",
        "app": "finance",
        "kind": "enterprises",
        "application_id": line.application_id if line else None,
        "line_id": line.pk if line else None,
        "duty_period_id": DutyPeriod.objects.filter(unit__duty__document="2020-14")
        .values_list("pk", flat=True)
        .first(),
        "decision_id": UnitDecision.objects.values_list("pk", flat=True).first(),
        "veto_id": Veto.objects.values_list("pk", flat=True).first(),
        "year_unit_id": YearUnit.objects.values_list("pk", flat=True).first(),
    }
    if kind.code == opening.CODE:
        # The library of 19号 has a door of its own.
        known |= {"app": "water", "kind": "outfall"}
    return {name: known.get(name) for name in kind.takes}


def rows_of_decisions() -> None:
    """Of what the demonstration shows nothing."""
    post = Post.objects.filter(role=Role.EVALUATION_OFFICE).select_related("user", "organisation").order_by("pk")[0]
    for model in (UnitDecision, Veto, YearUnit):
        if not model._default_manager.exists():
            ((_, make),) = walking.MAKERS[model]
            make(actor_in_post(post.user, post), now())


def passes(kind: Decision, actor: Actor, given: dict[str, Any]) -> bool:
    try:
        kind.second(actor, given)
    except Refused:
        return False
    return True


def seconds(kind: Decision, given: dict[str, Any], posts: list[Post]) -> list[Post]:
    """Every post of the house whose holder may be the second person."""
    return [post for post in posts if passes(kind, actor_in_post(post.user, post), given)]


# ── the five ways ────────────────────────────────────────────────────────────────────────────────


def tried(act: Callable[[], Any]) -> Any:
    """What became of it; a refusal is one of the answers, and that there is nothing to act on another."""
    try:
        with transaction.atomic():
            return act()
    except (Refused, IndexError) as refusal:
        return refusal


def reset(by: Actor, own: User, second: User) -> list[Actor]:
    done = tried(lambda: services.reset_access(actor=by, username=second.username, reason=WHY, version=1, at=now()))
    half = done[1] if isinstance(done, tuple) else "AAAA-AAAA"
    new = {"password": "Grand-Canal-77", "address": lambda who: who, "at": now()}
    for other in (half, ""):
        assert isinstance(
            tried(lambda o=other: services.finish(username=second.username, first=half, second=o, **new)), Refused
        )
    second.refresh_from_db()
    assert not second.check_password("Grand-Canal-77")
    return []


def token(by: Actor, own: User, second: User) -> list[Actor]:
    """Not one's own, and even the second person's own would release nothing."""
    post, before = second.posts.get(), ApiToken.objects.count()
    for owner in (second, own):
        given = {
            "client": f"平台{owner.pk}",
            "organisation": post.organisation,
            "role": post.role,
            "owner": owner.username,
        }
        tried(lambda g=given: services.issue_token(actor=by, at=now(), **g))
    assert ApiToken.objects.count() == before
    place = {"organisation": post.organisation, "role": post.role, "owner": second}
    row, _ = ApiToken.objects.create(user=second, client="第二人的", **place)
    return [actor_of_token(row, today())]


def hand_over(by: Actor, own: User, second: User) -> list[Actor]:
    post = second.posts.get()
    common = {"actor": by, "post_id": post.pk, "to": own.username, "version": 1, "on": today(), "at": now()}
    tried(lambda: services.hand_over(first_day=today(), **common))
    tried(lambda: services.name_deputy(first_day=today(), last_day=today() + timedelta(days=2), reason=WHY, **common))
    return []


def grant(by: Actor, own: User, second: User) -> list[Actor]:
    post = second.posts.get()
    given = {"organisation": post.organisation, "role": post.role, "title": "", "starts_on": today(), "ends_on": None}
    tried(lambda: services.grant_post(actor=by, username=own.username, at=now(), **given))
    return []


def rename(by: Actor, own: User, second: User) -> list[Actor]:
    for user, name in ((second, own.display_name), (own, second.display_name)):
        call = {"username": user.username, "display_name": name, "version": user.version}
        tried(lambda c=call: services.rename_account(actor=by, at=now(), **c))
    return []


WAYS = {one.__name__: one for one in (reset, token, hand_over, grant, rename)}


def hands_after(way: str, own: User, second: User) -> list[Actor]:
    """Everybody the administrator can act as afterwards."""
    found = WAYS[way](actor_in_post(own, own.posts.get()), own, second)
    own.refresh_from_db()
    return [*found, *(actor_in_post(own, post) for post in posts_on(own, today()))]


@pytest.mark.once
@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
@pytest.mark.parametrize("way", WAYS)
def test_no_decision_is_reached(demo, way, role):
    rows_of_decisions()
    own, about = person("yi-ge-ren", role), person("bei-ban", Role.EVALUATOR, "区水务局")
    # Of another unit than whom it is about: he releases nothing about himself.
    person("tian-bao", Role.REPORTER, "区水务局")
    posts = list(Post.objects.on(today()).select_related("user", "organisation").exclude(user=own))
    wrong: list[str] = []
    for kind in decisions():
        given = given_of(kind, about)
        able = seconds(kind, given, posts)
        # Who may must be somebody: else the refusals below would say nothing of the act.
        if not able:
            wrong.append(f"{kind.code}: nobody of the house is its second person here")
            continue
        if kind.code not in BY_UNITS and (weak := {post.role for post in able} - STRONG_ROLES):
            wrong.append(f"{kind.code}: {weak} are granted by one administrator")
        with transaction.atomic():
            point = transaction.savepoint()
            second = person("di-er-ren", able[0].role, able[0].organisation.name)
            first = own if kind.releases else person("di-yi-ren", able[0].role, able[0].organisation.name)
            row = Proposal.objects.create(
                code=kind.code,
                thing="x",
                name="x",
                given=to_store(given),
                organisation=first.posts.get().organisation,
                recorded_by="第一人",
                recorded_by_id=first.pk,
                recorded_at=now(),
            )
            for hand in hands_after(way, own, second):
                call = {"proposal_id": row.pk, "version": 1, "confirm": True, "note": "", "at": now()}
                if not isinstance(tried(lambda h=hand, c=call: decide(actor=h, **c)), Refused):
                    wrong.append(f"{kind.code}: decided by {hand.label}")
            row.refresh_from_db()
            if row.state != "proposed":
                wrong.append(f"{kind.code}: {row.state}")
            transaction.savepoint_rollback(point)
    assert "\n".join(wrong) == ""


# ── acts with a second person of their own ───────────────────────────────────────────────────────

KERNEL = {"require_other_hand", "refuse_same_hand", "two_persons.release"}
APPS = (
    "miyun_kpi",
    "evaluation",
    "disclosure",
    "safety",
    "finance_policy",
    "farmland",
    "water",
    "postdoc",
    "personnel",
)
# What calls the kernel for others, or is asked where it stands.
ELSEWHERE = {
    "disclosure.services.reviews.review": "by unit and office: tests/disclosure/test_release.py",
    "evaluation.ranking.services.require_ready": "what the page of the ranking asks of publish_ranking",
    "farmland.services.hands.require_other": "of the acts of 21号, which are decisions",
    "miyun_kpi.accounts.services.activations.release": "tests/accounts/test_activations.py",
    "miyun_kpi.proposals.services.by_two": "with both of them there",
    "miyun_kpi.proposals.services.decide": "above",
    "miyun_kpi.registers.services.records.take_step": "by register: below",
    "postdoc.services.ledger.require_apart": "of write_line",
    "postdoc.services.ledger.write_line": "by office and not by verb: tests/postdoc/test_one_body.py",
}


def _calls(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            yield (
                f"two_persons.{node.func.attr}"
                if isinstance(of, ast.Name) and of.id == "two_persons"
                else node.func.attr
            )


@cache
def second_person_services() -> frozenset[str]:
    """Public functions that ask the kernel for another hand, themselves or by a helper of their module."""
    found = set[str]()
    for path in (path for app in APPS for path in Path(app).rglob("*.py") if path.parts[:2] != ("miyun_kpi", "acts")):
        text = path.read_text(encoding="utf-8")
        if "other_hand" not in text and "same_hand" not in text and "two_persons" not in text:
            continue
        tree = ast.parse(text)
        renamed = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "miyun_kpi.acts.two_persons"
            for alias in node.names
            if alias.name == "release"
        }
        calls = {one.name: set(_calls(one)) for one in tree.body if isinstance(one, ast.FunctionDef)}
        asking = KERNEL | renamed
        while more := {name for name, called in calls.items() if called & asking} - asking:
            asking |= more
        module = ".".join(path.with_suffix("").parts)
        found |= {f"{module}.{name}" for name in asking & set(calls) if not name.startswith("_")}
    return frozenset(found)


# A kernel function with the factor in it, or without.
PROVEN = {"require_other_hand", "two_persons.release", "require_proof", "require_other"}
# Two persons of one body that keeps both papers: nothing of another's is let through (0097).
UNPROVEN = {
    "evaluation.ranking.services.require_ready": "what the page asks of publish_ranking, which asks for it",
    "evaluation.ranking.signing.require_signings": "of publish_ranking",
    "postdoc.services.ledger.require_apart": "of write_line",
    "postdoc.services.ledger.write_line": "who reviewed does not pay",
}


def test_whoever_lets_through_what_another_did_has_shown_the_second_factor():
    """0097: every service that keeps the first hand out asks for the factor as well, by itself or by a helper of its module."""
    lacking = []
    for name in sorted(second_person_services()):
        module, _, function = name.rpartition(".")
        tree = ast.parse(Path(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8"))
        calls = {one.name: set(_calls(one)) for one in tree.body if isinstance(one, ast.FunctionDef)}
        reached, more = set[str](), {function}
        while more:
            reached |= more
            more = {called for one in more for called in calls.get(one, ())} - reached
        if not reached & PROVEN and "release" not in reached:
            lacking.append(name)
    assert lacking == sorted(UNPROVEN)


def test_the_code_is_read():
    assert len(second_person_services()) > 20 and set(ELSEWHERE) <= second_person_services()


def verbs_asked(name: str) -> set[str]:
    """The verbs that the module of a service names, or the rooms of rights it asks."""
    path = Path(*name.rpartition(".")[0].split(".")).with_suffix(".py")
    text = path.read_text(encoding="utf-8")
    for module in re.findall(r"^from ((?!miyun_kpi)\S*access\S*) import", text, re.M):
        text += Path(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8")
    return {str(Verb[one]) for one in re.findall(r"\bVerb\.([A-Z_]+)", text)}


def _services(act: Any) -> set[str]:
    """Those that a door of the walk calls: what it was given, or what its own few lines name."""
    held = inspect.getclosurevars(act.call).nonlocals.get("function")
    if held:
        return {f"{held.__module__}.{held.__name__}"} & second_person_services()
    return {name for name in second_person_services() if name.rpartition(".")[2] in act.call.__code__.co_names}


def _rows(model: Any) -> list[Any]:
    """Of the demonstration, or one made as the walk of its model makes it."""
    found = list(model._default_manager.order_by("-pk")[:3])
    for role, make in walking.MAKERS.get(model, ()) if not found else ():
        for maker in walking.People().near(None, role):
            if not isinstance(tried(lambda m=make, a=maker: m(a, now())), Exception):
                return list(model._default_manager.order_by("-pk")[:1])
    return found


@pytest.mark.once
@pytest.mark.timeout(600)
def test_no_act_with_a_second_person_of_its_own_is_reached(demo):
    """By the posts an administrator has after all five ways: his own."""
    reached, asked = [], set[str]()
    owns = [person("xi-tong", Role.SYSTEM_ADMIN), person("an-quan", Role.SECURITY_ADMIN)]
    second = person("di-er-ren", Role.CERTIFIER, "区水务局")
    hands = [hand for own in owns for way in WAYS for hand in hands_after(way, own, second) if not hand.token_id]
    assert {(hand.user_id, hand.role) for hand in hands} == {(own.pk, own.posts.get().role) for own in owns}
    for model, acts in walking.ACTS.items():
        for act in acts:
            names = _services(act) - set(ELSEWHERE)
            for row in _rows(model) if names else ():
                for hand in hands[:: len(WAYS)]:
                    done = tried(lambda a=act, r=row, h=hand: a.call(r, h, now()))
                    asked |= names if isinstance(done, Refused) else set()
                    if not isinstance(done, Exception):
                        reached.append(f"{act.name} of {model.__name__} by {hand.label}")
    assert reached == []
    # Of the rest the demonstration has no row here; what their modules ask for is none of an administrator's verbs.
    held = {verb for own in owns for verb in verbs_of(own.posts.get().role)}
    rest = second_person_services() - set(ELSEWHERE) - asked
    assert {name: verbs for name in rest if not (verbs := verbs_asked(name)) or verbs & held} == {}
    assert len(rest) < len(asked) + 5, "most are carried out on a row"


def test_no_step_of_a_register_that_is_kept_for_another_hand_is_an_administrator_s(demo):
    """Who takes it is asked of the rights of its register; that somebody may is walked in tests/doors/test_registers.py."""
    owns = [person("xi-tong", Role.SYSTEM_ADMIN), person("an-quan", Role.SECURITY_ADMIN)]
    kept, taken = 0, []
    for kind, rights in all_kinds():
        steps = [step for step in kind.steps if step.second_person or step.apart_from]
        for row in Record.objects.filter(kind=kind.key)[:3] if steps else ():
            for step in steps:
                kept += 1
                for own in owns:
                    if rights.steps(actor_in_post(own, own.posts.get()), row, step):
                        taken.append(f"{kind.key} {step.label} by {own}")
    assert taken == []
    assert kept > 20, kept
