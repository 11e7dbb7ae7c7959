"""What the race of mixed acts does too seldom for a year: units merge, split and take over, hazards of other bodies,
inquiries come to their end, results are published and corrected."""

import io
from datetime import timedelta
from typing import Any

from disclosure.models import Application as Inquiry
from disclosure.services import applications as inquiries
from evaluation.models import Ranking
from evaluation.ranking import services as rankings
from evaluation.ranking.signing import record_signing
from miyun_kpi.accounts.models import Post
from miyun_kpi.accounts.services import posts
from miyun_kpi.organisations import services as organisations
from miyun_kpi.organisations.models import Affiliation, Organisation
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services.records import create_record, take_step
from tests.factories.powers import carried_out
from tests.factories.rankings import PAPER
from tests.races.mixed.hands import WHY, Hand, Move, NothingToDo
from tests.races.mixed.records import merger

OFFICE = ("zhengfuban1", "zhengfuban2")
# Of 区应急局, whose two persons the year begins with.
LISTERS = ("yingji1", "yingji2")


def merge_with_work(hand: Hand) -> Any:
    """A body with open work goes into another one: those that keep records, inquiries and duties."""
    busy = Organisation.objects.filter(valid_to=None, category__in=["agency", "township"])
    own = Record.objects.filter(struck_at=None).exclude(owner=None).values("owner_id")
    asked = Inquiry.objects.filter(archived_on=None).values("organisation_id")
    row = hand.pick((busy.filter(pk__in=own) | busy.filter(pk__in=asked)).order_by("-pk"), 8)
    into = hand.pick(busy.filter(category=row.category).exclude(pk=row.pk).order_by("pk"), 8)
    return organisations.merge_organisations(
        number="密编〔2020〕1号",
        actor=hand.one_of("guanliyuan"),
        merged=[organisations.Seen(row.code, hand.version(row))],
        into=organisations.Seen(into.code, hand.version(into)),
        on=hand.today,
        at=hand.at,
    )


def people_follow(hand: Hand) -> Any:
    """Who worked in a body that ended gets a post in the one it went into."""
    gone = Affiliation.objects.filter(kind="并入", other__valid_to=None).values_list("organisation_id", "other_id")
    heirs = dict(gone.order_by("pk"))
    left = Post.objects.filter(organisation_id__in=heirs).select_related("user", "organisation").order_by("pk")
    post = hand.chance.choice(list(left) or [None])
    if post is None:
        raise NothingToDo
    done = posts.grant_post(
        actor=hand.one_of("anquan"),
        username=post.user.username,
        organisation=Organisation.objects.get(pk=heirs[post.organisation_id]),
        role=post.role,
        title=post.title,
        starts_on=hand.today,
        ends_on=None,
        at=hand.at,
    )
    return carried_out(done, hand.at)


def split(hand: Hand) -> Any:
    new = Organisation.objects.filter(code__startswith="hunhe-", valid_to=None).order_by("pk")
    row, number = hand.pick(new), hand.number()
    parts = [organisations.NewOrganisation(f"hunhe-{number}-{n}", f"分设机构{number}{n}", "body") for n in "甲乙"]
    return organisations.split_organisation(
        number="密编〔2020〕1号",
        actor=hand.one_of("guanliyuan"),
        seen=organisations.Seen(row.code, hand.version(row)),
        parts=parts,
        on=hand.today,
        at=hand.at,
    )


def hazard(hand: Hand) -> Any:
    """Registered by 区安委会办公室, listed by another body: the ordinary case."""
    typed = {
        "title": f"消防通道被占{hand.number(999)}",
        "place": "某液化气站",
        "town": "beizhuang-zhen",
        "unit": "beizhuang-zhen",
        "listed_by": "yingji-ju",
        "requirement": "清除占道物",
        "due_on": hand.ago(-hand.number(40)).isoformat(),
    }
    return create_record(actor=hand.one_of("anwei"), app="safety", kind="hazards", typed=typed, at=hand.at)


def hazard_step(hand: Hand) -> Any:
    found = Record.objects.filter(kind="safety.hazards", struck_at=None)
    listed = found.filter(values__listed_by="yingji-ju") if hand.chance.random() < 0.9 else found
    row = hand.pick(listed.order_by("-pk"), 4)
    later = (hand.today + timedelta(days=hand.number(60))).isoformat()
    code, typed = hand.chance.choice(
        {
            "proposed": [("list", {"number": f"密应急〔2026〕{hand.number(999)}号"}), ("drop", {})],
            "working": [
                ("extend", {"extension_to": later, "extension_reason": WHY}),
                ("ask", {"done": "已清除"}),
                ("returned", {}),
            ],
            "extending": [("grant", {}), ("refuse", {})],
            "asked": [("close", {"verified": "现场查看属实"}), ("not-passed", {})],
        }.get(row.stage, [("reopen", {})])
    )
    actor = hand.one_of(*LISTERS) if code not in ("extend", "ask") else hand.near([row.owner_id or 0], "reporter")
    return take_step(
        actor=actor,
        app="safety",
        kind="hazards",
        record_id=row.pk,
        version=hand.version(row),
        step=code,
        reason=WHY,
        typed=typed,
        at=hand.at,
    )


def inquiry_ends(hand: Hand) -> Any:
    """Answered, and then archived."""
    row = hand.pick(Inquiry.objects.filter(archived_on=None).select_related("organisation").order_by("-pk"), 4)
    unit = hand.near([row.organisation_id], "reporter")
    given: dict[str, Any] = {"actor": unit, "application_id": row.pk, "version": hand.version(row), "at": hand.at}
    if row.answered_on is not None:
        return inquiries.archive(on=hand.today, **given)
    outcome = hand.chance.choice(["granted", "partial", "third", "absent"])
    return inquiries.answer(on=hand.today, outcome=outcome, note=WHY, **given)


def result(hand: Hand) -> Any:
    """An official ranking is signed, published, and computed again when marks were corrected since."""
    row = hand.pick(Ranking.objects.filter(kind="official").select_related("scheme", "period").order_by("-pk"), 4)
    office, act = hand.one_of(*OFFICE), hand.chance.random()
    if act < 0.3:
        return rankings.compute_official(actor=office, scheme=row.scheme, period=row.period, at=hand.at)
    if act < 0.6:
        signer, title = hand.chance.choice([("王主任", "区政府办主任"), ("李区长", "分管区领导")])
        return record_signing(
            actor=office,
            ranking_id=row.pk,
            signer=signer,
            title=title,
            signed_on=hand.today,
            at=hand.at,
            scan=io.BytesIO(PAPER),
            scan_name="呈批件.pdf",
        )
    return rankings.publish_ranking(actor=office, ranking_id=row.pk, at=hand.at, scope=row.scheme.disclosure_scope)


ORGANISATIONS = [
    Move("units/merge", merger, 0.3),
    Move("units/merge-with-work", merge_with_work, 0.8),
    Move("units/people-follow", people_follow, 2.5),
    Move("units/split", split, 0.5),
]
HAZARDS = [Move("hazards/register", hazard, 2), Move("hazards/step", hazard_step, 4)]
INQUIRIES = [Move("inquiries/end", inquiry_ends, 3)]
RESULTS = [Move("results/official", result, 2)]
