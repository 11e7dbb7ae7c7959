"""What is due after the day of entry, and the limits of a stay (第八、十二、十四、十五条). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from postdoc.rules.calendar import add_months, complete, last_day

PROPOSAL_MONTHS, DEGREE_MONTHS = 3, 6
EARLIEST, USUAL, LONGEST, LONGEST_MAJOR = 21, 24, 48, 72
SOON_DAYS = 14


@dataclass(frozen=True)
class Milestone:
    """`state`: done, late_done, failed, soon, overdue, later. `by`: a day still in time."""

    code: str
    title: str
    by: date
    clause: str
    state: str
    done_on: date | None = None


def longest(major: bool) -> int:
    return LONGEST_MAJOR if major else LONGEST


def milestones(
    entered_on: date,
    ends_on: date,
    *,
    degree_pending: bool,
    done: Mapping[str, tuple[date, bool]],
    today: date,
    left_on: date | None = None,
) -> list[Milestone]:
    """In order of their days, up to the end of the stay. `done`: code → (day, passed)."""
    end = left_on or ends_on
    wanted = [("proposal", "开题报告或可行性研究报告", add_months(entered_on, PROPOSAL_MONTHS), "第十四条")]
    if degree_pending or "degree" in done:
        wanted.append(("degree", "交验博士学位证书", add_months(entered_on, DEGREE_MONTHS), "第八条"))
    for number, months in enumerate(range(6, LONGEST_MAJOR + 1, 6), start=1):
        wanted.append((f"half-{number}", f"第 {number} 次半年业绩考核", add_months(entered_on, months), "第十二条"))
        if months % 12 == 0:
            wanted.append(
                (f"year-{months // 12}", f"第 {months // 12} 年年度考核", add_months(entered_on, months), "第十二条")
            )
    # An assessment that falls due when the term is complete belongs to the term.
    inside = [one for one in wanted if one[2] <= end + timedelta(days=1)]
    found = [_milestone(*one, done.get(one[0]), today, left_on) for one in inside]
    return sorted(found, key=lambda one: (one.by, one.code))


def _milestone(
    code: str, title: str, by: date, clause: str, done: tuple[date, bool] | None, today: date, left_on: date | None
) -> Milestone:
    if done:
        day, passed = done
        state = "failed" if not passed else "done" if day <= by else "late_done"
        return Milestone(code, title, by, clause, state, day)
    until = min(today, left_on) if left_on else today
    state = "overdue" if until > by else "soon" if (by - until).days <= SOON_DAYS else "later"
    return Milestone(code, title, by, clause, state)


def open_ones(found: Iterable[Milestone]) -> list[Milestone]:
    return [one for one in found if one.state in ("soon", "overdue")]


def term_problem(entered_on: date, ends_on: date, major: bool, project_until: date | None) -> str:
    """第十五条: 2 to 4 years; with a national major project by its funding, at most 6. "" when it may stand."""
    if not complete(entered_on, ends_on, USUAL):
        return f"在站时间一般为 2 年，最短约定到 {last_day(entered_on, USUAL)}（提前完成的，另办提前出站）"
    top = last_day(entered_on, longest(major))
    if ends_on > top:
        most = "承担国家重大科技项目的最长 6 年" if major else "最长 4 年，承担国家重大科技项目的才可到 6 年"
        return f"在站时间{most}，即到 {top}"
    if major and project_until is None and ends_on > last_day(entered_on, LONGEST):
        return "超过 4 年的，须写国家重大科技项目的资助期限止日"
    if major and project_until and ends_on > max(project_until, last_day(entered_on, LONGEST)):
        return f"在站时间按项目资助期限调整，不晚于 {max(project_until, last_day(entered_on, LONGEST))}"
    return ""
