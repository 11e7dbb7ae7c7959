"""据实打分: the record of one unit beside its mark, by the lines that the office keeps; and those lines as its page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evaluation.enums import FigureKind
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.scheme.rules.figures import split_share
from evaluation.sheets.models.marks import MarkSheet
from evaluation.sheets.models.record import RecordLine
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.citations import cite
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.on_record import Fact, Source, Span, Told, facts_of, providers, source_of


@dataclass(frozen=True)
class Beside:
    """One line of the mapping with what it gives of the unit; `source` None where nobody answers it any more."""

    line: RecordLine
    source: Source
    facts: Sequence[Fact]


def record_beside(sheet: MarkSheet, organisation: Organisation, at: datetime) -> Sequence[Beside]:
    """One query for the lines and one for each provider they name; what an earlier period left open stands behind its own."""
    lines = [
        (line, source)
        for line in RecordLine.objects.filter(share_figure=sheet.share_figure_id, withdrawn_at__isnull=True)
        if (source := source_of(line.provider, line.source))
    ]
    code = sheet.period.period_code
    span = Span([organisation], code.first_day, code.last_day, at, unended=True)
    found = facts_of(span, [(line.provider, line.source) for line, _ in lines])
    return [
        Beside(line, source, found.get((organisation.pk, line.provider, line.source), ())) for line, source in lines
    ]


def told_beside(record: Sequence[Beside]) -> tuple[list[tuple[str, str]], Told]:
    """The same as a condition looks at it: the sources, and what they tell of the period itself."""
    told: Told = {}
    for one in record:
        for fact in one.facts:
            if not fact.earlier:
                told.setdefault((fact.unit, one.line.provider, one.line.source), []).append(fact)
    return [(one.line.provider, one.line.source) for one in record], told


@dataclass(frozen=True)
class KeptLine:
    line: RecordLine
    share: str
    provider: str
    source: Source | None


def share_words(figure: Figure) -> str:
    _, share = split_share(figure.value)
    part = f" · {figure.part}" if figure.part else "" if share == 1 else f" · 份额 {share}"
    number, name = (figure.indicator.number, figure.indicator.short_name) if figure.indicator else (0, "")
    return f"{number:02d} {name} · {figure.organisation.name if figure.organisation else ''}{part}"


def kept_lines(scheme: Scheme) -> Sequence[KeptLine]:
    """Those in force first, in printed order; then the withdrawn, the last first."""
    labels = {one.code: one.label for one in providers()}
    found = RecordLine.objects.filter(share_figure__scheme=scheme).select_related(
        "share_figure__indicator", "share_figure__organisation"
    )
    rows = [
        KeptLine(
            one,
            share_words(one.share_figure),
            labels.get(one.provider, one.provider),
            source_of(one.provider, one.source),
        )
        for one in found
    ]
    standing = sorted(
        (row for row in rows if row.line.withdrawn_at is None),
        key=lambda row: (row.line.share_figure.order, row.line.pk),
    )
    gone = [row for row in rows if row.line.withdrawn_at is not None]
    return [*standing, *sorted(gone, key=lambda row: row.line.pk, reverse=True)]


def line_of(scheme: Scheme, line_id: int) -> RecordLine:
    return one_of(RecordLine.objects.filter(share_figure__scheme=scheme, pk=line_id))


def share_choices(scheme: Scheme) -> list[tuple[int, str]]:
    shares = Figure.objects.filter(kind=FigureKind.SHARE, scheme=scheme).select_related("indicator", "organisation")
    return [(one.pk, share_words(one)) for one in shares.order_by("indicator__number", "order")]


def source_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """By provider; a register is named with its clause, for two documents may have one of the same name."""
    found = []
    for provider in providers():
        rows = [(f"{provider.code}:{one.code}", _named(one)) for one in provider.sources()]
        found.append((provider.label, rows))
    return found


def _named(source: Source) -> str:
    place = cite(source.document, source.clause) if source.clause else ""
    return f"{source.label}（{place}）" if place else source.label
