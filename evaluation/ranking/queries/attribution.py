"""升降归因 of one unit between two rankings, from their frozen bytes and as far as the reader sees both (decision 0112)."""

import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from evaluation.engine.access import may_see_receipt, own_codes, rankings_visible_to, scope_of, sees_whole_ranking
from evaluation.engine.models.ranking import Ranking, RankingRow
from evaluation.engine.queries.frozen import WHOLE, document_of, frozen_receipt, receipts_of
from evaluation.engine.queries.sealed import words_of
from evaluation.engine.rules.attribution import CAUSE_WORDS, CLAUSE, PLACES, Attribution, Cause, attribution
from evaluation.engine.rules.documents import limited_document
from evaluation.engine.rules.ranking import ARITHMETIC
from evaluation.enums import RankingState
from evaluation.ranking.queries.movement import previous_bulletin
from evaluation.ranking.rules import Passing, passings
from evaluation.scheme.models.scheme import Indicator
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import half_up
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.lib.lists import first
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.web.formats import signed


@dataclass(frozen=True)
class Why:
    """`scope` is the reader's of the later ranking: how much of others the places show."""

    before: Ranking
    after: Ranking
    found: Attribution
    places: tuple[Passing, ...]
    scope: str

    @property
    def over(self) -> list[Passing]:
        return [one for one in self.places if one.over]

    @property
    def under(self) -> list[Passing]:
        return [one for one in self.places if not one.over]

    @property
    def shows_totals(self) -> bool:
        return any(one.total_before is not None or one.total_after is not None for one in self.places)

    @property
    def shows_dimensions(self) -> bool:
        return any(one.dimension for one in self.places)

    @property
    def sentence(self) -> str:
        return sentence(self.found)


def comparable(actor: Actor, ranking: Ranking, organisation: Organisation) -> list[Ranking]:
    """With what the unit's 得分明细 can be compared, what is taken unasked first: the bulletin of the period before.

    Earlier computations of the period that the reader sees, and bulletins of earlier periods of the same kind.
    """
    same = Q(period=ranking.period_id, computed_at__lt=ranking.computed_at)
    earlier = Q(period__kind=ranking.period.kind, period__code__lt=ranking.period.code, state=RankingState.PUBLISHED)
    visible = rankings_visible_to(actor).filter(same | earlier, scheme__track=ranking.scheme.track)
    found = visible.filter(rows__organisation=organisation).exclude(pk=ranking.pk).select_related("scheme", "period")
    first = _previous(ranking)
    listed = list(found.defer("inputs", "document").order_by("-period__code", "kind", "-number"))
    return sorted(listed, key=lambda one: one.pk != first)


def _previous(ranking: Ranking) -> int | None:
    """As it stood at publication, so that the sentence says the movement that the ranking shows."""
    if ranking.movement:
        previous = json.loads(ranking.movement)["previous"]
        return previous["ranking"] if previous else None
    bulletin = previous_bulletin(ranking)
    return bulletin.pk if bulletin else None


def why(actor: Actor, before: Ranking, after: Ranking, organisation: Organisation) -> Why:
    """Refuses where a document was made by another arithmetic, lacks a total or does not give it."""
    for one in (before, after):
        if not may_see_receipt(actor, one, organisation):
            raise NotFound
        if not _same_arithmetic(one):
            words = (
                f"{words_of(one)}是按规则版本 {one.rule_version} 算的，与现在的算法各部分不能相减，不能归因。"
                "请只比名次和合计，或选用现在的算法核算的一次。"
            )
            raise Refused("other-arithmetic", words, CLAUSE)
    receipts = [frozen_receipt(one, organisation) for one in (before, after)]
    if receipts[0] is None or receipts[1] is None:
        words = f"{organisation.name}在其中一次不是考评对象，没有可比的。请选它在列的一次。"
        raise Refused("not-ranked", words, CLAUSE)
    found = attribution(receipts[0], receipts[1], _continued(before, after))
    documents = []
    for one in (before, after):
        scope, own = scope_of(actor, one)
        document = document_of(one)
        documents.append(document if scope == WHOLE else limited_document(document, scope=scope, own=own))
    places = passings(documents[0], documents[1], organisation.code)
    return Why(before, after, found, tuple(places), scope_of(actor, after)[0])


def _same_arithmetic(one: Ranking) -> bool:
    return one.rule_version.split(" ")[0] == str(ARITHMETIC)


def _continued(before: Ranking, after: Ranking) -> dict[int, int]:
    """Item now → item then: within a scheme by its number, between schemes by what each says it continues (沿用自)."""
    years = (before.scheme.year, after.scheme.year)
    listed = Indicator.objects.filter(scheme__track=after.scheme.track, scheme__year__range=years)
    items = {one.pk: one for one in listed.only("scheme_id", "number", "from_indicator_id")}
    found = {}
    for one in items.values():
        then: Indicator | None = one if one.scheme_id == after.scheme_id else None
        while then is not None and then.scheme_id != before.scheme_id:
            then = items.get(then.from_indicator_id or 0)
        if then is not None:
            found[one.number] = then.number
    return found


