#!/usr/bin/env python3
"""复算一份排名，或一家的得分明细。只用 Python 自带的库（3.8 以上），不联网，不改任何文件。

用法：把本文件和下载的“输入清单.json”“结果.json”“摘要.json”放在同一个文件夹，运行
    python3 recompute.py [文件夹]
或者和“得分明细.json”放在一起，复算这一家的合计。全部一致时退出码为 0，否则为 1。
"""

from __future__ import annotations

import hashlib
import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

ARITHMETIC = "2"
# What stands around the hashed result: who it is and what became of it later.
AROUND = (
    "id",
    "number",
    "digest",
    "state",
    "computed_at",
    "published_at",
    "corrects",
    "corrected_by",
    "previous",
    "first",
)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def digest(data: Any) -> str:
    """SHA-256 over the canonical text, as 输入摘要 and 结果摘要 are made."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def rounded(value: Fraction, places: int) -> str:
    """Half up, away from zero at exactly half, as text."""
    scaled = abs(value) * 10**places
    whole = int(scaled)
    if scaled - whole >= Fraction(1, 2):
        whole += 1
    digits = str(whole).rjust(places + 1, "0")
    sign = "-" if value < 0 and whole else ""
    return sign + digits[:-places] + "." + digits[-places:]


# ── a whole ranking from its inputs ──────────────────────────────────────────────────────────────


class Inputs:
    def __init__(self, data: Any) -> None:
        self.data = data
        self.figures = {key: value for key, (value, _) in data["figures"].items()}
        self.units = data["zones"]
        left_out = {one["share"] for one in data["decisions"] if one["kind"] == "leave_out"}
        self.items: dict[int, dict[str, Fraction]] = {}
        for key, value in self.figures.items():
            if key.startswith("share/"):
                number = int(key.split("/")[1])
                shares = self.items.setdefault(number, {})
                if key not in left_out:
                    shares[key] = Fraction(value.rpartition(":")[2])
        self.means: dict[str, Fraction | None] = {}

    def examined(self, number: int) -> bool:
        """Whether an item counts in the period: by its 考评范围, and while one of its shares is counted."""
        if not self.items[number]:
            return False
        period, scope = self.data["period"], self.figures[f"scope/{number}"]
        if "Q" not in period or scope == "quarter":
            return True
        return scope == "half" and period[-1] in "24"

    def weight(self, number: int, zone: str) -> Fraction:
        return Fraction(self.figures[f"weight/{number}/{zone or 'all'}"])

    def carries(self, number: int, unit: str) -> bool:
        return self.figures.get(f"carried/{number}/{unit}") == "yes"

    def mark(self, key: str, unit: str) -> Any:
        """A rate, "excused" or None while it is missing."""
        cell = self.data["marks"].get(f"{key}@{unit}")
        if cell is None:
            return None
        if len(cell) > 2:
            return "excused"
        return None if cell[0] is None else Fraction(cell[0]) / Fraction(cell[1])

    def mean(self, number: int, key: str) -> Fraction | None:
        """The mean rate of those who carry the item and have a mark; None while one is missing or nobody has one."""
        if key not in self.means:
            marks = [self.mark(key, unit) for unit in self.units if self.carries(number, unit)]
            rates = [one for one in marks if one != "excused"]
            self.means[key] = sum(rates) / len(rates) if rates and None not in rates else None
        return self.means[key]

    def rate(self, number: int, key: str, unit: str) -> Fraction | None:
        own: Fraction | str | None = self.mark(key, unit) if self.carries(number, unit) else "excused"
        return self.mean(number, key) if isinstance(own, str) else own

    def percent(self, unit: str) -> Fraction | None:
        """100 × what the unit got ÷ what was examined of it; None while a mark is missing."""
        zone = self.units[unit][0]
        got = examined = Fraction(0)
        for number, shares in self.items.items():
            if not self.examined(number):
                continue
            weight, whole = self.weight(number, zone), sum(shares.values())
            examined += weight
            for key, share in shares.items():
                rate = self.rate(number, key, unit)
                if rate is None:
                    return None
                got += weight * share / whole * rate
        return got * 100 / examined if examined else None

    def total(self, unit: str) -> str | None:
        """The value that is ranked, as printed; None while something is missing."""
        base = self.percent(unit)
        method = self.data.get("year_method")
        if method:
            parts: list[tuple[Fraction, Any]] = []
            for period, weight in method["weights"].items():
                if Fraction(weight):
                    value: Any = base
                    if period != self.data["period"]:
                        value = self.data["quarters"].get(period, {"results": {}})["results"].get(unit)
                    parts.append((Fraction(weight), value))
            missing = any(value is None for _, value in parts)
            base = None if missing else sum((weight * Fraction(value) for weight, value in parts), Fraction(0))
        if base is None:
            return None
        points = [Fraction(one["points"]) for one in self.data.get("adjustments", ()) if one["organisation"] == unit]
        return rounded(base + sum(points), self.data["rank_precision"])


def places(totals: dict[str, str | None]) -> dict[str, int | None]:
    """Competition rank: as many as stand higher, and one."""
    known = [Fraction(total) for total in totals.values() if total is not None]
    return {
        unit: None if total is None else 1 + sum(other > Fraction(total) for other in known)
        for unit, total in totals.items()
    }


def check_ranking(folder: Path) -> list[str]:
    inputs = json.loads((folder / "输入清单.json").read_text("utf-8"))
    document = json.loads((folder / "结果.json").read_text("utf-8"))
    stated = json.loads((folder / "摘要.json").read_text("utf-8"))
    version = inputs["rule_version"].split(" ")[0]
    if version != ARITHMETIC:
        return [f"规则版本 {inputs['rule_version']} 不归本程序复算（本程序只算第 {ARITHMETIC} 版算法）"]
    problems = []
    if digest(inputs) != stated["输入摘要"]:
        problems.append("输入清单与输入摘要不一致")
    content = {key: value for key, value in document.items() if key not in AROUND}
    content["rows"] = [{k: v for k, v in row.items() if k != "previous_rank"} for row in document["rows"]]
    if digest(content) != stated["结果摘要"]:
        problems.append("结果与结果摘要不一致")
    found = Inputs(inputs)
    # Of a unit that was not there all year the meeting decides; only one that takes over its predecessor's quarters has a place.
    unplaced = {unit for unit, said in inputs.get("year_units", {}).items() if not said.startswith("承接")}
    totals = {unit: found.total(unit) for unit in found.units}
    ranked = {unit: total for unit, total in totals.items() if unit not in unplaced}
    ranks = places(ranked)
    rows = {row["organisation"]: row for row in document["rows"]}
    for unit in sorted(set(rows) ^ set(totals)):
        problems.append(f"{unit} 只在{'结果' if unit in rows else '输入清单'}里")
    for unit, row in rows.items():
        if unit in totals and (row["total"], row["rank"]) != (totals[unit], ranks.get(unit)):
            written, again = f"第 {row['rank']} 名、{row['total']}", f"第 {ranks.get(unit)} 名、{totals[unit]}"
            problems.append(f"{row['name']}：结果写{written}，复算{again}")
    if not problems:
        say(f"{len(rows)} 家的合计和名次、输入摘要、结果摘要全部一致。")
    return problems


# ── one unit from its 得分明细 ───────────────────────────────────────────────────────────────────


def part(share: Any) -> Fraction:
    """Of one share: share × rate, the rate a mark over its full mark or a sum over its count."""
    full = Fraction(share["full_mark"])
    if share["basis"] == "average":
        return Fraction(share["share"]) * Fraction(share["sum"]) / (Fraction(share["divisor"]) * full)
    return Fraction(share["share"]) * Fraction(share["value"]) / full


def check_receipt(path: Path) -> list[str]:
    receipt = json.loads(path.read_text("utf-8"))
    problems: list[str] = []
    got = examined = Fraction(0)
    for item in receipt["items"]:
        if item["basis"] == "out-of-scope":
            continue
        if item["basis"] == "missing":
            return [f"第 {item['indicator']['number']} 项缺分，没有合计可复算"]
        score = Fraction(item["weight"]) * sum(part(share) for share in item["shares"])
        if rounded(score, 4) != item["score"]:
            problems.append(f"第 {item['indicator']['number']} 项写 {item['score']}，复算 {rounded(score, 4)}")
        got, examined = got + score, examined + Fraction(item["weight"])
    base = got * 100 / examined
    closing = receipt.get("closing")
    if closing:
        parts = [
            (Fraction(one["weight"]), base if one["period"] == receipt["period"] else Fraction(one["total"]))
            for one in closing["parts"]
        ]
        base = sum((weight * value for weight, value in parts), Fraction(0))
    base += sum(Fraction(one["points"]) for one in receipt["adjustments"])
    precision = len(receipt["total"].partition(".")[2])
    if rounded(base, precision) != receipt["total"]:
        problems.append(f"合计写 {receipt['total']}，复算 {rounded(base, precision)}")
    if not problems:
        say(f"{receipt['name']}：{len(receipt['items'])} 项得分和合计 {receipt['total']} 全部一致。")
    return problems


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    try:
        if (folder / "得分明细.json").exists():
            problems = check_receipt(folder / "得分明细.json")
        else:
            problems = check_ranking(folder)
    except (OSError, ValueError, KeyError, TypeError, ZeroDivisionError) as error:
        problems = [f"文件缺少或读不出，没有复算：{error}"]
    for problem in problems:
        say(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
