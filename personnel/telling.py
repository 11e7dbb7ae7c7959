"""人事任免 of the whole scene: invented people from draft to decision. Nobody of them stands in the gazette."""

from datetime import date, datetime
from typing import Any

from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.accounts.registry import DemoWindow
from personnel.enums import ActKind, Outcome
from personnel.models import Act, Notice, Position
from personnel.services.drafts import ActInput, add_act, create_draft, send_back, submit
from personnel.services.issue import issue, strike_act
from personnel.services.namesakes import SAME
from personnel.services.posts import add_opening, set_seats
from personnel.services.probation import record_decision

ONE, TWO, PLACE = "renshi", "renshi2", "区体育局"
NOTE = "演示"


class Paper:
    """A notice as it is drafted by the first and issued by the second."""

    def __init__(self, timeline: Timeline, ago: int, meeting: str, *acts: ActInput) -> None:
        self.timeline, self.pk = timeline, 0

        def draft(at: datetime) -> None:
            actor = timeline.actor(ONE)
            self.pk = create_draft(actor=actor, meeting=meeting, at=at).pk
            for given in acts:
                add_act(actor=actor, notice_id=self.pk, version=self.version, given=given, at=at)

        timeline.on(ago, draft)

    @property
    def version(self) -> int:
        return Notice.objects.values_list("version", flat=True).get(pk=self.pk)

    def submitted(self, ago: int) -> "Paper":
        return self._on(ago, ONE, submit)

    def returned(self, ago: int, reason: str) -> "Paper":
        return self._on(ago, TWO, send_back, reason=reason)

    def issued(self, ago: int, number: int) -> "Paper":
        dated = self.timeline.day(ago)
        return self._on(
            ago,
            TWO,
            issue,
            number=f"（演示）任字〔{dated.year}〕{number}号",
            dated=dated,
            decided_on=self.timeline.day(ago + 3),
        )

    def _on(self, ago: int, by: str, service: Any, **more: Any) -> "Paper":
        def deed(at: datetime) -> None:
            service(actor=self.timeline.actor(by), notice_id=self.pk, version=self.version, at=at, **more)

        self.timeline.on(ago, deed)
        return self


def appoints(person: str, title: str, months: int = 0) -> ActInput:
    return ActInput(ActKind.APPOINT, person, PLACE, f"{title}（演示）", note=NOTE, probation_months=months, same=SAME)


def removes(person: str, title: str) -> ActInput:
    return ActInput(ActKind.REMOVE, person, PLACE, f"{title}（演示）", note=NOTE, same=SAME)


def tell(at: datetime, window: DemoWindow) -> None:
    timeline = Timeline(at)
    _terms(timeline)
    meeting = "（演示）区政府某次常务会议"
    Paper(
        timeline,
        420,
        meeting,
        *(
            appoints(name, title, 12)
            for name, title in (("某某子", "副主任"), ("某某丑", "科长"), ("某某寅", "副科长"))
        ),
    ).submitted(415).issued(410, 1)
    Paper(timeline, 380, meeting, appoints("某某卯", "处长", 12), appoints("某某辰", "主任")).submitted(370).issued(
        358, 2
    )
    Paper(timeline, 200, meeting, removes("某某寅", "副科长")).submitted(198).issued(195, 3)
    Paper(timeline, 130, meeting, appoints("某某酉", "副主任科员", 12)).submitted(120).issued(110, 4)
    _decision(timeline, 30, "某某子", Outcome.CONFIRMED)
    _decision(timeline, 28, "某某丑", Outcome.DISMISSED)
    Paper(timeline, 9, f"{meeting}（乙）", appoints("某某巳", "主任科员")).submitted(6)
    draft = Paper(timeline, 12, f"{meeting}（丙）", appoints("某某午", "副处长", 12)).submitted(11)
    draft.returned(8, "（演示）职务名称与批复不一致")
    timeline.tell()


def _terms(timeline: Timeline) -> None:
    """Posts held since before anything is known here, one of them entered by mistake."""

    def opening(at: datetime, person: str, since: date | None) -> Act:
        return add_opening(
            actor=timeline.actor(TWO),
            person=person,
            note=NOTE,
            organisation=PLACE,
            title="调研员（演示）",
            since=since,
            basis="（演示）干部名册（虚构）",
            at=at,
        )

    def mistaken(at: datetime) -> None:
        act = opening(at, "某某申", None)
        strike_act(actor=timeline.actor(ONE), act_id=act.pk, reason="（演示）登记错人，撤销", at=at)

    def seats(at: datetime) -> None:
        row = Position.objects.get(title="调研员（演示）")
        set_seats(
            actor=timeline.actor(ONE), position_id=row.pk, version=row.version, seats=2, basis="（演示）某批复", at=at
        )

    timeline.on(450, lambda at: opening(at, "某某未", timeline.day(2000)))
    timeline.on(445, mistaken)
    timeline.on(440, seats)


def _decision(timeline: Timeline, ago: int, person: str, outcome: Outcome) -> None:
    def deed(at: datetime) -> None:
        act = Act.objects.get(person__name=person, person__note=NOTE, kind=ActKind.APPOINT)
        record_decision(
            actor=timeline.actor(ONE),
            act_id=act.pk,
            outcome=outcome,
            decided_on=at.astimezone().date(),
            basis="（演示）试用期满考核（虚构）",
            at=at,
        )

    timeline.on(ago, deed)
