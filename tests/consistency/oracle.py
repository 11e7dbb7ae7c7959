"""A second opinion on the ranking, written apart from the engine: fractions, no integers scaled, no shared helper.

It reads only the list of inputs that is kept with every ranking, as anybody with a spreadsheet could.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Any

Json = dict[str, Any]


def round_half_up(value: Fraction, places: int) -> Decimal:
    """Away from zero at exactly half."""
    scaled = abs(value) * 10**places
    whole = scaled.numerator // scaled.denominator
    if scaled - whole >= Fraction(1, 2):
        whole += 1
    return (Decimal(whole) / 10**places) * (-1 if value < 0 else 1)


def totals(inputs: Json) -> dict[str, Decimal | None]:
    """The total of every organisation from `Ranking.inputs`; None while something is missing."""
    figures = {key: value for key, (value, _) in inputs["figures"].items()}
    numbers = sorted({int(key.split("/")[1]) for key in figures if key.startswith("weight/")})
    return {
        code: _closed(code, zone, numbers, figures, inputs, _total(code, zone, numbers, figures, inputs))
        for code, (zone, _) in inputs["zones"].items()
    }


def _closed(
    code: str, zone: str, numbers: list[int], figures: Json, inputs: Json, own: Fraction | None
) -> Decimal | None:
    """100 × what was got ÷ what was examined; the year weighs it with quarters as printed; points of 加减分 on top, then
    rounded once."""
    examined = _examined_weight(zone, numbers, figures, inputs)
    percent = None if own is None or not examined else own * 100 / examined
    base = percent
    if "year_method" in inputs:
        base = Fraction(0)
        for period, weight in inputs["year_method"]["weights"].items():
            if Fraction(weight) == 0:
                continue
            value = percent
            if period != inputs["period"]:
                text = inputs["quarters"].get(period, {"results": {}})["results"].get(code)
                value = None if text is None else Fraction(text)
            if value is None:
                return None
            base += Fraction(weight) * value
    if base is None:
        return None
    added = sum(Fraction(a["points"]) for a in inputs.get("adjustments", ()) if a["organisation"] == code)
    return round_half_up(base + added, inputs["rank_precision"])


def _examined_weight(zone: str, numbers: list[int], figures: Json, inputs: Json) -> Fraction:
    return sum(
        (
            Fraction(figures[f"weight/{number}/{zone or 'all'}"])
            for number in numbers
            if _examined(figures[f"scope/{number}"], inputs["period"]) and _shares(number, figures, inputs)
        ),
        Fraction(0),
    )


def _total(code: str, zone: str, numbers: list[int], figures: Json, inputs: Json) -> Fraction | None:
    total = Fraction(0)
    for number in numbers:
        if not _examined(figures[f"scope/{number}"], inputs["period"]):
            continue
        weight = Fraction(figures[f"weight/{number}/{zone or 'all'}"])
        rate = Fraction(0)
        shares = _shares(number, figures, inputs)
        if not shares:
            continue
        for key, share in shares.items():
            part = _rate(code, key, number, figures, inputs)
            if part is None:
                return None
            rate += share * part
        total += weight * rate
    return total


def _shares(number: int, figures: Json, inputs: Json) -> dict[str, Fraction]:
    """The shares of an item that count: one that the office left out of the period leaves its part to the others."""
    left_out = {d["share"] for d in inputs["decisions"] if d["kind"] == "leave_out"}
    keys = sorted(k for k in figures if k.startswith(f"share/{number}/") and k not in left_out)
    parts = {key: Fraction(figures[key].split(":")[1]) for key in keys}
    whole = sum(parts.values())
    return {key: part / whole for key, part in parts.items()}


def _examined(scope: str, period: str) -> bool:
    if "Q" not in period:
        return True
    return scope == "quarter" or (scope == "half" and period[-1] in "24")


def _rate(code: str, key: str, number: int, figures: Json, inputs: Json) -> Fraction | None:
    carriers = [o for o in inputs["zones"] if figures[f"carried/{number}/{o}"] == "yes"]
    cells = {o: inputs["marks"].get(f"{key}@{o}") for o in carriers}
    excused = {o for o, cell in cells.items() if cell and len(cell) == 3}
    if code in carriers and code not in excused:
        cell = cells[code]
        return None if not cell or cell[0] is None else Fraction(cell[0]) / Fraction(cell[1])
    rates = []
    for o in carriers:
        if o in excused:
            continue
        cell = cells[o]
        if not cell or cell[0] is None:
            return None
        rates.append(Fraction(cell[0]) / Fraction(cell[1]))
    return sum(rates, Fraction(0)) / len(rates)


def ranks(found: dict[str, Decimal | None]) -> dict[str, int | None]:
    known = [total for total in found.values() if total is not None]
    return {code: None if total is None else 1 + sum(other > total for other in known) for code, total in found.items()}
