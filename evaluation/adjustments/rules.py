"""加减分 of 13号 四（三）4 and the notes of 附件3 and 附件5: the printed grounds, their limits, and when two entries are about the same fact.

Points are Decimals, positive for a bonus and negative for a deduction, of at most three decimals like a mark.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from evaluation.enums import AdjustmentGround
from miyun_kpi.lib.decimals import plain, read_decimal
from miyun_kpi.lib.errors import FieldError, Refused

CLAUSE = "四（三）4"
LIMIT = Decimal("0.5")
PLACES = 3


@dataclass(frozen=True)
class Ground:
    """`sign` +1 or −1; `fixed` is the one amount the text prints, None where it prints only the limit.

    `quotes` by track (附件3·注 for departments, 附件5·注 for townships). `places` are the places from the bottom of a
    ranking that the ground is about; `ranked` grounds name the ranking they stand in.
    """

    code: str
    sign: int
    quotes: Mapping[str, str]
    fixed: Decimal | None = None
    places: tuple[int, ...] = ()
    ranked: bool = False

    @property
    def label(self) -> str:
        return str(AdjustmentGround(self.code).label)

    @property
    def limit_words(self) -> str:
        verb = "加" if self.sign > 0 else "扣"
        return f"{verb} {plain(self.fixed)} 分" if self.fixed else f"{verb}分不超过 {plain(LIMIT)} 分"


def _alike(words: str) -> dict[str, str]:
    return {"department": words, "township": words}


# Three bonus grounds, each by itself: the sentence leaves open whether 重大促进作用 is one or goes with the others (推定). Apart,
# the meeting can judge either way; joined, work without a city result could never be proposed (decision 0022).
# 附件5·注 says 排名 where 附件3·注 says 全市排名: the townships' ranking scope is asked for and decided (READINGS).
GROUNDS: dict[str, Ground] = {
    ground.code: ground
    for ground in (
        Ground(AdjustmentGround.PROMOTION, 1, _alike("在推动全区经济社会发展工作中有重大促进作用")),
        Ground(AdjustmentGround.CITY_BONUS, 1, _alike("在市级年度绩效考评中取得加分")),
        Ground(
            AdjustmentGround.CITY_TOP,
            1,
            {
                "department": "全市排名靠前的，单项工作加分不超过0.5分",
                "township": "排名靠前的单项工作加分不超过0.5分",
            },
            ranked=True,
        ),
        Ground(AdjustmentGround.HARM, -1, _alike("对全区经济社会发展造成重大不良影响，单项扣分不超过0.5分")),
        Ground(
            AdjustmentGround.CITY_LAST,
            -1,
            {
                "department": "未完成市级年度绩效任务，相关工作全市排名末位的扣0.5分",
                "township": "未完成市级年度绩效任务，相关工作排名末位的扣0.5分",
            },
            LIMIT,
            (1,),
            ranked=True,
        ),
        Ground(
            AdjustmentGround.CITY_NEAR_LAST, -1, _alike("倒数第二、三名的扣0.3分"), Decimal("0.3"), (2, 3), ranked=True
        ),
    )
}
CLAUSE_OF = {"department": "附件3·注", "township": "附件5·注"}


def read_points(ground: Ground, text: str) -> Decimal:
    """Points typed without a sign, signed by the ground. Refuses what the clause does not allow for one piece of work.

    Source: 13号 四（三）4 “单项工作加分不超过 0.5 分”, “单项扣分不超过 0.5 分”, “末位的扣 0.5 分”, “倒数第二、三名的扣 0.3 分”.
    """
    value = read_decimal(text, places=PLACES, what="分数")
    refusal = points_problem(ground, value * ground.sign)
    if refusal:
        raise Refused("bad-points", f"{refusal}没有保存。", clause=CLAUSE)
    return value * ground.sign


def points_problem(ground: Ground, points: Decimal) -> str:
    """What is wrong with signed points under a ground, as the beginning of a sentence; "" when they may stand."""
    size = abs(points)
    if points * ground.sign <= 0:
        return "分数须大于 0，"
    if ground.fixed is not None and size != ground.fixed:
        return f"“{ground.label}”原文印定{ground.limit_words}，不能写 {plain(size)}，"
    if size > LIMIT:
        return f"单项工作{'加' if ground.sign > 0 else '扣'}分不超过 {plain(LIMIT)} 分，{plain(size)} 超出了，"
    return ""


def decided_problem(ground: Ground, points: Decimal) -> str:
    """Points that 区政府党组会 may set instead: of the bottom places the other printed amount (a tie), else up to 0.5."""
    if ground.fixed is not None and points * ground.sign > 0:
        allowed = {g.fixed for g in GROUNDS.values() if g.fixed is not None}
        if abs(points) not in allowed:
            words = "或".join(plain(one) for one in sorted(allowed))
            return f"“{ground.label}”原文只印扣 {words} 分，不能改为 {plain(abs(points))}，"
        return ""
    return points_problem(ground, points)


@dataclass(frozen=True)
class Entry:
    """What is typed about one piece of work, before it is saved. `track`: of the unit, whose note prints the grounds."""

    track: str
    ground: str
    work: str
    reason: str
    city_task: str
    bottom_place: int | None
    ranking_scope: str


def entry_problems(entry: Entry) -> list[FieldError]:
    """Everything that an entry lacks, at once.

    The bottom places need both halves: 未完成市级年度绩效任务 and the place; every ranked ground the scope of its ranking.
    """
    ground = GROUNDS.get(entry.ground)
    if ground is None:
        return [FieldError("请选一种加减分情形。", "bad-ground", field="ground")]
    problems = []
    if not 2 <= len(entry.work) <= 120:
        problems.append(FieldError("请写工作名称（2 至 120 字），一件工作一条。", "bad-work", field="work"))
    if not 4 <= len(entry.reason) <= 1000:
        problems.append(FieldError("请写理由（4 至 1000 字）。", "bad-reason", field="reason"))
    if ground.places:
        if not 2 <= len(entry.city_task) <= 120:
            problems.append(
                FieldError("请写没有完成的市级年度绩效任务（2 至 120 字）。", "bad-city-task", field="city_task")
            )
        if entry.bottom_place not in ground.places:
            words = "1" if ground.places == (1,) else "2 或 3"
            problems.append(FieldError(f"这种情形的排名是倒数第 {words} 名。", "bad-place", field="bottom_place"))
    if ground.ranked and not 2 <= len(entry.ranking_scope) <= 120:
        # 附件3·注 prints 全市排名 for departments, 附件5·注 排名 alone for townships.
        what = "全市排名" if entry.track == "department" else "排名"
        problems.append(
            FieldError(f"请写这个{what}排的是哪些单位、共几家（2 至 120 字）。", "bad-scope", field="ranking_scope")
        )
    return problems


@dataclass(frozen=True)
class Fact:
    """What two entries are compared by: the work (squeezed), the document's number, digests of the evidence."""

    pk: int
    organisation: int
    ground: str
    work: str
    document_number: str
    digests: frozenset[str]


@dataclass(frozen=True)
class SameFact:
    other: int
    why: str


def same_facts(own: Fact, others: Iterable[Fact]) -> list[SameFact]:
    """Entries that look like the same fact under another clause or by another unit (engine 15): a soft warning."""
    found = []
    for other in others:
        if other.pk == own.pk:
            continue
        reasons = []
        if own.work and own.work == other.work:
            reasons.append("工作名称相同")
        if own.document_number and own.document_number == other.document_number:
            reasons.append("依据文号相同")
        if own.digests & other.digests:
            reasons.append("佐证材料是同一份文件")
        if reasons:
            found.append(SameFact(other.pk, "、".join(reasons)))
    return found
