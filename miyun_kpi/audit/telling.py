"""Entries of the audit told: who, what, on which thing, old → new. All names of a page in a fixed number of queries."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.sentences import QUIET, Subject, label_of, sentence_of, subject_of, words_of
from miyun_kpi.audit.withheld import SAID, withheld
from miyun_kpi.audit.wording import now_called, word_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.periods import PeriodCode

BLANK = "空白"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*")
_PERIOD = re.compile(r"\d{4}Q[1-4]|\d{4}-(0[1-9]|1[0-2])")
_PLACE = re.compile(r"\{(-?[a-z_0-9]+)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
# In a list a value of many words is cut; the page of the entry has it whole.
LONGEST = 120


@dataclass(frozen=True)
class Part:
    text: str
    address: str = ""


@dataclass(frozen=True)
class Named:
    name: str
    address: str = ""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sentence:
    who: str
    parts: Sequence[Part]

    @property
    def act(self) -> str:
        return "".join(part.text for part in self.parts)

    @property
    def text(self) -> str:
        return f"{self.who} {self.act}"


@dataclass(frozen=True)
class Detail:
    """One line behind the sign: a label and its value, or the lines below it."""

    label: str
    value: str = ""
    below: Sequence["Detail"] = ()


def who_of(label: str) -> str:
    """Organisation before the person: “水务经办（区水务局 考评经办）” is 区水务局 水务经办."""
    if not label.endswith("）"):
        return label
    depth, at = 0, len(label)
    while at > 0:
        at -= 1
        depth += {"）": 1, "（": -1}.get(label[at], 0)
        if depth == 0:
            break
    person, post = label[:at], label[at + 1 : -1]
    organisation = post.rpartition(" ")[0]
    return f"{organisation} {person}".strip() if organisation else person or label


def readable(entry: AuditEntry) -> bool:
    """Whether the data are as they were written; only tampering makes them anything else."""
    try:
        return isinstance(json.loads(entry.data), dict)
    except ValueError:
        return False


def read(entry: AuditEntry) -> dict[str, Any]:
    """The data; what cannot be read tells nothing."""
    return json.loads(entry.data) if readable(entry) else {}


class Teller:
    """The names that a number of entries need, fetched together; then it tells each of them."""

    def __init__(
        self,
        entries: Iterable[AuditEntry],
        actor: Actor | None = None,
        *,
        told: Sequence[dict[str, Any]] | None = None,
        opened: bool = False,
    ) -> None:
        """`actor` is who reads: what they may open is linked. `told`: the part of the data that may be said, an entry.

        What is withheld (audit.withheld) is not told unless it was `opened` with a reason.
        """
        rows = list(entries)
        self.withheld = frozenset() if opened or told is not None else withheld(rows)
        self.entries = [
            (entry, now_called(entry.action), {} if entry.seq in self.withheld else data)
            for entry, data in zip(rows, told or [read(entry) for entry in rows], strict=True)
        ]
        self.actor = actor
        self.names: dict[tuple[str, str, str], Named] = {}
        wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
        for entry, action, data in self.entries:
            app = action.partition(".")[0]
            kind, _, pk = entry.subject.partition(":")
            wanted[app, kind].add(pk)
            for found, one in self._refs(action, subject_of(app, kind), data):
                wanted[app, found].add(one)
        for (app, kind), ids in wanted.items():
            subject = subject_of(app, kind)
            if subject is not None and subject.model is not None:
                self._fetch(app, kind, subject, ids)

    def _refs(self, action: str, subject: Subject | None, data: Any) -> Iterator[tuple[str, str]]:
        for key, value in data.items() if isinstance(data, dict) else ():
            words = words_of(action, subject, key)
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict) and words is None:
                    yield from self._refs(action, subject, one)
                elif words is not None and one not in (None, ""):
                    yield from words.refs(one)

    def _fetch(self, app: str, kind: str, subject: Subject, ids: set[str]) -> None:
        assert subject.model is not None
        if subject.by == "pk":
            ids = {one for one in ids if one.isascii() and one.isdigit() and len(one) < 19}
        found = (
            subject.find(ids) if subject.find else subject.model._default_manager.filter(**{f"{subject.by}__in": ids})
        )
        rows = list(found.select_related(*subject.related))
        open_to = self._visible(subject, [row.pk for row in rows]) if rows else set()
        for row in rows:
            address = subject.page(row) if subject.page and row.pk in open_to else ""
            try:
                name = subject.name(row)
            except Refused:  # a stored text that nobody reads any more must not take the page of the audit down
                name = f"第 {row.pk} 号"
            named = Named(name, address, subject.words(row))
            for own in subject.own(row) if subject.own else (str(getattr(row, subject.by)),):
                self.names[app, kind, own] = named

    def _visible(self, subject: Subject, pks: Sequence[Any]) -> set[Any]:
        if self.actor is None or subject.visible is None or subject.page is None:
            return set()
        found = subject.visible(self.actor)
        return set() if found is None else set(found.filter(pk__in=pks).values_list("pk", flat=True))

    def thing(self, app: str, kind: str, pk: str) -> Named:
        """The name of a thing; one that is gone keeps its number: 打分表（第 62 号）."""
        found = self.names.get((app, kind, pk))
        if found is not None:
            return found
        subject = subject_of(app, kind)
        if subject is not None and subject.called is not None and pk:
            return Named(subject.called(pk))
        label = subject.label if subject is not None else ""
        if not pk or subject is None:
            return Named(label or "系统")
        return Named(f"{label}（第 {pk} 号）" if pk.isdigit() else label)

    def sentences(self) -> list[Sentence]:
        return [_Telling(self, *row).sentence() for row in self.entries]

    def things(self) -> list[Named]:
        return [_Telling(self, *row).thing for row in self.entries]

    def details(self) -> list[Sequence[Detail]]:
        return [_Telling(self, *row).details() for row in self.entries]


def act_and_thing(entry: AuditEntry) -> str:
    """“审核退回打分表”（第三季度镇街“…”打分表）: for a sentence about one act."""
    (thing,) = Teller([entry]).things()
    return f"“{word_of(entry.action)}”（{thing.name}）"


class _Telling:
    """One entry."""

    def __init__(self, teller: Teller, entry: AuditEntry, action: str, data: dict[str, Any]) -> None:
        self.teller, self.entry, self.action, self.data = teller, entry, action, data
        self.app = action.partition(".")[0]
        self.kind, _, self.pk = entry.subject.partition(":")
        self.subject = subject_of(self.app, self.kind)
        self.thing = teller.thing(self.app, self.kind, self.pk)

    def name(self, kind: str, pk: str) -> str:
        return self.teller.thing(self.app, kind, pk).name

    def sentence(self) -> Sentence:
        if self.entry.seq in self.teller.withheld:
            kept = [Part(f"{word_of(self.action)}："), Part(self.thing.name, self.thing.address), Part(SAID)]
            return Sentence(who_of(self.entry.actor_label), kept)
        template = sentence_of(self.action) or word_of(self.action)
        said: set[str] = set()
        parts: list[Part] = []
        if callable(template):
            parts += template(self, said)
        else:
            parts += self.filled(template, said)
        rest = [key for key, value in self.data.items() if key not in said | QUIET and value]
        if isinstance(self.data.get("old"), dict) and isinstance(self.data.get("new"), dict) and "old" in rest:
            rest.remove("old")  # said with the new
        told = "；".join(self._told(key) for key in rest)
        if told:
            parts.append(Part(f"（{told}）"))
        # Who signs in has no post yet and is kept by the name of the account.
        own = self.kind == "user" and self.entry.actor_label == self.pk
        return Sentence(self.thing.name.strip("“”") if own else who_of(self.entry.actor_label), parts)

    def filled(self, template: str, said: set[str], data: Mapping[str, Any] | None = None) -> list[Part]:
        """A text with its places filled; what has been said is not said again."""
        values = self.data if data is None else data

        def kept(found: re.Match[str]) -> str:
            keys = _PLACE.findall(found[1])
            return found[1] if all(values.get(key) not in (None, "", [], {}) for key in keys if key != "thing") else ""

        parts: list[Part] = []
        for at, piece in enumerate(_PLACE.split(_OPTIONAL.sub(kept, template))):
            if at % 2 == 0:
                parts += [Part(piece)] if piece else []
            elif piece.startswith("-"):
                said.add(piece[1:])
            elif piece == "thing":
                parts.append(Part(self.thing.name, self.thing.address))
            else:
                said.add(piece)
                parts.append(Part(_cut(self.value(piece, values.get(piece)))))
        # What a dropped segment would have said is empty, and needs no saying either.
        said |= {key for key in _PLACE.findall(template) if values.get(key) in (None, "", [], {})}
        return parts

    def label(self, key: str) -> str:
        found = label_of(self.action, self.subject, key)
        if found is not None:
            return found
        organisation = self.teller.names.get((self.app, "organisation", key))
        return organisation.name if organisation else self._period(key) or key

    def value(self, key: str, value: Any) -> str:
        if isinstance(value, list):
            long = any(isinstance(one, (dict, list)) or "。" in str(one) for one in value)
            return ("；" if long else "、").join(self._one(key, one) for one in value) or BLANK
        return self._one(key, value)

    def _one(self, key: str, value: Any) -> str:
        """A value as the thing itself calls it, then as the app does, then by its form."""
        if value is None or value == "":
            return BLANK
        own = self.thing.words.get(key, {})
        if isinstance(value, str) and value in own:
            return own[value]
        words = words_of(self.action, self.subject, key)
        if words is not None:
            return words.say(value, self.name)
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, dict):
            return self._row(value)
        if isinstance(value, list):
            return self.value(key, value)
        return self._period(str(value)) or _moment(str(value)) or str(value)

    def _row(self, row: dict[str, Any]) -> str:
        """A row of a list: its change as 由 … 改为 …, what else it says before it; what did not change is no change."""
        change, moves = "", {"old", "new"} <= set(row) and not isinstance(row["old"], (dict, list))
        if moves:
            old, new = self.value("old", row["old"]), self.value("new", row["new"])
            change = f"由{old}改为{new}" if old != new else ""
        head = [
            self.value(key, value)
            for key, value in row.items()
            if (key not in QUIET or key == "key")
            and not (moves and key in ("old", "new"))
            and value not in (None, "", [])
        ]
        return "".join([" ".join(head), change])

    def _told(self, key: str) -> str:
        value = self.data[key]
        before = {"new": "old", "to": "from", "after": "before"}.get(key)
        if isinstance(value, dict) and before and isinstance(self.data.get(before), dict):
            return "；".join(self._changes(self.data[before], value))
        if isinstance(value, dict) and words_of(self.action, self.subject, key) is None or key in ("new", "old"):
            if not isinstance(value, dict):
                return f"{self.label(key)}：{_cut(self.value(key, value))}"
            given = {name: one for name, one in value.items() if one not in (None, "", [], {})}
            return _cut("；".join(f"{self.label(name)}：{self.value(name, one)}" for name, one in given.items()))
        return f"{self.label(key)}：{_cut(self.value(key, value))}"

    def _changes(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
        said = [
            (self.label(key), self.value(key, old.get(key)), self.value(key, new[key]))
            for key in new
            if old.get(key) != new[key] and key not in QUIET
        ]
        # Kept otherwise than before and read alike ("" and nothing) is no change.
        return [f"{label}由{_cut(before)}改为{_cut(after)}" for label, before, after in said if before != after]

    def changes(self, old: str, new: str, said: set[str]) -> str:
        """Between two dicts of the data, by label."""
        said |= {old, new}
        return "；".join(self._changes(self.data.get(old) or {}, self.data.get(new) or {}))

    def _period(self, text: str) -> str:
        return PeriodCode.parse(text).label if _PERIOD.fullmatch(text) else ""

    def details(self) -> Sequence[Detail]:
        return [self._detail(key, value) for key, value in self.data.items()]

    def _detail(self, key: str, value: Any) -> Detail:
        label = self.label(key)
        words = words_of(self.action, self.subject, key)
        if isinstance(value, dict) and words is None:
            return Detail(label, below=[self._detail(name, one) for name, one in value.items()])
        if isinstance(value, list) and words is None and any(isinstance(one, dict) for one in value):
            rows = [
                Detail(f"第 {at} 行", below=[self._detail(name, one) for name, one in row.items()])
                if isinstance(row, dict)
                else Detail(f"第 {at} 行", self.value(key, row))
                for at, row in enumerate(value, 1)
            ]
            return Detail(label, below=rows)
        return Detail(label, self.value(key, value))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _moment(text: str) -> str:
    """A moment as stored, said in the local time of the house."""
    if not _MOMENT.fullmatch(text):
        return ""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return f"{found.astimezone() if found.tzinfo else found:%Y-%m-%d %H:%M}"
