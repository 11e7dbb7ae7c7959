"""依申请公开 with its holds and extensions, and what stands beside an item that is to be published."""

from datetime import datetime
from typing import Any

from django.db import models

from disclosure.enums import Answer, Applicant, Finding, Ground, HoldKind, Outcome, Stage, Way
from disclosure.models import Application, Challenge, Consultation, Extension, Hold, PackageItem, ThirdParty
from disclosure.services import applications as asked_for
from disclosure.services import challenges, packages, reviews
from disclosure.services.handing import hand_over
from miyun_kpi.accounts.models import Post
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.models import Record
from tests.doors.standings import Standing, filled
from tests.doors.table import HEAD, REPORTER, WHY, Act, Maker, asked, day, plain


def state_of(row: Application, at: datetime) -> str:
    if row.archived_on is not None:
        return "archived"
    if row.answered_on is not None:
        return "answered"
    waits = row.correction_sent_on is not None and row.corrected_on is None
    return "correcting" if waits else "received"


def today(function: Any, **more: Any) -> Act:
    """An act on the application, done and dated today."""
    return asked(
        function, REPORTER, lambda row, at: {"application_id": row.pk, "version": row.version, "on": day(at), **more}
    )


def opinion(row: Hold, at: datetime) -> dict[str, Any]:
    one = row.application
    return {"application_id": one.pk, "version": one.version, "kind": row.kind, "on": day(at)}


def decided(yes: bool) -> Act:
    def given(row: Extension, at: datetime) -> dict[str, Any]:
        one = row.application
        return {"application_id": one.pk, "version": one.version, "approved": yes, "opinion": WHY}

    return asked(asked_for.decide_extension, HEAD, given, name=f"decide_extension: {'yes' if yes else 'no'}")


def linked(row: PackageItem, at: datetime) -> dict[str, Any]:
    links = {row.pk: "https://www.bjmy.gov.cn/1"}
    return {"package_id": row.package_id, "links": links, "published_on": day(at)}


def corrected(row: PackageItem, at: datetime) -> dict[str, Any]:
    given = {"package_id": row.package_id, "item_id": row.pk, "seen": row.link, "reason": WHY}
    return given | {"link": "https://www.bjmy.gov.cn/2", "published_on": day(at)}


def _case_of(row: Challenge) -> dict[str, Any]:
    return {"application_id": row.application_id, "version": row.application.version}


def _disputed(row: Challenge) -> str:
    if row.struck_at is not None:
        return "struck"
    return "pending" if row.decided_on is None else "ordered" if row.again_days else "settled"


def settled(finding: str, days: int | None) -> Act:
    def given(row: Challenge, at: datetime) -> dict[str, Any]:
        said = {"finding": finding, "decision_number": "某号", "on": day(at), "again_days": days}
        return {**_case_of(row), "challenge_id": row.pk, **said}

    return asked(challenges.settle, REPORTER, given, name=f"settle: {finding}")


