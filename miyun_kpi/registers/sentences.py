"""Acts on registers as sentences: a record by its register and number, its fields, stages and steps by their labels."""

from collections.abc import Mapping
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from miyun_kpi.audit.sentences import Subject, Words
from miyun_kpi.lib.actors import Actor
from miyun_kpi.registers.enums import EVIDENCE
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import all_kinds, record_address
from miyun_kpi.registers.rules.kinds import Kind

ACTS = {
    "registers.record.changed": "修改{thing}的{fields}",
    "registers.record.created": "{-kind}{-number}登记{thing}",
    "registers.record.emended": "勘正{thing}的{fields}",
    "registers.record.handed-over": "自 {on} 起把{thing}由{old_unit}移交给{new_unit}[，理由：{reason}]",
    "registers.record.revoked": "撤销{thing}[，理由：{reason}]",
    "registers.record.stepped": "给{thing}办理“{step}”[，由“{from}”到“{to}”][，理由：{reason}]",
    "registers.record.viewed": "查看受保护的{thing}[，理由：{reason}]",
    "registers.records.opened": "向登记簿“{kind}”作期初登记 {new} 条",
    "registers.records.imported": "向登记簿“{kind}”导入：新增 {new} 条，改动 {changed} 条",
}
LABELS = {
    "changed": "改动",
    "fields": "改动的栏",
    "from": "原阶段",
    "kind": "登记簿",
    "new": "新增",
    "number": "编号",
    "on": "自",
    "reason": "理由",
    "step": "步骤",
    "to": "现阶段",
    "version": "版本",
}


def kind_at(key: str) -> Kind | None:
    return next((kind for kind, _ in all_kinds() if kind.key == key), None)


def _title(value: object) -> str:
    kind = kind_at(str(value))
    return kind.title if kind else str(value)


def _name(record: Record) -> str:
    """By number alone: what stands in it is for those who may read the register."""
    return f"{_title(record.kind)}第 {record.number} 号"


def _words(record: Record) -> Mapping[str, Mapping[str, str]]:
    kind = kind_at(record.kind)
    if kind is None:
        return {}
    stages = {code: one.label for one in kind.stages for code in (one.code, *one.once)}
    steps = {code: one.label for one in kind.steps for code in (one.code, *one.once)}
    return {"fields": {one.name: one.label for one in kind.fields}, "from": stages, "to": stages, "step": steps}


def _agreed(code: object, what: str) -> str:
    """Of a record that is gone (a demonstration was removed): said where every register calls the code alike."""
    found = set()
    for kind, _ in all_kinds():
        for one in getattr(kind, what):
            names = (one.name,) if what == "fields" else (one.code, *one.once)
            found |= {one.label} if code in names else set()
    return found.pop() if len(found) == 1 else "已不在的登记簿的一项"


def _visible(actor: Actor) -> QuerySet[Record]:
    """Every register by its own scope, in one query."""
    scopes = [Q(rights.sees(actor), kind=kind.key) for kind, rights in all_kinds()]
    return Record.objects.filter(reduce(or_, scopes, Q(pk__in=[])))


def _page(record: Record) -> str:
    kind = kind_at(record.kind)
    return record_address(kind, record.pk) if kind and not kind.protected else ""


RECORD = Subject("登记簿记录", Record, _name, page=_page, visible=_visible, words=_words)
# The register itself is declared, not stored; its key names it.
WORDS: dict[str, Words] = {
    "kind": Words(lambda value, names: _title(value)),
    "fields": Words(lambda value, names: _agreed(value, "fields")),
    "step": Words(lambda value, names: _agreed(value, "steps")),
    "from": Words(lambda value, names: _agreed(value, "stages")),
    "to": Words(lambda value, names: _agreed(value, "stages")),
}
SUBJECTS = {
    "record": RECORD,
    EVIDENCE: RECORD,
    "register": Subject("登记簿", called=lambda key: f"登记簿“{_title(key)}”"),
}


def register() -> None:
    from miyun_kpi.audit.sentences import register_sentences

    register_sentences("registers", ACTS, labels=LABELS, words=WORDS)
    # Of whatever is sealed, in every app (db.sealed.audited).
    register_sentences("", {}, labels={"sealed": "加密的栏", "now": "现为"}, subjects=SUBJECTS)
