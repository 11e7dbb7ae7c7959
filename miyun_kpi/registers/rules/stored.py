"""What is derived of the stored values of a record, and the reading again of old ones when a field has got a type. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.numbering import document_key
from miyun_kpi.registers.enums import NUMERIC, FieldType
from miyun_kpi.registers.rules.kinds import Field, Kind
from miyun_kpi.registers.rules.reading import read_value

# Types whose stored texts may be of before they were declared.
REREAD = NUMERIC - {FieldType.NUMBER} | {
    FieldType.PERIOD,
    FieldType.CREDIT_CODE,
    FieldType.DOCUMENT,
    FieldType.PERSON,
    FieldType.PLACE,
    FieldType.TARGET,
    FieldType.SEALED,
}


# Of the column.
LONGEST_KEY = 300


def unique_key(kind: Kind, values: Mapping[str, str]) -> str | None:
    """What no two standing records share. A 文号 is kept as it was typed and is the same however it was typed."""
    if not kind.unique:
        return None
    told = [(kind.field(name), values.get(name, "")) for name in kind.unique]
    return "\x1f".join(document_key(text) if one.type == FieldType.DOCUMENT else text for one, text in told)[
        :LONGEST_KEY
    ]


def twice_words(kind: Kind, number: int) -> str:
    """Why a record that is the same as another, of this number, is in doubt."""
    labels = "、".join(kind.field(name).label for name in kind.unique)
    return f"写法统一后，{labels}与编号 {number} 的登记相同，可能登记了两次。请核对：重复的撤销，不是的改正。"


def search_words(kind: Kind, values: Mapping[str, str], names: Iterable[str]) -> str:
    """What the list is searched by; a period by its words and by its code. Secrets are in no search."""
    shown = [_searched(one, values.get(one.name, "")) for one in kind.fields if not one.secret]
    return " ".join(filter(None, [*shown, *names]))


def _searched(one: Field, value: str) -> str:
    words = one.words(value)
    return f"{words} {value}" if one.type == FieldType.PERIOD and value and words != value else words


def weighs(kind: Kind, name: str) -> bool:
    """Whether a doubt about the field is a doubt about the sums: a figure, its period, or what tells two records apart."""
    return name in kind.unique or kind.field(name).type in NUMERIC | {FieldType.PERIOD}


@dataclass
class Old:
    """A record as it is stored, with its unique key. `standing`: not struck."""

    pk: int
    number: int
    values: Mapping[str, str]
    standing: bool = True
    key: str | None = None


@dataclass
class Reread:
    """The record with what could be read in its canonical form. `doubts`: field → why its text is kept as it is.

    `key`: the unique one; of a record that would share it with another, one of its own.
    """

    old: Old
    values: dict[str, str]
    doubts: dict[str, str] = field(default_factory=dict)
    key: str | None = None


def reread(kind: Kind, rows: Sequence[Old], seal: Callable[[Field, str], str]) -> list[Reread]:
    """Every record by the types of today. Twice is as once; nothing is lost, and no two get the same unique key.

    Of several that are the same once read, the one already written so keeps the place, else the lowest number.
    """
    read = [_read(kind, one, seal) for one in rows]
    groups: dict[str, list[Reread]] = {}
    for one in read:
        one.key = unique_key(kind, one.values) if one.old.standing else None
        if one.key is not None:
            groups.setdefault(one.key, []).append(one)
    for key, same in groups.items():
        same.sort(key=lambda one: (one.old.key != key, one.old.number))
        for one in same[1:]:
            _keep_apart(kind, one, same[0])
    return read


def _read(kind: Kind, old: Old, seal: Callable[[Field, str], str]) -> Reread:
    found = Reread(old, dict(old.values))
    for one in kind.fields:
        text = old.values.get(one.name, "")
        if not text or one.type not in REREAD:
            continue
        if one.sealed:
            found.values[one.name] = seal(one, text)
            continue
        try:
            found.values[one.name] = read_value(one, text, lambda _, __: None)
        except Refused as refusal:
            if old.standing:
                found.doubts[one.name] = refusal.message
    return found


def _keep_apart(kind: Kind, one: Reread, first: Reread) -> None:
    changed = [name for name in kind.unique if one.values.get(name, "") != one.old.values.get(name, "")]
    for name in changed:
        one.values[name] = one.old.values[name]
    for name in changed or kind.unique:
        one.doubts[name] = twice_words(kind, first.old.number)
    apart = f"#{one.old.number}"
    one.key = unique_key(kind, one.values)
    if one.key == first.key:
        one.key = f"{one.key:.{LONGEST_KEY - len(apart)}}{apart}"
