"""A draft beside the scheme it continues, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.drafting.rules.scheme_compare import KIND_WORDS, Change, Compared, compare
from evaluation.enums import FigureKind
from evaluation.scheme.models.scheme import Scheme
from evaluation.scheme.queries.figures import value_words
from evaluation.scheme.queries.schemes import IndicatorView, SchemeView, scheme_view
from miyun_kpi.lib.decimals import plain
from miyun_kpi.organisations.enums import Zone


@dataclass(frozen=True)
class Comparison:
    old: Scheme
    new: Scheme
    changes: Sequence[Change]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Words of the kinds that occur, with how often."""
        found = dict.fromkeys(KIND_WORDS, 0)
        for change in self.changes:
            found[change.kind] += 1
        return [(KIND_WORDS[kind], count) for kind, count in found.items() if count]

    @property
    def rows(self) -> list[tuple[str, Change]]:
        return [(KIND_WORDS[change.kind], change) for change in self.changes]


def comparison(scheme: Scheme) -> Comparison | None:
    """None for a scheme that continues no other."""
    if scheme.copied_from is None:
        return None
    old, new = scheme_view(scheme.copied_from), scheme_view(scheme)
    pairs = paired(old, new)
    changes = compare([(_compared(a, old) if a else None, _compared(b, new) if b else None) for a, b in pairs])
    return Comparison(scheme.copied_from, scheme, [*changes, *_totals(old, new), *_rules(old, new)])


def paired(old: SchemeView, new: SchemeView) -> list[tuple[IndicatorView | None, IndicatorView | None]]:
    """In the order of the new; the removed behind. By what was kept at copying, else by number and short name."""
    left = {iv.indicator.pk: iv for iv in old.indicators}
    claimed = {iv.indicator.from_indicator_id for iv in new.indicators}
    by_name = {(iv.indicator.number, iv.indicator.short_name): pk for pk, iv in left.items() if pk not in claimed}
    found: list[tuple[IndicatorView | None, IndicatorView | None]] = []
    for iv in new.indicators:
        pk = iv.indicator.from_indicator_id or by_name.get((iv.indicator.number, iv.indicator.short_name))
        found.append((left.pop(pk, None) if pk else None, iv))
    return [*found, *((iv, None) for iv in left.values())]


def _compared(iv: IndicatorView, view: SchemeView) -> Compared:
    names = {o.pk: o.name for o in view.organisations}
    return Compared(
        number=iv.indicator.number,
        short_name=iv.indicator.short_name,
        name=iv.indicator.name,
        basis=iv.indicator.basis,
        dimension=iv.indicator.dimension.name,
        scope=value_words(FigureKind.SCOPE, iv.scope.value, {}),
        weights={Zone(zone).label if zone else "": iv.weight(zone) for zone in iv.weights},
        evaluators=[
            f"{s.evaluator.name} {'独家' if s.sole else s.share}{f'（{s.figure.part}）' if s.figure.part else ''}"
            for s in iv.shares
        ],
        carriers=frozenset(names[pk] for pk in iv.carriers if pk in names),
    )


def _totals(old: SchemeView, new: SchemeView) -> list[Change]:
    names = {iv.indicator.dimension.code: iv.indicator.dimension.name for v in (old, new) for iv in v.indicators}
    found = []
    for zone, code in dict.fromkeys((*old.dimension_totals, *new.dimension_totals)):
        before, after = old.dimension_totals.get((zone, code)), new.dimension_totals.get((zone, code))
        if before != after:
            subject = f"{Zone(zone).label if zone else ''}{names.get(code, code)}"
            words = ["" if one is None else plain(one) for one in (before, after)]
            found.append(Change("total", subject, words[0], words[1]))
    return found


def _rules(old: SchemeView, new: SchemeView) -> list[Change]:
    return [
        Change(
            "rule",
            str(figure.get_kind_display()),
            value_words(kind, old.settings[kind].value, {}),
            value_words(kind, figure.value, {}),
        )
        for kind, figure in new.settings.items()
        if kind in old.settings and old.settings[kind].value != figure.value
    ]
