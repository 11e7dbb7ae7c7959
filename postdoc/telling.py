"""博士后 of the whole scene: stations of every kind, ways out of them, grants of every kind in every phase, money on every way."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.accounts.registry import DemoWindow
from miyun_kpi.registers.demo import Book, Said, Typed
from postdoc.enums import APP, Entry, Grant
from postdoc.models import Stay
from postdoc.rules.calendar import last_day
from postdoc.services import awards, course, money
from postdoc.telling_acts import OFFICE, PARK, PURSE, Claim, Life, Post, budget


def tell(at: datetime, window: DemoWindow) -> None:
    timeline = Timeline(at)
    for year in sorted({timeline.day(70).year, timeline.today.year}):
        budget(timeline, 75, year, "3000000", "（演示）年度预算批复（虚构）")
    budget(timeline, 65, timeline.day(65).year, "-200000", "（演示）压减通知（虚构）")
    firm = Post(timeline, 70, "（演示）某制造公司工作站（虚构）", "enterprise", "（演示）某制造公司", "（演示）11号")
    school = Post(timeline, 55, "（演示）某研究所工作站（虚构）", "institution", "（演示）某研究所", "（演示）12号")
    _claims(firm, school, *_lives(firm, school))
    timeline.on(
        60,
        lambda at: money.enter_arrangement(
            actor=timeline.actor(OFFICE),
            title="（演示）经费安排通知（虚构）",
            issued_on=at.astimezone().date(),
            instalments=False,
            note_text="（演示）一次拨付",
            at=at,
        ),
    )
    _requests(Book(timeline, APP))
    timeline.tell()


def _lives(firm: Post, school: Post) -> tuple[Life, Life, Life]:
    """One to the end and three years of contract after it, one early, two withdrawn, one who has just come."""
    done = Life(firm, 67, "赵某某（虚构）", ("identity-card", ""), standing="no-relation")
    done.passed(("proposal", 3), ("half-1", 6), ("half-2", 12), ("year-1", 12), ("half-3", 18))
    left = last_day(done.entered, 24)
    done.act(left, "leave", left_on=left)
    start = left + timedelta(days=1)
    done.act(
        start,
        "record_employment",
        employer="（演示）某制造公司",
        in_miyun=True,
        from_day=start,
        until=last_day(start, 38),
    )
    done.act(done.day(36), "record_conversion", converted_on=done.day(36), conversion="（演示）成果落地，节约用水")
    timeline = firm.timeline
    awarded = done.day(10)
    timeline.on(
        (timeline.today - awarded).days,
        lambda at: awards.add_award(
            actor=timeline.actor(OFFICE),
            level="city",
            awarded_on=awarded,
            document="（演示）评选文件（虚构）",
            at=at,
            stay_id=done.pk,
        ),
    )
    early = _short(firm, school)
    fresh = Life(firm, 2, "周某某（虚构）", ("passport", "DEMO-ZHOU-1"), days=5)
    trip: dict[str, Any] = {"purpose": "（演示）学术会议", "out_on": timeline.day(40), "return_by": timeline.day(30)}
    fresh.act(timeline.day(41), "record_trip", **trip)

    def back(at: datetime) -> None:
        stay = Stay.objects.get(pk=fresh.pk)
        course.record_return(
            actor=timeline.actor(PARK),
            stay_id=stay.pk,
            version=stay.version,
            trip_id=stay.trips.get().pk,
            returned_on=at.astimezone().date(),
            at=at,
        )

    timeline.on(31, back)
    return done, early, fresh


def _short(firm: Post, school: Post) -> Life:
    """Who left before the end: early and taken as complete, at their own wish, after a failed assessment."""
    early = Life(
        school, 50, "钱某某（虚构）", ("other", "DEMO-QIAN-1"), standing="employed", station_mentor_title="deputy"
    )
    early.passed(("proposal", 3), ("half-1", 6), ("half-2", 12), ("year-1", 12))
    early.act(early.day(22), "leave", left_on=early.day(22))
    early.act(early.day(23), "decide_completed", by=OFFICE, reason="（演示）提前完成课题，按期满对待")
    gone = Life(school, 30, "孙某某（虚构）", ("passport", "DEMO-SUN-1"), standing="foreign").passed(("proposal", 3))
    gone.act(
        gone.day(9), "withdraw", left_on=gone.day(9), ground="11", notice="told", noticed_on=gone.day(9), explanation=""
    )
    failed = Life(firm, 28, "李某某（虚构）", ("passport", "DEMO-LI-2"))
    failed.act(failed.day(6), "record_milestone", code="half-1", done_on=failed.day(6), result="failed")
    failed.act(
        failed.day(8),
        "withdraw",
        left_on=failed.day(8),
        ground="01",
        notice="public",
        noticed_on=failed.day(7),
        explanation="（演示）虚构",
    )
    return early


def _claims(firm: Post, school: Post, done: Life, early: Life, fresh: Life) -> None:
    firm.award(500, "national")
    # Paid, came back from the bank, and is to be paid again.
    award = Claim(firm, 58, Grant.STATION_AWARD, level="national").decided(55, "approve")
    award.moved(50, Entry.PAID).moved(48, Entry.FAILED, note="（演示）账号有误，银行退回")
    # To the person in full, one line of tax put right.
    best = Claim(firm, 57, Grant.EXCELLENT, done, level="city").decided(54, "approve").moved(50, Entry.PAID)
    best.moved(49, Entry.TAX, "0.2", by=PARK).reversed(48).moved(47, Entry.TAX, "0.1", by=PARK)
    best.moved(45, Entry.HANDED, "0.9", by=PARK)
    Claim(firm, 40, Grant.LEAVING, done).decided(35, "approve")
    Claim(firm, 7, Grant.CONVERSION, done)
    # Handed over and in part taken back; a remainder is still owed.
    first = Claim(school, 52, Grant.LIVING, early, months=(0, 2)).decided(47, "approve").moved(42, Entry.PAID)
    first.moved(38, Entry.HANDED, "0.5", by=PARK, note="（演示）未达起征点，没有税款")
    first.moved(25, Entry.CLAWBACK, "0.5", by=OFFICE, note="（演示）重复申报（虚构），决定追回")
    first.moved(12, Entry.RECOVERED, "0.25")
    Claim(school, 33, Grant.LIVING, early, months=(3, 5)).decided(28, "returned", "（演示）请补科研项目报告书")
    Claim(school, 31, Grant.LIVING, early, months=(6, 8)).withdrawn(29)
    Claim(school, 45, Grant.STATION).decided(40, "refuse", "（演示）管理制度不全，暂不资助")
    Claim(firm, 3, Grant.LIVING, fresh, months=(0, 0), submit=False)


def _requests(book: Book) -> None:
    day, own = book.timeline.day, {"unit": "中关村密云园", "asked_on": 0}
    finish = Said(OFFICE, "finish", typed={"answer": "（演示）已办结", "answered_on": 0})
    refuse = Said(OFFICE, "refuse", "（演示）不符合落户条件（虚构）")
    reopen = Said(OFFICE, "reopen", "（演示）补充材料后重新办理")
    kinds: tuple[tuple[str, Typed], ...] = (
        ("household", {"stay": "1", "who": "self", "relation": "yes", "need": "（演示）本人落户"}),
        ("schooling", {"stay": "1", "level": "nursery", "need": "（演示）子女入园"}),
        ("science", {"title": "（演示）仪器共享", "need": "（演示）使用大型仪器"}),
    )
    lives: Sequence[tuple[int, int | None, tuple[Said, ...]]] = (
        (20, 5, ()),
        (60, None, (finish,)),
        (70, None, (refuse,)),
        (80, None, (refuse, reopen, finish)),
    )
    for kind, more in kinds:
        for ago, due, steps in lives:
            by = {"by": day(due)} if due is not None and kind == "household" else {}
            book.record(kind, PARK, ago, {**own, **more, **by}, steps)
    meeting = {
        "title": "（演示）联席会会议",
        "held_on": 0,
        "units": "（演示）各成员单位",
        "minutes": "（演示）虚构的纪要",
    }
    book.record("meetings", OFFICE, 120, meeting)
    checked: Typed = {"checked_on": 0, "own_account": "yes", "said": "（演示）虚构的检查情况"}
    rows = ((PURSE, "kept", ()), (OFFICE, "none", (Said(PURSE, "close", "（演示）未发现问题"),)))
    for by_whom, found, closing in rows:
        typed = {"station": "（演示）某工作站（虚构）", "way": "regular", "found": found, **checked}
        book.record("inspections", by_whom, 18, typed, closing)
    ended = Said(OFFICE, "close", typed={"outcome": "（演示）不予立案"})
    for number, steps in ((1, ()), (2, (ended,))):
        typed = {
            "station": "（演示）某工作站（虚构）",
            "to": "（演示）某机关",
            "fact": "（演示）虚构的事实",
            "sent_on": 0,
            "number": f"（演示）移{number}号",
        }
        book.record("transfers", OFFICE, 40, typed, steps)