def sentence(found: Attribution, places: int = PLACES) -> str:
    """由第 6 名降至第 9 名：合计 −1.24，其中基本无违建 −0.80、接诉即办 −0.35、平均分 −0.09。

    Own items by name, the three largest of them (of four all), and every other cause, by their size; behind them the other items in one sum and 尾差.
    The figures add up as they are written: with fewer `places` than the parts are printed with, what rounding leaves is 尾差 too.
    """
    marks = [part for part in found.parts if part.cause == Cause.MARK]
    named = marks if len(marks) == 4 else marks[:3]
    rest = marks[len(named) :]
    told = [(part.subject, part.printed) for part in named]
    told += [
        (CAUSE_WORDS[cause], sum_) for cause, sum_ in found.by_cause() if cause not in (Cause.MARK, Cause.ROUNDING)
    ]
    told.sort(key=lambda one: -abs(one[1]))
    told.append((f"另 {len(rest)} 项得分", sum((part.printed for part in rest), Decimal(0))))
    shown = [(words, half_up(effect, places)) for words, effect in told]
    whole = half_up(found.difference, places)
    shown.append((CAUSE_WORDS[Cause.ROUNDING], whole - sum((effect for _, effect in shown), Decimal(0))))
    listed = "、".join(f"{words} {signed(effect, places)}" for words, effect in shown if effect)
    return f"{_moved(found)}：合计{f' {signed(whole, places)}，其中{listed}' if listed else '没有变化'}。"


def _moved(found: Attribution) -> str:
    before, after = found.rank_before, found.rank_after
    if after is None:
        return "没有名次"
    if before is None:
        return f"现列第 {after} 名"
    if before == after:
        return f"仍为第 {after} 名"
    return f"由第 {before} 名{'升' if after < before else '降'}至第 {after} 名"


def why_sentence(actor: Actor, ranking: Ranking, organisation: Organisation, *, places: int = 2) -> str:
    """Against the bulletin before, for a page about the unit; "" where there is none or it cannot be said."""
    found = comparable(actor, ranking, organisation)
    if not found or found[0].pk != _previous(ranking):
        return ""
    try:
        return sentence(why(actor, found[0], ranking, organisation).found, places)
    except Refused:
        return ""


def reasons(actor: Actor, before: Ranking, ranking: Ranking, codes: Collection[str]) -> dict[str, Attribution]:
    """Of those of these units whose 得分明细 the actor sees, against an earlier bulletin; at most three queries for any number.

    Left out are units of which it cannot be said: not ranked then, no total, another arithmetic.
    """
    seen = list(codes)
    if not sees_whole_ranking(actor, ranking):
        own = own_codes(actor).split("+")
        seen = [code for code in codes if code in own]
    if not seen or not (_same_arithmetic(before) and _same_arithmetic(ranking)):
        return {}
    rows = RankingRow.objects.filter(ranking__in=[before, ranking], organisation__code__in=seen)
    listed = list(rows.select_related("organisation"))
    receipts: dict[str, dict[int, Any]] = {}
    for one in (before, ranking):
        of = [row for row in listed if row.ranking_id == one.pk]
        for row, receipt in zip(of, receipts_of(one, of), strict=True):
            receipts.setdefault(row.organisation.code, {})[one.pk] = receipt
    same = before.scheme_id == ranking.scheme_id
    continued, found = {} if same else _continued(before, ranking), {}
    for code, pair in receipts.items():
        if len(pair) == 2:
            numbers = [item["indicator"]["number"] for item in pair[ranking.pk]["items"]]
            with suppress(Refused):
                found[code] = attribution(
                    pair[before.pk], pair[ranking.pk], dict(zip(numbers, numbers, strict=True)) if same else continued
                )
    return found


def brief(found: Attribution, most: int = 2, *, others: bool = True, places: int = 2) -> str:
    """接诉即办 −0.80、平安建设 −0.35，其余 −0.09: the causes by name that went the way the unit went, all others in one sum.

    A rank may fall with a total that rose, for others rose more: that is said before. Without `others` only the causes.
    """
    way = found.moved or found.difference
    told = [
        (part.subject if part.cause == Cause.MARK else f"{part.subject}（{part.words}）", part.printed)
        for part in found.parts
        if part.cause != Cause.ROUNDING
    ]
    told.sort(key=lambda one: -one[1] if way > 0 else one[1])
    chosen = [one for one in told if (one[1] > 0) == (way > 0) and one[1]] or told
    shown = [(words, half_up(effect, places)) for words, effect in first(chosen, most)]
    rest = (
        half_up(found.difference, places) - sum((effect for _, effect in shown), Decimal(0)) if others else Decimal(0)
    )
    listed = "、".join(f"{words} {signed(effect, places)}" for words, effect in shown if effect)
    against = ""
    if others and found.moved and (found.difference > 0) != (found.moved > 0):
        against = f"别家{'升' if found.moved < 0 else '降'}得更多；"
    return f"{against}{listed or '各项没有变化'}{f'，其余 {signed(rest, places)}' if rest else ''}"
