"""What a bulletin may say of a frozen ranking: each figure under a name of its source, with how open it is (engine 18)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from miyun_kpi.lib.decimals import half_up

Json = Mapping[str, Any]

# 公开范围 from narrow to wide; a figure of a wider level than the ranking's is not printed.
LEVELS = ("rank", "total", "dimensions")
TRACK_WORDS = {"township": "镇街", "department": "部门"}
GROUP_WORDS = {
    "core": "新城核心区",
    "green": "绿色发展区",
    "eco": "生态保护区",
    "economic": "经济功能区",
    "agency": "区属行政机关",
    "vertical": "垂直管理部门",
    "institution": "事业单位",
}


@dataclass(frozen=True)
class Fact:
    """`value` as it is printed; `track` whose ranking it comes from."""

    value: str
    level: str
    track: str


def within(level: str, scope: str) -> bool:
    return LEVELS.index(level) <= LEVELS.index(scope)


def facts_of(document: Json) -> dict[str, Fact]:
    """Every figure of one frozen ranking by its source: 总分·北庄镇, 平均分·镇街, 前5名·镇街."""
    track = document["track"]
    return {key: Fact(value, level, track) for key, value, level in _facts(document, TRACK_WORDS[track])}


def _facts(document: Json, word: str) -> Iterator[tuple[str, str, str]]:
    rows: Sequence[Json] = document["rows"]
    ranked = ranked_rows(document)
    yield f"家数·{word}", str(len(rows)), "rank"
    yield f"有名次家数·{word}", str(len(ranked)), "rank"
    yield f"缺分格数·{word}", str(len(document["missing"])), "rank"
    yield f"未确认处数·{word}", str(len(document["unconfirmed"])), "rank"
    yield from _spread(word, ranked)
    for group in GROUP_WORDS:
        members = [row for row in rows if group in (row["zone"], row["category"])]
        # A zone is of townships, a category of departments: the other of the two says nothing there.
        if members and (group in _ZONES) == (document["track"] == "township"):
            yield f"家数·{word}·{GROUP_WORDS[group]}", str(len(members)), "rank"
            complete = [row for row in members if row["total"] is not None]
            if complete:
                yield f"平均分·{word}·{GROUP_WORDS[group]}", mean_total(complete), "total"
    for row in ranked:
        yield from _of_row(row, document)
    for rank in sorted({row["rank"] for row in ranked}):
        yield f"第{rank}名·{word}", names_of([row for row in ranked if row["rank"] == rank]), "rank"
    for count in range(1, len(ranked) + 1):
        yield f"前{count}名·{word}", names_of(first_rows(document, count)), "rank"
        yield f"后{count}名·{word}", names_of(last_rows(document, count)), "rank"


_ZONES = ("core", "green", "eco", "economic")


def _spread(word: str, ranked: Sequence[Json]) -> Iterator[tuple[str, str, str]]:
    if not ranked:
        return
    totals = [Decimal(row["total"]) for row in ranked]
    yield f"平均分·{word}", mean_total(ranked), "total"
    yield f"最高分·{word}", f"{max(totals):.4f}", "total"
    yield f"最低分·{word}", f"{min(totals):.4f}", "total"
    yield f"分差·{word}", f"{max(totals) - min(totals):.4f}", "total"


def _of_row(row: Json, document: Json) -> Iterator[tuple[str, str, str]]:
    name = row["name"]
    yield f"名次·{name}", str(row["rank"]), "rank"
    yield f"总分·{name}", row["total"], "total"
    group = row["zone_rank"] if document["track"] == "township" else row["category_rank"]
    if group is not None:
        yield f"组内名次·{name}", str(group), "rank"
    if row["previous_rank"] is not None:
        yield f"上次名次·{name}", str(row["previous_rank"]), "rank"
    for dimension in row["dimensions"]:
        yield f"得分·{name}·{dimension['name']}", dimension["score"], "dimensions"


def ranked_rows(document: Json) -> list[Json]:
    return [row for row in document["rows"] if row["rank"] is not None]


def first_rows(document: Json, count: int) -> list[Json]:
    """The first `count` with all who share the last place among them."""
    return [row for row in ranked_rows(document) if row["rank"] <= count]


def last_rows(document: Json, count: int) -> list[Json]:
    """The last `count`; who shares a place with the first of them is among them too."""
    ranked = ranked_rows(document)
    if count <= 0 or not ranked:
        return []
    border = ranked[-min(count, len(ranked))]["rank"]
    return [row for row in ranked if row["rank"] >= border]


def mean_total(rows: Sequence[Json]) -> str:
    """Exact mean, rounded once to four decimals."""
    return f"{half_up(sum((Fraction(row['total']) for row in rows), Fraction()) / len(rows), 4):.4f}"


def notes_of(document: Json) -> list[str]:
    """缺表处理决定, 考评对象调整决定 and what is ranked (engine 10, 11) are named wherever the result is; the office cannot edit these away."""
    ranked = (
        "注：各单位实考满分不同，按折算百分（得分÷实考满分×100）排名，折算百分按精确值四舍五入一次。"
        if document["converted"]
        else "注：总分按精确值四舍五入一次，按印出的总分排名；各项印出的得分之和与总分之差为尾差。"
    )
    return [
        ranked,
        *(
            f"注：{one['evaluator']['name']}“{one['indicator']['name']}”打分表{one['words']}，"
            f"由{one['signer']}于{_day(one['signed_on'])}签批。"
            for one in document.get("decisions", [])
        ),
        *(
            f"注：{one['name']}{one['words']}，依据{one['number']}，理由：{one['reason'].rstrip('。')}。"
            for one in document.get("unit_decisions", [])
        ),
    ]


def _day(text: str) -> str:
    year, month, day = text.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


def names_of(rows: Sequence[Json]) -> str:
    return "、".join(row["name"] for row in rows)
