"""What the pages of the scheme say about figures: their words, their sentence, their constraint, their history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, F, Q, QuerySet

from evaluation.enums import BatchState, FigureKind, FullMarkRule, OwnMarkRule, Scope
from evaluation.scheme.models.scheme import Dimension, Figure, FigureBatch, FigureChange, Scheme
from evaluation.scheme.queries.schemes import SchemeView, scheme_view
from evaluation.scheme.rules.figures import split_share
from miyun_kpi.db.finding import one_of
from miyun_kpi.gazette.models import Clause
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.enums import Zone
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import successors

VALUE_WORDS: dict[str, dict[str, str]] = {
    FigureKind.CARRIED: {"yes": "承担", "no": "不承担"},
    FigureKind.SCOPE: {str(one.value): str(one.label) for one in Scope},
    FigureKind.FULL_MARK: {str(one.value): str(one.label) for one in FullMarkRule},
    FigureKind.OWN_MARK: {str(one.value): str(one.label) for one in OwnMarkRule},
    FigureKind.ROW_READING: {"zone": "按分区取"},
}


def choices_of(kind: str) -> list[tuple[str, str]]:
    """The values a figure of this kind may take; empty where it is typed."""
    return list(VALUE_WORDS.get(kind, {}).items())


def value_words(kind: str, value: str, names: Mapping[str, str]) -> str:
    """A value as people read it; `names` gives organisations by code."""
    if kind == FigureKind.WEIGHT:
        return f"{value} 分"
    if kind == FigureKind.SHARE:
        code, share = split_share(value)
        return f"{names.get(code, code)} {'独家' if share == 1 else share}"
    return VALUE_WORDS.get(kind, {}).get(value, value)


def subject_words(figure: Figure) -> str:
    """What the figure is about. Needs `indicator` and `organisation` loaded."""
    item = f"{figure.indicator.number} {figure.indicator.short_name}" if figure.indicator else ""
    if figure.kind == FigureKind.WEIGHT:
        return f"{item} · {figure.get_zone_display()}分值" if figure.zone else f"{item} · 分值"
    if figure.kind == FigureKind.SHARE:
        return f"{item} · 考评部门与份额" + (f"（{figure.part}）" if figure.part else "")
    if figure.kind == FigureKind.CARRIED:
        return f"{figure.organisation} · {item}"
    if figure.kind == FigureKind.ROW_READING:
        return f"{figure.organisation} · 整行分值"
    return f"{item} · {figure.get_kind_display()}" if item else str(figure.get_kind_display())


def organisation_names(figures: Iterable[Figure], values: Iterable[str] = ()) -> dict[str, str]:
    """Names by code for the shares among the figures and further values, in at most one query."""
    names = {f.organisation.code: f.organisation.name for f in figures if f.organisation}
    codes = {split_share(value)[0] for value in values if ":" in value}
    if codes - names.keys():
        names |= dict(Organisation.objects.filter(code__in=codes).values_list("code", "name"))
    return names


# ── one figure ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class SourceLine:
    number: int
    text: str


@dataclass(frozen=True)
class Source:
    """The clause a figure comes from, line by line as scanned."""

    clause: Clause
    lines: Sequence[SourceLine]

    @property
    def span(self) -> str:
        first, last = self.clause.line_from, self.clause.line_to
        return f"{first}" if first == last else f"{first}–{last}"


@dataclass(frozen=True)
class Constraint:
    """What is printed about the sum this figure belongs to, and the sum as it stands."""

    sentence: str
    addends: str
    total: str
    wanted: str
    clause: str
    quotation: SourceLine | None

    @property
    def agrees(self) -> bool:
        return self.total == self.wanted


@dataclass(frozen=True)
class PastChange:
    batch: FigureBatch
    old: str
    new: str
    replaced: bool


@dataclass(frozen=True)
class FigureView:
    figure: Figure
    subject: str
    words: str
    source: Source | None
    constraint: Constraint | None
    effect: str
    users: Sequence[str]
    history: Sequence[PastChange]
    names: dict[str, str]
    next_unsettled: Figure | None

    @property
    def choices(self) -> list[tuple[str, str]]:
        return choices_of(self.figure.kind)

    @property
    def share_parts(self) -> tuple[str, str]:
        """Evaluator's name and share as typed."""
        code, share = split_share(self.figure.value)
        return self.names.get(code, code), str(share)


def figure_by(figure_id: int) -> Figure:
    found = Figure.objects.select_related("scheme", "indicator", "indicator__dimension", "organisation")
    figure = one_of(found.filter(pk=figure_id, scheme__in=Scheme.objects.issued()))
    return figure


