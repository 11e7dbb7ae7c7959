"""The list of inputs kept and hashed with a ranking: what moves a total and nothing else (engine 14)."""

from operator import itemgetter
from typing import Any

from evaluation.engine.queries.engine_inputs import EngineInputs
from evaluation.engine.rules import documents
from evaluation.engine.rules.ranking import ARITHMETIC
from evaluation.enums import DecisionKind, FigureKind
from evaluation.scheme.models.scheme import Figure
from evaluation.scheme.rules.amendments import version_words

Json = dict[str, Any]
NOBODY: frozenset[str] = frozenset()


def rule_version(inputs: EngineInputs) -> str:
    """The number of the arithmetic and the version of the document with its 修订: `2 · 13号·1·修2` (engine 26)."""
    return f"{ARITHMETIC} · {version_words(inputs.view.scheme.rule_version, inputs.view.amended)}"


def listed_inputs(inputs: EngineInputs) -> Json:
    """Everything the totals follow from, so that anybody can recompute them. No names, no movement, no state of a sheet."""
    scheme, ranked = inputs.view.scheme, {o.pk for o in inputs.view.organisations}
    carriers = {share.key: item.carriers for item in inputs.items if item.in_scope for share in item.shares}
    return {
        "rule_version": rule_version(inputs),
        "rank_precision": scheme.rank_precision,
        "track": scheme.track,
        "year": scheme.year,
        "period": inputs.period.code,
        "figures": {
            f.key: [f.value, f.status if f.unsettled else "settled"] for f in inputs.view.figures if _counts(f, ranked)
        },
        "zones": {o.code: [o.zone, o.category] for o in inputs.view.organisations},
        "marks": {
            f"{key}@{code}": [
                documents.milli(cell.value),
                documents.milli(cell.full),
                *(["不适用"] if cell.not_applicable else []),
            ]
            for (key, code), cell in sorted(inputs.cells.items(), key=itemgetter(0))
            if code in carriers.get(key, NOBODY)
        },
        "decisions": [
            {"kind": decision.kind, "share": decision.sheet.share_figure.key}
            for decision in inputs.decisions
            if decision.kind == DecisionKind.LEAVE_OUT
        ],
        **(inputs.closing.as_inputs() if inputs.closing else {}),
    }


def _counts(figure: Figure, ranked: set[int]) -> bool:
    """What a unit carries counts while it is ranked; a reading of a row only while it keeps the result a trial."""
    if figure.kind == FigureKind.CARRIED:
        return figure.organisation_id in ranked
    return figure.kind != FigureKind.ROW_READING or figure.unsettled


def trial_inputs(missing: list[Json], problems: list[str]) -> Json:
    """What a trial says besides its totals: a trial that would say something else is another one. An official has none."""
    states = {(one["indicator"]["number"], one["evaluator"]["code"]): one["sheet"] for one in missing}
    return {
        "trial": {
            "missing": [[number, evaluator, state] for (number, evaluator), state in sorted(states.items())],
            "problems": problems,
        }
    }


def beside(inputs: EngineInputs) -> Json:
    """What the inputs are called and rest on, kept with the ranking for whoever reads it; it moves nothing."""
    closing = inputs.closing
    return {
        "names": {o.code: o.name for o in inputs.view.organisations},
        "evaluators": {
            share.figure.key: [inputs.evaluators[share.figure.key].code, inputs.evaluators[share.figure.key].name]
            for iv in inputs.view.indicators
            for share in iv.shares
        },
        "items": {str(iv.indicator.number): iv.indicator.short_name for iv in inputs.view.indicators},
        "loose": {figure.key: figure.status for figure in inputs.unconfirmed},
        "quarters": closing.quarters_stood_on() if closing else {},
    }
