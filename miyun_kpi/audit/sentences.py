"""An act as one sentence of officials: which sentence an act has, what its data are called, how things are named.

Everything is hung in by the apps above, in AppConfig.ready(): the audit knows none of them. A sentence is a text with
places: `{thing}` is the subject by its name, `{key}` a value of the data in words, `[，理由：{reason}]` is left out where a
value in it is missing, `{-key}` needs no saying (the name of the thing says it). What a sentence leaves unsaid follows it with its labels; numbers of rows and digests of the
machine (`QUIET`) stand only behind the sign. Labels and words of choices come from the model of the subject first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from miyun_kpi.lib.actors import Actor


@dataclass(frozen=True)
class Subject:
    """A kind of thing that acts are about. `by` is the field its number in the audit is of.

    `page` gives the address of one, `visible` those that a reader may open: only they are linked. What must not be read
    in the audit (a draft of 任免, a person of 博士后) is named by its number.
    """

    label: str
    model: type[Model] | None = None
    name: Callable[[Any], str] = str
    by: str = "pk"
    related: tuple[str, ...] = ()
    page: Callable[[Any], str] | None = None
    visible: Callable[[Actor], "QuerySet[Any] | None"] | None = None
    # Where a plain filter by one field does not find them: the rows of some numbers, and the numbers of a row.
    find: Callable[[Iterable[str]], "QuerySet[Any]"] | None = None
    own: Callable[[Any], Sequence[str]] | None = None
    # The name of a thing that is kept in no table of its own (a setting, a register), from its number alone.
    called: Callable[[str], str] | None = None
    # Of one thing: words of the values of a key, where they hang on the thing itself (fields of a register).
    words: Callable[[Any], Mapping[str, Mapping[str, str]]] = lambda row: {}


Names = Callable[[str, str], str]


@dataclass(frozen=True)
class Words:
    """How a value is said. `refs` are the things it names, so that all of a page are fetched together."""

    say: Callable[[Any, Names], str]
    refs: Callable[[Any], Iterable[tuple[str, str]]] = lambda value: ()


def of(kind: str) -> Words:
    """The value is the number (or code) of a thing of that kind."""
    return Words(lambda value, names: names(kind, str(value)), lambda value: [(kind, str(value))])


def choice(words: Any) -> Words:
    """The value is a code: of an enumeration of choices, or of a plain mapping."""
    known = dict(words) if isinstance(words, Mapping) else {str(code): str(label) for code, label in words.choices}
    return Words(lambda value, names: known.get(str(value), str(value)))


def plain(template: str = "{}") -> Words:
    """The value as it is, with its measure: plain("{} 分")."""
    return Words(lambda value, names: template.format(value))


def money() -> Words:
    return Words(lambda value, names: f" {Decimal(str(value)):,.2f} 元")


def yes_no(yes: str, no: str) -> Words:
    return choice({"True": yes, "False": no})


@dataclass
class Said:
    """What one app says. `labels` and `words` are by key, or by "act/key" where an act means something else by it."""

    sentences: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    words: dict[str, Words] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)


# App (first part of the act) → what it says; "" is said by all.
SAID: dict[str, Said] = {
    "": Said(),
    "audit": Said(
        sentences={
            "audit.access.exported": "导出 {times} 次",
            "audit.access.refused": "访问被拒绝 {times} 次",
            "audit.entry.opened": "查看审计第 {number} 条未报送的内容，理由：{reason}",
            "audit.sign-in.failed": "登录失败 {times} 次",
            "audit.anchor.checked": "用纸上的第 {number} 号总链头核对{thing}，{holds}",
            "audit.chain.closed": "把分链以前的{thing}封存，共 {count} 条",
            "audit.chain.verified": "校验{thing}，共 {count} 条[，第 {broken} 条起断开][：{reason}]",
        },
        labels={
            "broken": "断开处",
            "count": "条数",
            "head": "总链头校验值",
            "holds": "结果",
            "more": "其余几处",
            "rows": "各处",
            "since": "自",
            "status": "答复",
            "times": "次数",
            "until": "至",
            "what": "何处、何名",
            "number": "总链头的号",
            "reason": "断开的原因",
        },
        words={"holds": yes_no("相符", "不相符")},
        subjects={"audit": Subject("审计记录")},
    ),
}

# Of the machine: told behind the sign only.
QUIET = {
    *("version", "digest", "digests", "inputs", "sha256", "size", "attachment", "issue", "request", "post", "line"),
    *("lines", "head", "seal", "movement", "party", "consultation", "confirmed", "sheet", "code", "key"),
}


def register_sentences(
    app: str,
    sentences: Mapping[str, Any],
    *,
    labels: Mapping[str, str] | None = None,
    words: Mapping[str, Words] | None = None,
    subjects: Mapping[str, Subject] | None = None,
) -> None:
    """`app` is the first part of its acts ("evaluation"), or "" for what every app may say."""
    said = SAID.setdefault(app, Said())
    said.sentences.update(sentences)
    said.labels.update(labels or {})
    said.words.update(words or {})
    said.subjects.update(subjects or {})


def alike(beginning: str) -> list[str]:
    """The beginnings of subjects that are called the same (a sheet, and what is filed with it); else this one alone."""
    found = _kinds()
    label = found.get(beginning)
    return [beginning] if label is None else sorted(one for one, called in found.items() if called == label)


def choices_of_kinds(chosen: str = "") -> list[tuple[str, str]]:
    """(beginning of the subject, label) of every kind of thing, for the filter: one a label, `chosen` where it is of it."""
    by_label = {label: alike(beginning) for beginning, label in _kinds().items()}
    found = [(chosen if chosen in several else several[0], label) for label, several in by_label.items()]
    return sorted(found, key=lambda pair: pair[1])


def _kinds() -> dict[str, str]:
    return {
        f"{kind}:" if subject.model is not None or subject.called is not None else kind: subject.label
        for said in SAID.values()
        for kind, subject in said.subjects.items()
    }


def subject_of(app: str, kind: str) -> Subject | None:
    """Two apps may call different things alike (`application`): the app of the act goes first."""
    for said in (SAID.get(app), SAID[""], *SAID.values()):
        if said is not None and kind in said.subjects:
            return said.subjects[kind]
    return None


def sentence_of(action: str) -> Any:
    return SAID.get(action.partition(".")[0], SAID[""]).sentences.get(action)


def label_of(action: str, subject: Subject | None, key: str) -> str | None:
    """What the act itself calls it, then the model of the subject (where it has a Chinese name), then the app, then all."""
    app, _, act = action.partition(".")
    own, common = SAID.get(app, SAID[""]).labels, SAID[""].labels
    found = _field(subject, key)
    named = str(found.verbose_name) if found is not None and not str(found.verbose_name).isascii() else None
    return own.get(f"{act}/{key}") or named or own.get(key) or common.get(key)


def words_of(action: str, subject: Subject | None, key: str) -> Words | None:
    app, _, act = action.partition(".")
    for said in (SAID.get(app), SAID[""]):
        for name in (f"{act}/{key}", key) if said else ():
            if said is not None and name in said.words:
                return said.words[name]
    found = _field(subject, key)
    if found is not None and getattr(found, "choices", None):
        return choice({str(code): str(label) for code, label in found.flatchoices})
    return None


def _field(subject: Subject | None, key: str) -> Any:
    if subject is None or subject.model is None:
        return None
    fields = {one.name: one for one in subject.model._meta.concrete_fields}
    return fields.get(key)