def figure_view(figure: Figure, *, proposals: bool, view: SchemeView | None = None) -> FigureView:
    """All that the panel of a figure says. `proposals`: also those not checked yet (the office's own business)."""
    view = view or scheme_view(figure.scheme)
    history = (
        FigureChange.objects.filter(figure=figure)
        .exclude(batch__state__in=(BatchState.RETURNED, BatchState.WITHDRAWN))
        .select_related("batch")
        .order_by("-batch_id")
    )
    if not proposals:
        history = history.filter(batch__state=BatchState.CHECKED)
    changes = list(history)
    values = [figure.value, *(c.old_value for c in changes), *(c.new_value for c in changes)]
    names = organisation_names([figure], values if figure.kind == FigureKind.SHARE else [])
    effect, users = _effect(view, figure)
    later = [f for f in view.unconfirmed if f.order > figure.order] or view.unconfirmed
    return FigureView(
        figure,
        subject_words(figure),
        value_words(figure.kind, figure.value, names),
        _source(figure.scheme.document_id, figure.clause),
        _constraint(view, figure),
        effect,
        users,
        [_past(change, figure.kind, names) for change in changes],
        names,
        next((f for f in later if f.pk != figure.pk), None),
    )


def _past(change: FigureChange, kind: str, names: Mapping[str, str]) -> PastChange:
    old, new = (value_words(kind, value, names) for value in (change.old_value, change.new_value))
    return PastChange(change.batch, old, new, change.old_value != change.new_value)


def _source(document: str | None, ref: str) -> Source | None:
    clause = Clause.objects.select_related("document").filter(document__ref=document, ref=ref).first()
    if clause is None:
        return None
    lines = [
        SourceLine(number, text.replace("\t", "　").strip().replace("**", ""))
        for number, text in enumerate(clause.text.split("\n"), start=clause.line_from)
        if text.strip()
    ]
    return Source(clause, lines)


def _constraint(view: SchemeView, figure: Figure) -> Constraint | None:
    iv = next((one for one in view.indicators if one.indicator.pk == figure.indicator_id), None)
    if iv is None:
        return None
    if figure.kind == FigureKind.WEIGHT:
        return _weight_constraint(view, iv.indicator.dimension, figure.zone)
    if figure.kind == FigureKind.SHARE:
        parts = [one.share for one in iv.shares]
        return Constraint(
            f"第 {iv.indicator.number} 项各考评部门份额合计须为 1",
            " + ".join(str(part) for part in parts),
            str(sum(parts, Fraction(0))),
            "1",
            iv.indicator.clause,
            None,
        )
    return None


def _weight_constraint(view: SchemeView, dimension: Dimension, zone: str) -> Constraint:
    own = [iv for iv in view.indicators if iv.indicator.dimension_id == dimension.pk]
    first, last = own[0].indicator.number, own[-1].indicator.number
    wanted = f"{view.dimension_totals[zone, dimension.code]:f}".rstrip("0").rstrip(".")
    weights = [iv.weight(zone) for iv in own]
    label = Zone(zone).label if zone else ""
    source = _source(view.scheme.document_id, dimension.clause)
    lines = source.lines if source else []
    quotation = next((line for line in lines if label and line.text.startswith(label)), None)
    if not label and lines:
        quotation = next((line for line in lines if wanted in line.text and dimension.name not in line.text), None)
    return Constraint(
        f"{label}{dimension.name}第 {first}–{last} 项合计须为 {wanted}"
        if first != last
        else f"{label}{dimension.name}须为 {wanted}",
        " + ".join(f"{weight:f}" for weight in weights),
        f"{sum(weights, Decimal(0)):f}",
        wanted,
        dimension.clause,
        quotation,
    )


def _effect(view: SchemeView, figure: Figure) -> tuple[str, list[str]]:
    """A sentence and the organisations whose totals use the figure."""
    everybody = [o.name for o in view.organisations]
    iv = next((one for one in view.indicators if one.indicator.pk == figure.indicator_id), None)
    carriers = [o.name for o in view.organisations if iv and o.pk in iv.carriers]
    if figure.kind == FigureKind.WEIGHT:
        users = [o.name for o in view.organisations if o.zone == figure.zone]
        where = Zone(figure.zone).label if figure.zone else "政府部门"
        return f"用到它的：{where} {len(users)} 家的合计与名次（无此项任务的按平均分乘它）。", users
    if figure.kind == FigureKind.SHARE:
        return f"用到它的：承担这一项的 {len(carriers)} 家的得分，无此项任务的平均分也随之变。", carriers
    if figure.kind == FigureKind.CARRIED:
        assert figure.organisation is not None
        if figure.value == "yes":
            return f"{figure.organisation.name}由考评部门打分，并计入这一项的平均分。", [figure.organisation.name]
        return f"{figure.organisation.name}不打分，取承担单位的平均分（方案附件的注）。", [figure.organisation.name]
    if figure.kind == FigureKind.SCOPE:
        return "决定哪些期间为这一项开打分表；不在考评范围的期间为“本期不考”。", carriers
    if figure.kind == FigureKind.ROW_READING:
        assert figure.organisation is not None
        return f"{figure.organisation.name}整行分值与本分区其他镇相同。", [figure.organisation.name]
    return f"用到它的：本类别全部 {len(everybody)} 家。", everybody


