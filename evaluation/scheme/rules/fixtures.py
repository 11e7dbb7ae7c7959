"""What must hold of the committed scheme fixtures against the source text; pure, for the check and the tests."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evaluation.enums import FigureStatus
from evaluation.scheme.rules.figures import check_dimension_sums, check_shares, read_share
from miyun_kpi.gazette.rules.texts import squeeze

Data = Mapping[str, Any]
# The fixture sets quotation marks that the scan has lost or turned; they are no words.
_MARKS = re.compile(r"[“”\"‘’'〈〉《》<>«»]")
# What a printed zero-width or a joined line leaves behind is dropped with the blanks; commas are one sign.
_COMMAS = str.maketrans({"，": ",", "；": ";", "：": ":", "（": "(", "）": ")", "、": ","})


def bare(text: str) -> str:
    return _MARKS.sub("", squeeze(text)).translate(_COMMAS).replace("**", "")


def sum_problems(data: Data) -> list[str]:
    """Weights against the printed totals per zone and dimension, shares against 1."""
    names = {d["code"]: d["name"] for d in data["dimensions"]}
    totals = {(zone, d["name"]): Decimal(total) for d in data["dimensions"] for zone, total in d["totals"].items()}
    weights: dict[tuple[str, str], list[Decimal]] = {}
    for indicator in data["indicators"]:
        for zone, weight in indicator["weights"].items():
            weights.setdefault((zone, names[indicator["dimension"]]), []).append(Decimal(weight["value"]))
    shares = {i["number"]: [read_share(e["share"]) for e in i["evaluators"]] for i in data["indicators"]}
    return check_dimension_sums(weights, totals) + check_shares(shares)


def sheet_count(data: Data) -> int:
    return sum(len(i["evaluators"]) for i in data["indicators"])


def hundred(data: Data) -> list[str]:
    """Zones whose printed totals are not 100 together."""
    zones = data["dimensions"][0]["totals"]
    sums = {zone: sum(Fraction(d["totals"][zone]) for d in data["dimensions"]) for zone in zones}
    return [f"{zone or '全部'}合计 {total}，须为 100。" for zone, total in sums.items() if total != 100]


def quotations(data: Data) -> list[tuple[str, str]]:
    """(clause, words) that a fixture takes from the text: names, bases, documents, sub-indicators, the printed list."""
    found = [(data["printed_evaluators"]["clause"], name) for name in data["printed_evaluators"]["names"]]
    for indicator in data["indicators"]:
        clause = indicator["clause"]
        found.append((clause, indicator["name"]))
        found += [(clause, part) for part in re.split(r"[\s\n]+", indicator["basis"]) if part]
        found += [(clause, words) for words in indicator["basis_documents"]]
        found += [(clause, words) for words in indicator.get("sub_indicators", ())]
    return found


def unquoted(data: Data, texts: Mapping[str, str]) -> list[str]:
    """Quoted words that do not occur in the text of their clause (`texts`: text by clause reference)."""
    cleaned = {ref: bare(text) for ref, text in texts.items()}
    return [f"{ref}：{words}" for ref, words in quotations(data) if bare(words) not in cleaned.get(ref, "")]


def figures(data: Data) -> Iterable[Data]:
    """Every figure of a fixture with a status and a clause."""
    for indicator in data["indicators"]:
        yield from indicator["weights"].values()
        yield from indicator["evaluators"]
        yield indicator["scope"]
    yield from data["settings"]
    yield from data["row_readings"]
    for row in data.get("carriers", ()):
        for cell in row["cells"]:
            yield {**cell, "clause": row["clause"]}


def unplaced(data: Data, references: Iterable[str]) -> list[str]:
    """Figures whose clause does not exist, and readings that do not say why they are no more than that."""
    known = set(references)
    wrong = [f"条款“{one['clause']}”不存在。" for one in figures(data) if one["clause"] not in known]
    for one in figures(data):
        if one["status"] != FigureStatus.PRINTED and not one.get("note"):
            wrong.append(f"{one['clause']}：{FigureStatus(one['status']).label}的数字没有说明。")
    return wrong
