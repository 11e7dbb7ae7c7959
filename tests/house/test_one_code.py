"""One term, one code (docs/decisions/0058): walks every enum, register, status, form, button and name of the audit.

A term is found by its Chinese, so that a new enum is held to it without being entered anywhere.
"""

import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import django.forms
import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import TextChoices

from miyun_kpi.audit.wording import RENAMED, WORDS
from miyun_kpi.registers.registry import all_kinds
from miyun_kpi.web.shapes import STATES

ROOT = Path(settings.BASE_DIR)
OWN = ("miyun_kpi", "evaluation", "disclosure", "farmland", "finance_policy", "personnel", "postdoc", "safety", "water")
# What a person may do and who they are: names of rights and roles, not of states and acts.
RIGHTS = ("Verb", "Role")

# The Chinese of an act or state → its code.
TERMS = {
    "退回": "returned",
    "撤回": "withdrawn",
    "撤销": "revoked",
    "作废": "struck",
    "冲正": "reversed",
    "报送": "filed",
    "送审": "submitted",
    "待审核": "submitted",
    "报请审核": "submitted",
    "待第二人": "proposed",
    "不同意": "refused",
    "不予": "refused",
}
# What else a code of these may be called, where the officials' word names the same thing from another side.
ALSO = {
    "submitted": ("待印发", "提交"),  # 任免 that was 送审 waits for 印发; 书面说明 is 提交
    "filed": ("已报",),
    "proposed": ("拟", "提出", "提请", "待考评办核对", "待批准"),  # one hand has proposed, another has to agree
    "refused": ("未同意", "不能办理", "不奖励", "拒绝"),
    "withdrawn": ("退站",),  # 27号 第十六条: of a person, who is withdrawn from the station
}
# (Chinese, code): two acts that officials tell apart though they share a word, each with the reason.
APART = {
    ("退回重开", "reopened"): "the office opens a filed sheet again; a certifier returns one that was 送审",
    ("退回重开打分表", "reopened"): "as above",
    ("拨付失败退回", "failed"): "money that the bank sent back; nobody returned a paper",
    ("撤回预留", "release"): "of the pool: the way back from 预留, a movement of area",
    ("撤回预留", "released"): "as above",
    ("签发报送自查报告", "signed"): "one press of the head signs and files; the paper says 签发",
    ("不予处罚结案", "drop"): "how a case ends, not what became of a request",
}
# 公开申请 and 公开属性 say on which ground, or how open: the code names the ground.
GROUNDS = ("disclosure.enums.Outcome", "evaluation.enums.Openness")

# Verbs of steps whose stage is their participle: accept and accepted are one word.
IRREGULAR = {
    "chosen": "choose",
    "kept": "keep",
    "told": "tell",
    "left": "leave",
    "done": "finish",
    "finished": "finish",
    "taken-down": "take-down",
}
# One Chinese label, two codes, because the things meant are two.
TWO_THINGS = {
    "未报": "the same word in two colours of the status vocabulary",
    "草稿": "the same word in two colours of the status vocabulary",
    "锁定": "the same word in two colours of the status vocabulary",
    "不适用": "approved of a cell, the status vocabulary names the cell",
    "待验收": "the unit of 督促整改 has answered, a body of water is mended, a 挂牌 hazard was asked about",
    "整改中": "an open 督促整改, a listed hazard that is worked on",
    "登记": "each register's own first stage: entered, kept, known",
    "入库": "by 认定 into the green library, by plan into the reserve of projects",
    "结束": "a scheme is closed; the status vocabulary has ended",
    "进行中": "a row of a roadmap is open, a task runs",
    "通过": "the decision of 审核 and the status word for what was accepted",
    "审核通过": "of a mark sheet by its certifier, of an item of 公开 by its reviewer",
    "申请": "for a subsidy, for a project of land",
    "申请延期": "the act, and the stage of a hazard that waits for the answer",
    "消除": "a risk is removed and then gone",
    "注销": "a source is cancelled and then gone",
    "出库": "leave is the step of the reserve, out its stage",
}


class Said(NamedTuple):
    place: str
    words: str
    code: str


def _modules(leaf: str) -> Iterator[object]:
    for top in OWN:
        package = importlib.import_module(top)
        for found in pkgutil.walk_packages(package.__path__, f"{top}."):
            name = found.name.split(".")
            if leaf in name[-2:] and "migrations" not in name:
                yield importlib.import_module(found.name)


def _enums() -> list[Said]:
    found = []
    for module in _modules("enums"):
        for name, one in vars(module).items():
            own = isinstance(one, type) and issubclass(one, TextChoices) and one.__module__ == module.__name__
            if own and name not in RIGHTS and f"{module.__name__}.{name}" not in GROUNDS:
                found += [Said(f"{module.__name__}.{name}", str(label), value) for value, label in one.choices]
    return found


def _registers() -> list[Said]:
    found = []
    for kind in (kind for kind, _ in all_kinds() if kind.app != "sample"):  # of the tests themselves
        found += [Said(f"stage of {kind.key}", one.label, one.code) for one in kind.stages]
        found += [Said(f"step of {kind.key}", one.label, one.code) for one in kind.steps]
    return found