ACTS: dict[type[models.Model], list[Act]] = {
    Application: [
        today(asked_for.send_correction, note=WHY),
        today(asked_for.receive_correction),
        today(asked_for.ask_opinion, kind=HoldKind.THIRD),
        plain(asked_for.ask_extension, REPORTER, "application_id", days=5, reason=WHY),
        today(hand_over, to="区人社保局", reason=WHY),
        today(asked_for.answer, outcome=Outcome.GRANTED, note=WHY),
        today(asked_for.archive),
        today(challenges.notify, kind="review", number="某号"),
    ],
    Challenge: [
        asked(challenges.strike, REPORTER, lambda row, at: {**_case_of(row), "challenge_id": row.pk, "reason": WHY}),
        settled(Finding.UPHELD, None),
        settled(Finding.CORRECTED, 10),
    ],
    Hold: [asked(asked_for.receive_opinion, "", opinion)],
    Extension: [decided(False), decided(True)],
    Consultation: [
        asked(
            reviews.confirm_organ,
            "",
            lambda row, at: {"consultation_id": row.pk, "confirmed_by": "某人", "confirmed_on": day(at)},
        )
    ],
    ThirdParty: [
        asked(
            reviews.answer_party,
            "",
            lambda row, at: {
                "party_id": row.pk,
                "answer": Answer.AGREED if row.answer != Answer.AGREED else Answer.REFUSED,
                "answered_on": day(at),
                "public_interest": "",
            },
        )
    ],
    PackageItem: [asked(packages.enter_links, "", linked), asked(packages.correct_link, "", corrected)],
}
STANDINGS: dict[type[models.Model], Standing] = {
    Application: Standing(("received", "correcting", "answered", "archived"), state_of),
    Hold: filled("returned_on", "waiting", "returned"),
    Extension: Standing(
        ("asked", "approved", "refused"),
        lambda row, at: "asked" if row.approved is None else "approved" if row.approved else "refused",
    ),
    Challenge: Standing(
        ("pending", "settled", "ordered", "struck"),
        lambda row, at: _disputed(row),
    ),
    Consultation: filled("confirmed_on", "asked", "confirmed"),
    ThirdParty: filled("answered_on", "asked", "answered"),
    PackageItem: filled("linked_at", "exported", "linked"),
}


def a_case(actor: Actor, at: datetime) -> Application:
    return asked_for.receive(
        actor=actor,
        received_on=day(at),
        way=Way.COUNTER,
        applicant_kind=Applicant.NATURAL,
        applicant="某人",
        contact="",
        content=WHY,
        at=at,
    )


def a_challenge(actor: Actor, at: datetime) -> Challenge:
    case = a_case(actor, at)
    given = {"application_id": case.pk, "version": case.version, "kind": "suit", "number": "某号", "on": day(at)}
    return challenges.notify(actor=actor, at=at, **given)


def _with_head(actor: Actor) -> None:
    """In an organ that has a 负责人 to decide, or to be the second."""
    if not Post.objects.filter(organisation_id=actor.organisation_id, role=HEAD).exists():
        raise Refused("no-head", "这个机关没有负责人。")


def a_hold(actor: Actor, at: datetime) -> Hold:
    _with_head(actor)
    case = a_case(actor, at)
    asked_for.ask_opinion(
        actor=actor, application_id=case.pk, version=case.version, kind=HoldKind.THIRD, on=day(at), at=at
    )
    return Hold.objects.get(application=case)


def an_extension(actor: Actor, at: datetime) -> Extension:
    _with_head(actor)
    case = a_case(actor, at)
    return asked_for.ask_extension(actor=actor, application_id=case.pk, version=case.version, days=5, reason=WHY, at=at)


def item(stage: str) -> Record:
    """An item of the demonstration that is still to be published."""
    found = Record.objects.filter(kind__in=["disclosure.welfare", "disclosure.relief"], stage=stage)
    return found.order_by("pk")[0]


def a_consultation(actor: Actor, at: datetime) -> Consultation:
    row = item(Stage.DRAFT)
    other = Organisation.objects.exclude(pk=row.owner_id).get(name="区人社保局")
    return reviews.ask_organ(actor=actor, record_id=row.pk, organisation=other, asked_on=day(at), at=at)


def a_party(actor: Actor, at: datetime) -> ThirdParty:
    row = item(Stage.DRAFT)
    return reviews.ask_party(
        actor=actor, record_id=row.pk, name="某公司", ground=Ground.SECRET, asked_on=day(at), at=at
    )


def an_export(actor: Actor, at: datetime) -> PackageItem:
    made = packages.export_package(actor=actor, record_ids=[item(Stage.REVIEWED).pk], at=at)
    return made.items.get()


MAKERS: dict[type[models.Model], list[Maker]] = {
    Application: [(REPORTER, a_case)],
    Challenge: [(REPORTER, a_challenge)],
    Hold: [(REPORTER, a_hold)],
    Extension: [(REPORTER, an_extension)],
    Consultation: [(REPORTER, a_consultation)],
    ThirdParty: [(REPORTER, a_party)],
    PackageItem: [(REPORTER, an_export)],
}
