"""沿用 of 考评细则 (0125): what an evaluator's 细则 of the year before may give to the share that continues its own, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evaluation.enums import FigureKind, FullMarkRule
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.scheme.rules.figures import split_share
from evaluation.sheets.models.marks import Rulebook, RulebookLine
from evaluation.sheets.queries.methods import number_columns, own_tables
from evaluation.sheets.rules.declaring import Typed, read_method, typed_of
from evaluation.sheets.rules.methods import in_words, method_of
from evaluation.tasks.models.data_tables import DataTable
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.queries import heir_ids, stands_for


@dataclass(frozen=True)
class Rule:
    """A line of the year before. `typed`: its method over the table of this year; `why`: it cannot be taken over, and why."""

    line: RulebookLine
    said: str
    typed: Typed = Typed()
    why: str = ""

    @property
    def seen(self) -> str:
        """As it is ticked: the line with the version of the 细则 that was looked at."""
        return f"{self.line.pk}:{self.line.rulebook.number}"


@dataclass(frozen=True)
class RulesBefore:
    """The newest 细则 of the share that this one continues."""

    year: int
    rulebook: Rulebook
    rules: Sequence[Rule]

    @property
    def free(self) -> dict[int, Rule]:
        return {one.line.pk: one for one in self.rules if not one.why}


@dataclass(frozen=True)
class Ended:
    """A share with a 细则 that the year after does not continue."""

    share: Figure
    year: int
    why: str


def rules_before(share: Figure) -> RulesBefore | None:
    """Every line of it with what stands against it; None where there is nothing to continue. Writes nothing."""
    old = _continued(share)
    newest = _newest([old.pk]).get(old.pk) if old else None
    if old is None or newest is None:
        return None
    lines = list(newest.lines.order_by("order"))
    standing = {one: order for order, one in _standing(share).items()}
    other = _full_marks(old, share)
    tables = {one.name: one for one in own_tables(share)}
    columns = {one.pk: number_columns(one) for one in tables.values()}
    declared = [line.method["table"] for line in lines if line.method]
    names = dict(DataTable.objects.filter(pk__in=declared).values_list("pk", "name"))
    rules = []
    for line in lines:
        line.rulebook = newest
        name = names[line.method["table"]] if line.method else ""
        rule = Rule(line, in_words(method_of(line.method), name) if line.method else "")
        if line.withdrawn_at:
            rule = replace(rule, why=f"已撤回：{line.withdrawn_why}")
        elif line.pk in standing:
            rule = replace(rule, why=f"已沿用，在现行的第 {standing[line.pk]} 条")
        elif other and (line.method or line.points is not None):
            rule = replace(rule, why=other)
        elif line.method:
            rule = _over(rule, tables.get(name), name, columns, share.scheme.year)
        rules.append(rule)
    return RulesBefore(old.scheme.year, newest, rules)


def continued_words(line: RulebookLine) -> str:
    """Of a line of the year before, as those evaluated read it."""
    return f"沿用{line.rulebook.share_figure.scheme.year}年第 {line.rulebook.number} 版第 {line.order} 条"


def continued_lines(share: Figure) -> set[int]:
    """Lines of the year before that the newest version of the share continues already."""
    return set(_standing(share).values())


def ended_rules(organisation_id: int | None) -> list[Ended]:
    """Of an evaluator: shares with a 细则 that the newest scheme does not continue, each with its reason."""
    issued = Scheme.objects.issued().filter(copied_from__isnull=False)
    schemes = list(issued.exclude(pk__in=issued.values("copied_from")))
    if not schemes:
        return []
    follows = {one.copied_from_id: one for one in schemes}
    own = set(stands_for(organisation_id))
    books = Rulebook.objects.values("share_figure")
    found = Figure.objects.filter(scheme__in=list(follows), pk__in=books, organisation__in=own, kind=FigureKind.SHARE)
    new = Figure.objects.filter(scheme__in=schemes, kind=FigureKind.SHARE).select_related("indicator", "organisation")
    by_item: dict[int | None, list[Figure]] = {}
    for one in new:
        if one.indicator:
            by_item.setdefault(one.indicator.from_indicator_id, []).append(one)
    ended = []
    for old in found.select_related("scheme", "indicator", "organisation").order_by("indicator__number", "order"):
        year, later = follows[old.scheme_id].year, by_item.get(old.indicator_id, [])
        if not later:
            ended.append(Ended(old, year, f"{year}年的方案没有沿用这一项"))
        elif not any(one.organisation_id in own and one.part == old.part for one in later):
            names = "、".join(dict.fromkeys(one.organisation.name for one in later if one.organisation))
            part = f"的“{old.part}”部分" if old.part else ""
            ended.append(Ended(old, year, f"{year}年这一项{part}不由本单位考评（{names}），细则由考评部门自己写"))
        elif any(one.indicator and one.indicator.offline_only for one in later):
            ended.append(Ended(old, year, f"{year}年这一项材料线下报送，细则线下印发"))
    return ended


def offered_counts(shares: Sequence[Figure]) -> dict[int, tuple[int, int]]:
    """Share → (year, lines) of the 细则 that it may continue, where it has none of its own yet. Two queries."""
    follows = {
        (one.indicator.from_indicator_id, one.organisation_id, one.part): one.pk
        for one in shares
        if one.indicator and one.indicator.from_indicator_id and not one.indicator.offline_only
    }
    if not follows:
        return {}
    old = Figure.objects.filter(kind=FigureKind.SHARE, indicator__in=[item for item, _, _ in follows])
    pairs = {
        one.pk: (follows[key], one.scheme.year)
        for one in old.select_related("scheme")
        if (key := (one.indicator_id, one.organisation_id, one.part)) in follows
    }
    newest = _newest(list(pairs))
    return {pairs[pk][0]: (pairs[pk][1], len(book.lines.all())) for pk, book in newest.items()}


def _continued(share: Figure) -> Figure | None:
    """The share of the year before: the same item, part and evaluator, or one that has ended into it."""
    if share.indicator is None or share.indicator.from_indicator_id is None or share.indicator.offline_only:
        return None
    found = Figure.objects.filter(kind=FigureKind.SHARE, indicator=share.indicator.from_indicator_id, part=share.part)
    shares = list(found.select_related("scheme", "indicator"))
    heirs = heir_ids(one.organisation_id for one in shares if one.organisation_id)
    return next((one for one in shares if heirs.get(one.organisation_id or 0) == share.organisation_id), None)


def _newest(shares: Sequence[int]) -> dict[int, Rulebook]:
    found = Rulebook.objects.filter(share_figure__in=shares).order_by("number").prefetch_related("lines")
    found = found.select_related("share_figure__scheme")
    return {one.share_figure_id: one for one in found}


def _standing(share: Figure) -> dict[int, int]:
    """Order of a line of the newest version → the line of the year before that it continues."""
    newest = Rulebook.objects.filter(share_figure=share).order_by("-number").values("pk")[:1]
    found = RulebookLine.objects.filter(rulebook__in=newest, continues__isnull=False)
    return {line.order: line.continues_id for line in found if line.continues_id}


def _over(rule: Rule, table: DataTable | None, name: str, columns: dict[int, dict[str, bool]], year: int) -> Rule:
    """The method over the table of this year that has the same name; refused as what is typed is."""
    if table is None:
        return replace(rule, why=f"{year}年这一项下没有本单位按单位列的同名数据表“{name}”，先设立数据表再沿用")
    typed = replace(typed_of(method_of(rule.line.method or {})), table=str(table.pk))
    try:
        read_method(typed, columns)
    except Refused as refusal:
        return replace(rule, why=refusal.message)
    return replace(rule, typed=typed)


def _full_marks(old: Figure, new: Figure) -> str:
    """Why points of the one year say nothing in the other: the marks are out of something else (engine 5)."""
    kinds = (FigureKind.FULL_MARK, FigureKind.WEIGHT)
    figures = list(Figure.objects.filter(scheme__in=(old.scheme_id, new.scheme_id), kind__in=kinds))
    before, now = (_out_of(one, figures) for one in (old, new))
    return "" if before == now else f"满分不同（{old.scheme.year}年{before}，{new.scheme.year}年{now}），扣分要重新定"


def _out_of(share: Figure, figures: Sequence[Figure]) -> str:
    here = [one for one in figures if one.scheme_id == share.scheme_id]
    if not any(one.kind == FigureKind.FULL_MARK and one.value == FullMarkRule.POINTS for one in here):
        return "满分 100"
    weights = {
        one.zone: one.value for one in here if one.kind == FigureKind.WEIGHT and one.indicator_id == share.indicator_id
    }
    _, part = split_share(share.value)
    said = "、".join(value for _, value in sorted(weights.items()))
    return f"按分值 {said}{'' if part == 1 else f' × {part}'}"
