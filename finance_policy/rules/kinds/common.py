"""Fields and checks that several registers of 19号 share."""

from collections.abc import Callable, Mapping
from typing import Any

from finance_policy.enums import APP, DOCUMENT, SUBJECT, Focus
from finance_policy.rules.focus import read_focus
from miyun_kpi.lib.errors import FieldError
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Kind, Stage

Check = Callable[[Mapping[str, str]], list[FieldError]]
FOCUS = (
    Field("focus", "支持重点", FieldType.CHOICE, required=True, choices=tuple(Focus.choices)),
    Field("more_focus", "兼属支持重点", help="有的才填，如：四（三）、四（六）", listed=False),
)
NOTE = Field("note", "备注", FieldType.LONG, listed=False)


def pairs(*words: str) -> tuple[tuple[str, str], ...]:
    return tuple((str(number), one) for number, one in enumerate(words, start=1))


def long(name: str, label: str, *, required: bool = False) -> Field:
    return Field(name, label, FieldType.LONG, required=required, listed=False)


def flow(*stages: tuple[str, str, str], closed: int = 1) -> tuple[Stage, ...]:
    last = len(stages) - closed
    return tuple(Stage(code, words, state, closed=place >= last) for place, (code, words, state) in enumerate(stages))


def code_field(label: str = "统一社会信用代码", *, required: bool = True) -> Field:
    return Field("code", label, FieldType.CREDIT_CODE, required=required)


def money(name: str, label: str, *, required: bool = False, unit: str = "万元") -> Field:
    return Field(name, label, FieldType.MONEY, unit=unit, required=required, summed=True)


def checks_focus(values: Mapping[str, str]) -> list[FieldError]:
    if read_focus(values.get("more_focus", "")) is None:
        said = f"兼属支持重点“{values['more_focus'][:20]}”读不懂，请写四（一）至四（七），多个用顿号隔开。"
        return [FieldError(said, "bad-focus", field="more_focus")]
    return []


def checks_order(first: str, last: str, said: str) -> Check:
    """The day of `last` is not before that of `first`."""

    def check(values: Mapping[str, str]) -> list[FieldError]:
        wrong = values.get(first) and values.get(last) and values[last] < values[first]
        return [FieldError(said, "date-order", field=last)] if wrong else []

    return check


def all_of(*checks: Check) -> Check:
    return lambda values: [problem for check in checks for problem in check(values)]


def kind(code: str, clause: str, title: str, name: str, *fields: Field, **options: Any) -> Kind:
    return Kind(
        app=APP,
        subject=SUBJECT,
        code=code,
        title=title,
        name=name,
        document=DOCUMENT,
        clause=clause,
        fields=(*fields, NOTE),
        **options,
    )
