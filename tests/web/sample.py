"""What the gallery pages are rendered with: one of every state, invented."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator

from miyun_kpi import charts
from miyun_kpi.lib.errors import Conflict
from miyun_kpi.web.registry import Notice
from miyun_kpi.web.shapes import STATES, ZONES

BEIJING = ZoneInfo("Asia/Shanghai")


class SampleForm(forms.Form):
    name = forms.CharField(label="名称")
    note = forms.CharField(label="说明", required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(label="类别", choices=[("a", "镇街"), ("b", "部门")], widget=forms.RadioSelect)


def at(*moment: int) -> datetime:
    return datetime(2020, 10, *moment, tzinfo=BEIJING)


def window() -> SimpleNamespace:
    return SimpleNamespace(starts_at=at(9), due_at=at(20, 18), late_until=at(23, 18), locks_at=at(28))


NAMES = [
    "鼓楼街道",
    "果园街道",
    "檀营地区",
    "密云镇",
    "巨各庄镇",
    "西田各庄镇",
    "穆家峪镇",
    "河南寨镇",
    "十里堡镇",
    "溪翁庄镇",
    "东邵渠镇",
    "石城镇",
    "太师屯镇",
    "北庄镇",
    "古北口镇",
    "新城子镇",
    "大城子镇",
    "高岭镇",
    "不老屯镇",
    "冯家峪镇",
]


def rows() -> list[dict[str, Any]]:
    special = {
        5: (
            "is-refused",
            "unsaved",
            "",
            "<b>105 超过本表满分 100，没有保存。</b>原值 84.5 仍有效。<a href='/x/'>改回 84.5</a>",
            "105",
        ),
        8: ("", "saving", "", "", "93.5"),
        9: (
            "is-changed",
            "changed",
            "",
            "<b>副经办 10:19 存为 88.0</b>，您输入 86.5。<a href='/x/'>用 88.0</a><a href='/x/'>用 86.5 并写明理由</a>",
            "86.5",
        ),
        12: ("is-typing", "typing", "", "", "94"),
        14: (
            "is-na",
            "not_applicable",
            "已存 10:19",
            "理由：本季河段移交，记录并入上游（演示）<a href='/x/'>改回打分</a>",
            "",
        ),
        15: ("is-blank", "blank", "", "", ""),
    }
    made = []
    for index, name in enumerate(NAMES):
        css, state, word, note, shown = special.get(
            index, ("", "saved", f"已存 10:{index:02d}", "", f"{85 + index * 7 % 11}.5")
        )
        value = Decimal(shown) if shown and not note else None
        zone = "core" if index < 4 else "green" if index < 11 else "eco"
        made.append(
            {
                "css": css,
                "state": state,
                "word": word,
                "note": note,
                "shown": shown,
                "value": value,
                "name": name,
                "zone": zone,
            }
            | {
                "weight": 3 if index < 11 else 4,
                "before": Decimal("86"),
                "change": None if value is None else value - 86,
            }
            | {"far": index == 12, "month": "late" if index % 6 == 5 else "on_time", "asks": index == 12}
            | {"remark": "与记录相差大，需写理由" if index == 12 else "雨污混接点整改慢" if index == 1 else ""}
        )
    return made


def days() -> list[dict[str, Any]]:
    """October 2020: the autumn holiday, the shifted Saturday, today the 19th."""
    made = []
    for number in range(1, 32):
        word = "四五六日一二三"[(number - 1) % 7]
        rest = (number <= 8 or word in "六日") and number != 10
        css = "today" if number == 19 else "rest" if rest else ""
        count = {15: ("迟 1", "missing"), 20: ("3", "due"), 23: ("止", "late")}.get(number, ("", ""))
        made.append(
            {"number": number, "word": "六·班" if number == 10 else word, "css": css}
            | {"count": count[0], "state": count[1]}
        )
    return made


def context() -> dict[str, Any]:
    form = SampleForm({"name": "", "kind": "x"})
    others = [83, 84, 85, 87, 88, 89, 90, 91, 92, 93]
    return {
        "window": window(),
        "now": at(19, 10, 24),
        "rows": rows(),
        "days": days(),
        "others": others,
        "mean": Decimal("88.2"),
        "periods": [
            ("一季 89.5", Decimal("89.5"), True),
            ("二季 86.0", Decimal(86), True),
            ("三季 94", Decimal(94), False),
        ],
        "notice": Notice(
            "trial", "分数全部为演示数据，名次只供试用，不得引用、不得通报。", "/evaluation/scheme/", "逐处确认"
        ),
        "zones": [("", "全部", 21), ("core", "新城核心区", 4, "core"), ("eco", "生态保护区", 9, "eco")],
        "refusal": Conflict(
            "sheet-closed", "这张表于 2020-10-28 00:00 锁定，您的 88.0 没有保存，原值 86.5 不变。", "13·四（二）"
        ),
        "opened": {"value": Decimal(82), "who": "上次保存 10-16 16:20"},
        "stored": {"value": Decimal(88), "who": "副经办 10-19 10:19", "note": "汛后复查已销号"},
        "typed": {"value": Decimal("86.5")},
        "form": form,
        "states": list(STATES),
        "zone_names": list(ZONES),
        "page": Paginator(range(250), 50).page(2),
        "ticks": [82, 85, 88, 91],
        "chart_rows": [
            charts.Row("新城核心区", dots=(83, 86, Decimal("86.2"), 90), mean=Decimal("86.2"), zone="core", end="4 家"),
            charts.Row("生态保护区", least=84, most=91, own=89, mean=Decimal("87.5"), zone="eco", end="9 家"),
        ],
    }
