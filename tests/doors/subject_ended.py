"""勘正 of what has come to its end: proposed by one who may, confirmed by another of the same post."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models

from disclosure.models import Consultation, Extension, Hold
from evaluation.adjustments.models import Adjustment
from evaluation.engine.models.ranking import Signing
from evaluation.feedback.models.review import Review
from evaluation.scheme.models.drafting import Amendment, SchemeIssue
from evaluation.tasks.models.supervision import SupervisionItem
from evaluation.tracking.models import Rectification
from evaluation.year.models.year_close import LeaderSurvey, SelfReport, SiteVisit
from miyun_kpi.accounts.access import actor_in_post
from miyun_kpi.accounts.models import Post
from miyun_kpi.emendations.enums import Basis
from miyun_kpi.emendations.registry import emendable
from miyun_kpi.emendations.services import decide, propose
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from personnel.models import ProbationDecision
from tests.doors.table import OFFICE, WHY, Act

YESTERDAY = timedelta(days=1)


def emended(code: str, **typed: Any) -> Act:
    """`typed`: the columns as they should be; a callable is asked with the row and the moment."""

    def call(row: Any, actor: Actor, at: datetime) -> Any:
        wanted = {name: one(row, at) if callable(one) else one for name, one in typed.items()}
        given = {"subject": code, "subject_id": row.pk, "basis": Basis.ENTRY, "paper": WHY, "reason": WHY}
        made = propose(actor=actor, typed=wanted, at=at, **given)
        # What its pages and its line on the desk ask for, of a row that has ended: a draft rests on no document yet.
        kind = emendable(code)
        assert kind.name(row) and kind.address(row) and kind.place(row).document
        others = Post.objects.exclude(user_id=actor.user_id).order_by("pk")
        for post in [*others.filter(organisation_id=actor.organisation_id), *others.filter(role=OFFICE)]:
            other = actor_in_post(post.user, post)
            if kind.may(other, row):
                return decide(actor=other, emendation_id=made.pk, version=made.version, confirm=True, note="", at=at)
        raise Refused("nobody-else", "没有第二个人。")

    return Act(f"emend {code}", "", call)


def day_before(name: str) -> Any:
    return lambda row, at: (getattr(row, name) - YESTERDAY).isoformat()


ACTS: dict[type[models.Model], Act] = {
    Adjustment: emended("adjustment", work="改过的工作名称"),
    Amendment: emended("amendment", organ="另一次会议"),
    Consultation: emended("consultation", confirmed_by="另一个人"),
    Extension: emended("extension", reason="改过的理由"),
    Hold: emended("hold", sent_on=day_before("sent_on")),
    LeaderSurvey: emended("leader-survey", basis="另一份文件"),
    ProbationDecision: emended("probation", basis="另一次会议"),
    Rectification: emended("rectification", requirement="改过的整改要求"),
    Review: emended("review", decision_text="改过的决定说明"),
    SchemeIssue: emended("scheme-issue", organ="另一次会议"),
    SelfReport: emended("self-report", summary="改过的落实情况，写得长一些。"),
    Signing: emended("signing", signer="另一位领导"),
    SiteVisit: emended("visit", leader="另一个人"),
    SupervisionItem: emended("supervision", title="改过的事项"),
}
