"""The facts that a 贴息 rests on: the library, the grade, 环保一票否决, the loans; and what they give over a span."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q, QuerySet

from finance_policy.enums import Grade, SubsidyState
from finance_policy.models import Loan, Subsidy, VetoNotice
from finance_policy.queries.grades import decisions
from finance_policy.queries.library import enterprise_by
from finance_policy.queries.subsidy import rates
from finance_policy.rules.granting import EVER, Barred, Grant, Lent, grant, outside
from finance_policy.rules.kinds.library import ENTERPRISES, HALTED, IN_LIBRARY, PROJECTS
from finance_policy.rules.settings import Dated, in_force
from finance_policy.rules.subsidy import Rate
from miyun_kpi.registers.enums import Act
from miyun_kpi.registers.models import Record, RecordEvent

KINDS = (ENTERPRISES.key, PROJECTS.key)
# The worst of 附件·32's five colours; with it nothing is given (推定: the text prints only what green and blue are given first).
STOPPING = frozenset({Grade.BLACK})
INTO, OUT_OF = ("recognise", "opening"), ("remove",)
RECOGNISED, STANDING = "recognised_on", (IN_LIBRARY, HALTED)


def of_code(code: str) -> QuerySet[Record]:
    """The enterprise and the projects of one 统一社会信用代码 that were not struck."""
    return Record.objects.filter(kind__in=KINDS, values__code=code, struck_at__isnull=True)


def stays_in_library(record: Record) -> list[tuple[date, date | None]]:
    """From the 认定日期 to the 移出, each by the day of its paper; without one, by that of its registration.

    A stay that ended keeps the 认定日期 that stood when it ended, whatever is written there since: it is read back from the
    events, newest first.
    """
    stays: list[tuple[date, date | None]] = []
    stands = record.values.get(RECOGNISED, "")
    ended: tuple[date, str] | None = None
    for one in reversed(record.events.order_by("pk")):
        day = one.done_on or one.at.astimezone().date()
        if one.step_code in OUT_OF:
            ended = (day, one.before.get(RECOGNISED, stands))
        elif one.step_code in INTO or (one.act == Act.OPENED and (ended or not stays and record.stage in STANDING)):
            said = ended[1] if ended else stands
            first = date.fromisoformat(said) if said else day
            stays.append((first, max(ended[0], first) if ended else None))
            ended = None
        stands = one.before.get(RECOGNISED, stands)
    return [(first, end) for first, end in reversed(stays) if end is None or end > first]


def vetoed(code: str) -> list[Barred]:
    found = VetoNotice.objects.filter(code=code).order_by("issued_on", "pk")
    return [Barred(one.issued_on, one.lifted_on or EVER, "环保一票否决") for one in found]


def graded(code: str) -> list[Barred]:
    """The times in which the standing decision is the worst."""
    stands = list(decisions(code).filter(corrected_by__isnull=True).order_by("decided_on", "pk"))
    ends = [*(one.decided_on for one in stands), EVER][1:]
    return [
        Barred(one.decided_on, end, f"绿色信用等级为{one.get_grade_display()}")
        for one, end in zip(stands, ends, strict=True)
        if one.grade in STOPPING
    ]


def halted(code: str) -> str:
    """What stops the support of a firm now, in words; "" for nothing. One sentence for page, desk and notice."""
    now = [one for one in [*vetoed(code), *graded(code)] if one.end == EVER]
    return "，".join(f"{one.why}（{one.first} 起）" for one in sorted(now, key=lambda one: one.first))


def barred_of(record: Record) -> list[Barred]:
    """Of a project its enterprise counts too."""
    code = record.values.get("code", "")
    kind = "企业" if record.kind == ENTERPRISES.key else "项目"
    found = outside(stays_in_library(record), f"{kind}不在绿色产业（项目）库")
    if record.kind == PROJECTS.key:
        enterprise = enterprise_by(code)
        stays = stays_in_library(enterprise) if enterprise else []
        found += outside(stays, "企业不在绿色产业（项目）库")
    return [*found, *vetoed(code), *graded(code)]


def loans_of(record: Record) -> list[Lent]:
    rows = Loan.objects.filter(record=record, struck_at__isnull=True)
    return [Lent(str(one), one.principal, one.drawn_on, one.ends_on) for one in rows]


def library_choices() -> list[tuple[int, str]]:
    """Whoever has been in the library, by name: also one that has left it may be given what it is due for before."""
    was_in = Q(step_code__in=[*INTO, *OUT_OF]) | Q(act=Act.OPENED, record__stage__in=STANDING)
    ever = RecordEvent.objects.filter(was_in, record__kind__in=KINDS).values("record")
    rows = Record.objects.filter(pk__in=ever, struck_at__isnull=True).order_by("kind", "number")
    kinds = {ENTERPRISES.key: "企业", PROJECTS.key: "项目"}
    return [(row.pk, f"{kinds[row.kind]}：{row.values['name']}") for row in rows]


def released(record_ids: Iterable[int]) -> QuerySet[Subsidy]:
    return Subsidy.objects.filter(record_id__in=list(record_ids), state=SubsidyState.RELEASED)


def now_due(row: Subsidy, table: Sequence[Rate] | None = None) -> Grant | None:
    """What the facts of today give over the span of a released 贴息; the way of counting is its own."""
    return grant(
        rates() if table is None else table,
        loans_of(row.record),
        barred_of(row.record),
        level=row.level,
        from_on=row.from_on,
        to_on=row.to_on,
        day_basis=row.day_basis,
        count_last=row.count_last,
    )


def counted_anew(before: Sequence[Dated], after: Sequence[Dated]) -> list[Subsidy]:
    """What was released and is counted otherwise once settings changed, with the new way in place; nothing is stored."""
    found = []
    for row in Subsidy.objects.filter(state=SubsidyState.RELEASED).select_related("record").order_by("number"):
        now = in_force(after, row.from_on).counting
        if now not in (in_force(before, row.from_on).counting, (row.day_basis, row.count_last)):
            row.day_basis, row.count_last = now
            found.append(row)
    return found