def _statuses() -> list[Said]:
    return [Said("status", one.word, code) for code, one in STATES.items()]


def _audit() -> list[Said]:
    return [Said(action, word, action.rpartition(".")[2]) for action, word in WORDS.items()]


def _forms() -> list[Said]:
    found = []
    for module in _modules("forms"):
        for name, one in vars(module).items():
            if isinstance(one, type) and issubclass(one, django.forms.BaseForm) and one.__module__ == module.__name__:
                for field, declared in one.base_fields.items():
                    if isinstance(declared, django.forms.ChoiceField) and field in (
                        "decision",
                        "accept",
                        "act",
                    ):
                        pairs = [(value, words) for value, words in declared.choices if value]
                        found += [Said(f"{name}.{field}", str(words), str(value)) for value, words in pairs]
    return found


BUTTON = re.compile(r'<button[^>]*\sname="(?:decision|act|accept)"\s+value="([a-z_-]+)"[^>]*>\s*([^<{]+)')


def _buttons() -> list[Said]:
    return [
        Said(path.name, words.strip(), value)
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for value, words in BUTTON.findall(path.read_text())
    ]


def _term_of(one: Said) -> str | None:
    """The term that a label is of: what is said first, up to a comma. 报送 and 送审 also lie across other words (通报送审)."""
    first = one.words.split("，")[0]
    found = [(first.find(term), term) for term in TERMS if term in first]
    if one.place in WORDS:
        found = [
            (at, term)
            for at, term in found
            if (at == 0 if term == "报送" else first.endswith(term) if term == "送审" else True)
        ]
    return min(found)[1] if found else None


def _is(code: str, wanted: str) -> bool:
    """`issue-returned` is a `returned`. A step may be the verb of a refusal, as it is of other answers."""
    return code == wanted or code.endswith(f"-{wanted}") or (wanted == "refused" and code == "refuse")


DOORS = {
    "enums": _enums,
    "registers": _registers,
    "statuses": _statuses,
    "audit": _audit,
    "forms": _forms,
    "buttons": _buttons,
}
FEWEST = {"enums": 350, "registers": 300, "statuses": 45, "audit": 200, "forms": 20, "buttons": 20}


@pytest.mark.parametrize("door", DOORS)
def test_a_term_has_one_code(door):
    found = DOORS[door]()
    assert len(found) >= FEWEST[door], "the walk no longer finds what it is to hold"
    wrong = [
        f"{one.place}: {one.words} is {one.code}, the code of {term} is {TERMS[term]}"
        for one in found
        if (term := _term_of(one)) and not _is(one.code, TERMS[term]) and (one.words, one.code) not in APART
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("door", DOORS)
def test_a_code_has_one_term(door):
    wrong = []
    for one in DOORS[door]():
        for code in {code for code in TERMS.values() if _is(one.code, code)}:
            known = [term for term, said in TERMS.items() if said == code] + list(ALSO.get(code, ()))
            if not any(word in one.words for word in known):
                wrong.append(f"{one.place}: {one.code} is called {one.words}, it may be {'、'.join(known)}")
    assert not wrong, "\n".join(wrong)


def _stem(code: str) -> str:
    """accept and accepted, refuse and refused, drop and dropped are one word."""
    plain = IRREGULAR.get(code, code).removesuffix("d").removesuffix("e")
    return plain.removesuffix("p") if plain.endswith("pp") else plain


def test_no_label_of_a_state_or_act_has_two_codes():
    codes: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in (*_enums(), *_registers(), *_statuses()):
        codes[one.words.removeprefix("已")][_stem(one.code)].add(f"{one.code} ({one.place})")
    two = {
        words: sorted(place for places in known.values() for place in places)
        for words, known in codes.items()
        if len(known) > 1
    }
    assert {words: places for words, places in two.items() if words not in TWO_THINGS} == {}
    assert set(TWO_THINGS) <= set(two), "an exception that no longer is one"


def test_every_exception_is_still_met():
    said = {(one.words, one.code) for walk in DOORS.values() for one in walk()}
    assert set(APART) <= said


def test_an_old_act_of_the_audit_is_said_in_the_words_of_the_new_one():
    assert len(RENAMED) > 20
    assert {new for new in RENAMED.values() if new not in WORDS} == set()
    assert {old for old in RENAMED if old in WORDS} == set()


def test_no_source_names_a_second_code_of_the_stale_save():
    gone = "-".join(("stale", "version"))
    folders = [ROOT / app for app in (*OWN, "templates", "tests", "fixtures")]
    files = [
        path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".html", ".js", ".json"}
    ]
    assert len(files) > 1000
    assert [str(path) for path in files if gone in path.read_text(errors="ignore")] == []


def test_the_apps_walked_are_all_there_are():
    own = {
        config.name.split(".")[0] for config in apps.get_app_configs() if (ROOT / config.name.split(".")[0]).is_dir()
    }
    assert own == set(OWN)