# ── batches ──────────────────────────────────────────────────────────────────────────────────────


def batches_visible(scheme: Scheme, *, everything: bool) -> QuerySet[FigureBatch]:
    """With the numbers of changes; those that were checked are everybody's to read, the others the office's."""
    found = FigureBatch.objects.filter(scheme=scheme)
    if not everything:
        found = found.filter(state=BatchState.CHECKED)
    replaced = ~Q(changes__new_value=F("changes__old_value"))
    return found.annotate(count=Count("changes"), replaced=Count("changes", filter=replaced)).order_by("-id")


def pending_batches(scheme: Scheme) -> list[FigureBatch]:
    return list(batches_visible(scheme, everything=True).filter(state=BatchState.PROPOSED))


def batch_by(batch_id: int) -> FigureBatch:
    batch = one_of(FigureBatch.objects.select_related("scheme").filter(pk=batch_id))
    return batch


@dataclass(frozen=True)
class ChangeLine:
    figure: Figure
    subject: str
    old: str
    new: str
    replaced: bool
    stale: bool
    now: str


def change_lines(batch: FigureBatch) -> list[ChangeLine]:
    """Every change of a batch in words, replacements first, in two queries."""
    changes = list(
        batch.changes.select_related("figure", "figure__indicator", "figure__organisation").order_by("figure__order")
    )
    shares = [c for c in changes if c.figure.kind == FigureKind.SHARE]
    values = [v for c in shares for v in (c.old_value, c.new_value, c.figure.value)]
    names = organisation_names((c.figure for c in changes), values)
    open_ = batch.state == BatchState.PROPOSED
    lines = [
        ChangeLine(
            c.figure,
            subject_words(c.figure),
            value_words(c.figure.kind, c.old_value, names),
            value_words(c.figure.kind, c.new_value, names),
            c.old_value != c.new_value,
            open_ and c.figure.version != c.seen_version,
            value_words(c.figure.kind, c.figure.value, names),
        )
        for c in changes
    ]
    return sorted(lines, key=lambda line: not line.replaced)


@dataclass(frozen=True)
class ProposalLine:
    """A chosen figure in the form: `typed` as sent (a share without its evaluator), `problem` the sentence at it."""

    figure: Figure
    subject: str
    words: str
    typed: str
    evaluator: str
    problem: str

    @property
    def is_share(self) -> bool:
        return self.figure.kind == FigureKind.SHARE

    @property
    def choices(self) -> list[tuple[str, str]]:
        return choices_of(self.figure.kind)


def proposal_lines(chosen: Sequence[Figure], refusal: Refused | None = None) -> list[ProposalLine]:
    """`chosen` carry what is wanted in an attribute `wanted`."""
    problems = {error.field: error.message for error in refusal.errors} if refusal else {}
    names = organisation_names(chosen)
    lines = []
    for figure in chosen:
        wanted = str(figure.wanted)
        who, _, share = wanted.rpartition(":") if figure.kind == FigureKind.SHARE else ("", "", wanted)
        words = value_words(figure.kind, figure.value, names)
        problem = problems.get(figure.key, "")
        lines.append(ProposalLine(figure, subject_words(figure), words, share, names.get(who, who), problem))
    return lines


def evaluator_names() -> list[str]:
    """Whom a share may name: every organisation of today, in order."""
    return list(Organisation.objects.in_printed_order().filter(valid_to__isnull=True).values_list("name", flat=True))


def ended_evaluator(body: Organisation) -> str:
    """Why it is not named anew as an evaluator, and who took it over; "" while it stands."""
    if body.valid_to is None:
        return ""
    took = "、".join(one.name for one in successors([body])[body.pk])
    gone = f"由{took}承接" if took else "没有承接的单位"
    return f"{body.name}已于 {body.valid_to} 撤并（{gone}），没有人能以它的名义打分。请改选现有的单位。"
