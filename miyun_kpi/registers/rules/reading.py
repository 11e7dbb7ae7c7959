"""What was typed into the fields of a register, in canonical form, or every problem with it. Pure."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date

from miyun_kpi.lib.credit_code import read_credit_code
from miyun_kpi.lib.decimals import narrow
from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.lib.numbering import fault_of
from miyun_kpi.lib.spans import read_span
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import NO, YES, Field, Kind
from miyun_kpi.registers.rules.texts import (
    read_day,
    read_measure,
    read_number,
    read_person,
    read_place,
    read_target,
)

_YES_WORDS = {
    "是": YES,
    "有": YES,
    "√": YES,
    "1": YES,
    "yes": YES,
    "true": YES,
    "否": NO,
    "无": NO,
    "×": NO,
    "0": NO,
    "no": NO,
    "false": NO,
}

# Text → code of an organisation, or None; a second argument says whether a township is asked for.
Resolve = Callable[[str, bool], str | None]


def read_value(field: Field, text: str, resolve: Resolve) -> str:
    """The canonical form of what was typed. Raises Refused in one sentence."""
    typed = text.strip()
    if "\x00" in typed or any(unicodedata.category(ch) == "Cs" for ch in typed):
        raise Refused("bad-character", f"{field.label}含有读不出的字符。")
    if not typed:
        return ""
    reader = _READERS.get(field.type)
    if reader is not None:
        return reader(field, typed)
    if field.type == FieldType.CHOICE:
        return _choice(field, typed)
    if field.type == FieldType.BOOL:
        found = _YES_WORDS.get(narrow(typed).lower())
        if found is None:
            raise Refused("bad-truth", f"{field.label}请写“是”或“否”，不认识“{typed[:20]}”。")
        return found
    if field.type in (FieldType.ORGANISATION, FieldType.TOWN):
        code = resolve(typed, field.type == FieldType.TOWN)
        if code is None:
            what = "镇街" if field.type == FieldType.TOWN else "单位"
            raise Refused("unknown-organisation", f"{field.label}：没有叫“{typed[:30]}”的{what}。")
        return code
    if field.sealed and typed.strip("＊*") == "":
        # The mask of an export or a page, not a text.
        return ""
    if field.type == FieldType.DOCUMENT and (fault := fault_of(typed)):
        raise Refused("bad-character", f"{field.label}{'，'.join(fault)}")
    longest = 5000 if field.type == FieldType.LONG else field.longest
    if len(typed) > longest:
        raise Refused("too-long", f"{field.label}超过 {longest} 字，请精简。")
    return typed


def _measure(field: Field, typed: str) -> str:
    return read_measure(
        typed, what=field.label, unit=field.unit, places=field.places, least=field.least, most=field.most
    )


def _choice(field: Field, typed: str) -> str:
    for code, words in field.choices:
        if typed in (code, words):
            return code
    said = "、".join(words for _, words in field.choices)
    raise Refused("bad-choice", f"{field.label}只能是：{said}。不认识“{typed[:20]}”。")


_READERS: dict[FieldType, Callable[[Field, str], str]] = {
    FieldType.NUMBER: lambda one, typed: read_number(
        typed, what=one.label, places=one.places, least=one.least, most=one.most
    ),
    FieldType.MONEY: _measure,
    FieldType.AREA: _measure,
    FieldType.DATE: lambda one, typed: read_day(typed, what=one.label),
    FieldType.PERIOD: lambda one, typed: read_span(typed, one.periods, what=one.label),
    FieldType.CREDIT_CODE: lambda one, typed: read_credit_code(typed, what=one.label),
    FieldType.PERSON: lambda one, typed: read_person(typed, what=one.label, longest=one.longest),
    FieldType.PLACE: lambda one, typed: read_place(typed, what=one.label, longest=one.longest),
    FieldType.TARGET: lambda one, typed: read_target(
        typed, what=one.label, unit=one.unit, places=one.places, least=one.least, most=one.most
    ),
}


def read_values(
    kind: Kind, typed: Mapping[str, str], resolve: Resolve, today: date, kept: Mapping[str, str] | None = None
) -> tuple[dict[str, str], list[FieldError]]:
    """Every field in canonical form, and every problem at once. Unknown names are a problem too.

    `kept`: what stays as it is stored and is not read again: a sealed text, an old one that nobody has edited.
    """
    values: dict[str, str] = {}
    problems = [
        FieldError(f"没有“{name[:40]}”这一栏。", "unknown-field", field=name)
        for name in typed
        if name not in {one.name for one in kind.fields}
    ]
    for one in kind.fields:
        if kept and one.name in kept:
            values[one.name] = kept[one.name]
            continue
        try:
            values[one.name] = read_value(one, typed.get(one.name, ""), resolve)
        except Refused as refusal:
            problems.append(FieldError(refusal.message, refusal.code, field=one.name))
            continue
        if one.required and not values[one.name]:
            problems.append(FieldError(f"请填{one.label}。", "missing", field=one.name))
        if one.past and values[one.name] > today.isoformat():
            said = f"{one.label} {values[one.name]} 在今天以后，请写已经发生的日期。"
            problems.append(FieldError(said, "future", field=one.name))
    if kind.check is not None and not problems:
        problems += [one for one in kind.check(values) if one.field not in (kept or {})]
    return values, problems
