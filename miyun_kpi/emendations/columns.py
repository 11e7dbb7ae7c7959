"""勘正 of the columns of a row that has come to its end: each a fact with the label, length and choices of its column."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from miyun_kpi.acts.acting import locked, record
from miyun_kpi.acts.models import Versioned
from miyun_kpi.db.fields import ScaledDecimalField
from miyun_kpi.emendations.enums import Way
from miyun_kpi.emendations.registry import Emendable, Fact, Facts, Place, Rest
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain, read_decimal
from miyun_kpi.lib.errors import FieldError, Refused

LONGEST = 5000


@dataclass(frozen=True)
class Ended:
    """Rows of `model` in a state in which nobody may simply change them, and the columns that can be put right then.

    `ended`: whether the row has come to its end. `ahead`: days that may lie in the future. `subject`: what the audit
    is about, where that is not the row under `code`. `rests` says what rests on the columns as they shall be, `check` what is wrong with
    the row as it would be. `follow` sets columns that follow from those and names them. `hold` locks beforehand what stands above the row in the order of locks; `after` is run when
    the columns are written, with the row, what stood there, and the actor.
    """

    model: type[models.Model]
    code: str
    word: str
    columns: tuple[str, ...]
    action: str
    place: Callable[[Any], Place]
    find: Callable[[Actor, int], Any]
    may: Callable[[Actor, Any], bool]
    name: Callable[[Any], str]
    address: Callable[[Any], str]
    ended: Callable[[Any], bool]
    rests: Callable[[Any, Facts, date], Sequence[Rest]]
    ahead: tuple[str, ...] = ()
    subject: Callable[[Any], str] | None = None
    check: Callable[[Any], Sequence[FieldError]] = lambda row: ()
    follow: Callable[[Any], Sequence[str]] = lambda row: ()
    hold: Callable[[int], object] = lambda pk: None
    after: Callable[[Any, Facts, Actor, str, datetime], object] = lambda row, before, actor, words, at: None

    def field(self, name: str) -> Any:
        return self.model._meta.get_field(name)

    def facts(self, row: Any) -> list[Fact]:
        """No long text where there was none: what is handled on paper only has no words here, and gets none by a 勘正."""
        found = [self._fact(row, name) for name in self.columns]
        return [one for one in found if one.value or one.way != Way.LONG]

    def _fact(self, row: Any, name: str) -> Fact:
        column, value = self.field(name), getattr(row, name)
        label = str(column.verbose_name)
        if isinstance(column, models.DateField):
            return Fact(name, label, value.isoformat() if value else "", way=Way.DATE)
        if isinstance(column, ScaledDecimalField):
            return Fact(name, label, "" if value is None else plain(value), most=20)
        if column.choices:
            return Fact(name, label, value, way=Way.CHOICE, choices=tuple(column.choices))
        long = isinstance(column, models.TextField)
        return Fact(name, label, value, way=Way.LONG if long else Way.TEXT, most=column.max_length or LONGEST)

    def read(self, row: Any, wanted: Facts, today: date) -> dict[str, str]:
        """Canonical texts, every problem at once; then what the model itself says of them."""
        found, problems = {}, []
        for name in [one.name for one in self.facts(row)]:
            try:
                found[name] = self._value(name, wanted.get(name, "").strip(), today)
            except Refused as refusal:
                problems.append(FieldError(str(refusal), refusal.code, field=name))
        would_be = self._put(copy.copy(row), found)
        if not problems:
            problems = [*self._said_by_the_model(would_be), *self.check(would_be)]
        if problems:
            said = "".join(one.message for one in problems)
            raise Refused("bad-emendation", f"{said}没有提出，请改正。", errors=problems)
        return {name: self._fact(would_be, name).value for name in found}

    def _value(self, name: str, text: str, today: date) -> Any:
        column = self.field(name)
        label = str(column.verbose_name)
        if not text:
            if column.null:
                return None
            if column.blank:
                return ""
            raise Refused("not-filled", f"{label}不能留空。")
        if isinstance(column, models.DateField):
            return self._day(name, label, text, today)
        if isinstance(column, ScaledDecimalField):
            return self._number(label, text, column.places)
        if column.choices and text not in dict(column.choices):
            raise Refused("bad-choice", f"{label}只能从列出的选。")
        most = column.max_length or LONGEST
        if len(text) > most or "\x00" in text:
            raise Refused("too-long", f"{label}最多 {most} 字。")
        return text

    def _day(self, name: str, label: str, text: str, today: date) -> date:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise Refused("bad-date", f"{label}“{text[:20]}”读不成一天，请写成 2020-09-25。") from None
        if day > today and name not in self.ahead:
            raise Refused("future-day", f"{label} {day} 晚于今天。")
        return day

    def _number(self, label: str, text: str, places: int) -> Decimal:
        """With its sign: what may not be negative is refused by the model."""
        size = text.removeprefix("-").removeprefix("−")
        try:
            value = read_decimal(size, places=places, what=label)
            return value if size == text else -value
        except Refused as refusal:
            said = f"{label}“{text[:20]}”读不成数字，请写阿拉伯数字，最多 {places} 位小数。"
            raise Refused(refusal.code, said) from None

    def _put(self, row: Any, found: dict[str, Any]) -> Any:
        for name, value in found.items():
            setattr(row, name, value)
        return row

    def _said_by_the_model(self, row: Any) -> list[FieldError]:
        try:
            row.validate_constraints()
        except ValidationError as error:
            return [FieldError(said, "bad-emendation") for said in error.messages]
        return []

    def apply(self, row: Any, wanted: Facts, actor: Actor, words: str, at: datetime) -> None:
        """Written under the next version; the audit names the columns."""
        before = {one.name: one.value for one in self.facts(row)}
        moved = [name for name, value in before.items() if wanted[name] != value]
        self._put(row, {name: self._value(name, wanted[name], date.max) for name in moved})
        saved = [*moved, *self.follow(row)]
        if isinstance(row, Versioned):
            row.version += 1
            saved.append("version")
        row.save(update_fields=saved)
        labels = [str(self.field(name).verbose_name) for name in moved]
        subject = self.subject(row) if self.subject else f"{self.code}:{row.pk}"
        record(actor=actor, action=self.action, subject=subject, data={"fields": labels, "said": words}, at=at)
        self.after(row, before, actor, words, at)

    def lock(self, pk: int, wanted: Facts) -> Any:
        self.hold(pk)
        return locked(self.model._default_manager.all(), pk)

    def open_refusal(self, actor: Actor, row: Any) -> Refused | None:
        if self.ended(row):
            return None
        return Refused("still-open", f"这一项{self.word}还没有办完，可以直接办理，不用勘正，没有提出。")

    def emendable(self) -> Emendable:
        return Emendable(
            code=self.code,
            word=self.word,
            place=self.place,
            find=self.find,
            lock=self.lock,
            may=self.may,
            reads=self.may,
            name=self.name,
            address=self.address,
            facts=self.facts,
            read=self.read,
            rests=self.rests,
            apply=self.apply,
            open_refusal=self.open_refusal,
        )


def moved(row: Any, wanted: Facts, names: Sequence[str]) -> bool:
    """Whether any of these columns would be another one."""
    return any(name in wanted and wanted[name] != _text(getattr(row, name)) for name in names)


def _text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else plain(value) if hasattr(value, "as_tuple") else str(value)
