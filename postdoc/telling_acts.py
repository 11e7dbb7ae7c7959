"""A station, somebody in it and an application for money, as the accounts of the demonstration act on them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.proposals.services import by_two
from postdoc.enums import Clawback, Entry, Grant
from postdoc.models import Application, Award, LedgerLine, Stay
from postdoc.rules.calendar import add_months, last_day, month_of
from postdoc.rules.money import MATERIALS
from postdoc.services import applications, awards, course, ledger, stations, stays

OFFICE, PURSE, PARK = "renshe", "caizheng", "yuanqu"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def nobody(born: date, serial: int) -> str:
    """A well-formed number of nobody: the division 000000 does not exist."""
    body = f"000000{born:%Y%m%d}{serial:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


class Post:
    """A station, told by 区人社局."""

    def __init__(self, timeline: Timeline, months: int, name: str, kind: str, host: str, approval: str) -> None:
        self.timeline, self.pk = timeline, 0
        day = add_months(timeline.today, -months)

        def register(at: datetime) -> None:
            given = {
                "name": name,
                "kind": kind,
                "host": host,
                "keeper": "中关村密云园",
                "approved_on": day,
                "approval": approval,
                "department": "人力资源部",
            }
            self.pk = stations.register_station(actor=timeline.actor(OFFICE), given=given, at=at).pk

        timeline.on((timeline.today - day).days, register)

    def award(self, ago: int, level: str) -> None:
        def deed(at: datetime) -> None:
            awards.add_award(
                actor=self.timeline.actor(OFFICE),
                level=level,
                awarded_on=at.astimezone().date(),
                document="（演示）表彰文件（虚构）",
                at=at,
                station_id=self.pk,
            )

        self.timeline.on(ago, deed)


class Life:
    """Somebody in a station: `months` before the day of loading (and `days` more) of entry, then act after act."""

    def __init__(
        self, post: Post, months: int, name: str, document: tuple[str, str], *, days: int = 0, **facts: Any
    ) -> None:
        self.timeline, self.post, self.pk = post.timeline, post, 0
        self.entered = add_months(self.timeline.today, -months) - timedelta(days=days)

        self.born = date(self.entered.year - 30, 1, 1)

        def register(at: datetime) -> None:
            kind, number = document
            who = stays.Identity(name, kind, number or nobody(self.born, 11), self.born, "（演示）", "（演示）")
            given = {**self._usual(), **facts}
            self.pk = stays.register_stay(
                actor=self.timeline.actor(PARK), station_id=post.pk, who=who, given=given, at=at
            ).pk

        self.timeline.on((self.timeline.today - self.entered).days, register)

    def _usual(self) -> dict[str, Any]:
        entered = self.entered
        return {
            "entered_on": entered,
            "ends_on": last_day(entered, 24),
            "approval": "（演示）",
            "project": "（演示）某研究课题",
            "flow_station": "（演示）某大学",
            "station_mentor": "（演示）",
            "station_mentor_title": "full",
            "agreement_on": entered,
            "standing": "graduate",
            "own_employee": False,
            "again": False,
            "degree_on": add_months(entered, -3),
            "graduated_on": add_months(entered, -2),
            "degree_abroad": False,
            "major_project": False,
            "relation_moved": True,
            "contract_on": None,
            "upright": True,
            "proof": True,
        }

    def day(self, months: int) -> date:
        return add_months(self.entered, months)

    def act(self, on: date, name: str, *, by: str = PARK, **more: Any) -> "Life":
        def deed(at: datetime) -> None:
            version = Stay.objects.values_list("version", flat=True).get(pk=self.pk)
            getattr(course, name)(actor=self.timeline.actor(by), stay_id=self.pk, version=version, at=at, **more)

        self.timeline.on(max((self.timeline.today - on).days, 0), deed)
        return self

    def passed(self, *codes: tuple[str, int]) -> "Life":
        """Milestones done on their day, so many months after the entry."""
        for code, months in codes:
            on = self.day(months)
            self.act(on, "record_milestone", code=code, done_on=on, result="passed")
        return self


class Claim:
    """An application for money, act after act, each some days before the day of loading."""

    def __init__(
        self,
        post: Post,
        ago: int,
        grant: Grant,
        life: Life | None = None,
        *,
        months: tuple[int, int] = (0, 0),
        level: str = "",
        submit: bool = True,
    ) -> None:
        self.timeline, self.pk = post.timeline, 0

        def ask(at: datetime) -> None:
            owner: dict[str, Any] = {"stay_id": life.pk} if life else {"station_id": post.pk}
            award = Award.objects.get(level=level, **owner) if level else None
            span = [month_of(life.day(number)) for number in months] if life and grant == Grant.LIVING else ["", ""]
            row = applications.create_application(
                actor=self.timeline.actor(PARK),
                grant=grant,
                station_id=post.pk,
                stay_id=life.pk if life else None,
                award_id=award.pk if award else None,
                first=span[0],
                last=span[1],
                materials=[code for code, _ in MATERIALS[grant]],
                submit=submit,
                at=at,
            )
            self.pk = row.pk

        self.timeline.on(ago, ask)

    @property
    def row(self) -> Application:
        return Application.objects.get(pk=self.pk)

    def decided(self, ago: int, decision: str, opinion: str = "（演示）") -> "Claim":
        def deed(at: datetime) -> None:
            applications.review(
                actor=self.timeline.actor(OFFICE),
                application_id=self.pk,
                version=self.row.version,
                decision=decision,
                opinion=opinion,
                at=at,
            )

        self.timeline.on(ago, deed)
        return self

    def withdrawn(self, ago: int) -> "Claim":
        def deed(at: datetime) -> None:
            applications.cancel(
                actor=self.timeline.actor(PARK),
                application_id=self.pk,
                version=self.row.version,
                reason="（演示）材料有误，撤回重报",
                at=at,
            )

        self.timeline.on(ago, deed)
        return self

    def moved(self, ago: int, kind: Entry, share: str = "1", *, by: str = PURSE, note: str = "") -> "Claim":
        """A line of so large a share of the approved sum."""

        def deed(at: datetime) -> None:
            row = self.row
            given: dict[str, Any] = {
                "application_id": row.pk,
                "version": row.version,
                "amount": row.amount * Decimal(share),
                "proof": f"（演示）{row.number}-{Entry(kind).label}-{ago}",
                "note_text": note,
            }
            if kind == Entry.CLAWBACK:
                both(self.timeline, by, "postdoc-clawback", at, ground=Clawback.WRONG, **given)
            else:
                ledger.write_line(actor=self.timeline.actor(by), kind=kind, at=at, **given)

        self.timeline.on(ago, deed)
        return self

    def reversed(self, ago: int, *, by: str = PARK) -> "Claim":
        """The last line taken back."""

        def deed(at: datetime) -> None:
            row = self.row
            line = LedgerLine.objects.filter(application=row).latest("pk")
            both(
                self.timeline,
                by,
                "postdoc-reversal",
                at,
                application_id=row.pk,
                version=row.version,
                line_id=line.pk,
                reason="（演示）金额录错，冲正",
            )

        self.timeline.on(ago, deed)
        return self


def both(timeline: Timeline, by: str, code: str, at: datetime, **given: Any) -> None:
    """Proposed by one of an office and carried out by the other."""
    by_two(first=timeline.actor(by), second=timeline.actor(f"{by}2"), code=code, at=at, **given)


def budget(timeline: Timeline, ago: int, year: int, amount: str, document: str) -> None:
    def deed(at: datetime) -> None:
        both(
            timeline,
            PURSE,
            "postdoc-budget",
            at,
            year=year,
            amount=Decimal(amount),
            document=document,
            on=at.astimezone().date(),
        )

    timeline.on(ago, deed)
