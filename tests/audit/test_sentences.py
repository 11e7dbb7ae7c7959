"""An entry of the audit as officials read it: who, what, on which thing, old → new."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from evaluation.models import MarkSheet
from evaluation.sheets.services.marks import RowInput, save_marks
from miyun_kpi.accounts.enums import Role
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.sentences import SAID, sentence_of, subject_of
from miyun_kpi.audit.services import record
from miyun_kpi.audit.telling import LONGEST, Teller, who_of
from miyun_kpi.audit.wording import PAST, RENAMED, WORDS, now_called
from miyun_kpi.lib.actors import SYSTEM
from tests import told
from tests.accounts.people import person
from tests.evaluation.conftest import _demo_of_module, actor_named, demo

__all__ = ["_demo_of_module", "demo"]

ROOT = Path(settings.BASE_DIR)
OWN = ("miyun_kpi", "evaluation", "disclosure", "farmland", "finance_policy", "personnel", "postdoc", "safety", "water")
AN_ACT = re.compile(r"[a-z]+\.[a-z-]+\.[a-z-]+")


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for app in OWN:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts and path.name != "wording.py" and "sentences" not in str(path):
                yield path, ast.parse(path.read_text())


class Written:
    """Every name of an act that the sources can write, also where one is put together of a stem and an argument."""

    def __init__(self) -> None:
        self.trees = list(sources())
        self.apps = {word.partition(".")[0] for word in WORDS}
        self.names: set[str] = set()
        self.unresolved: list[str] = []
        for path, tree in self.trees:
            for function in [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]:
                for node in ast.walk(function):
                    self._look(path, function, node)
            self._declared(tree)
            # Acts that a module names at its top; apps.py gives acts their words alone.
            for named in [one.value for one in tree.body if isinstance(one, ast.Assign) and path.name != "apps.py"]:
                found = [one.value for one in ast.walk(named) if isinstance(one, ast.Constant)]
                self.names |= {one for one in found if isinstance(one, str) and self._is(one)}

    def _declared(self, tree: ast.Module) -> None:
        """What a declaration hands to the kernel that writes it (`action="…"`)."""
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "action" and isinstance(node.value, ast.Constant):
                self.names.add(str(node.value.value))

    def _look(self, path: Path, function: ast.FunctionDef, node: ast.AST) -> None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and self._is(node.value):
            self.names.add(node.value)
        stem = (
            node.values[0].value
            if isinstance(node, ast.JoinedStr) and len(node.values) == 2 and isinstance(node.values[0], ast.Constant)
            else ""
        )
        if stem and stem.partition(".")[0] in self.apps and stem.endswith(".") and isinstance(node, ast.JoinedStr):
            part = node.values[1]
            assert isinstance(part, ast.FormattedValue)
            ends = list(self._values(path, function, part.value, depth=3))
            if not ends:
                self.unresolved.append(f"{path}: {ast.unparse(node)}")
            self.names |= {f"{stem}{end}" for end in ends}

    def _is(self, text: str) -> bool:
        return bool(AN_ACT.fullmatch(text)) and text.partition(".")[0] in self.apps and text.count(".") == 2

    def _values(self, path: Path, function: ast.FunctionDef, node: ast.expr, depth: int) -> Iterator[str]:
        """What an expression can be: constants, either branch of an if, a member of an enumeration, an argument."""
        if isinstance(node, ast.Constant):
            yield str(node.value)
        elif isinstance(node, ast.IfExp):
            yield from self._values(path, function, node.body, depth)
            yield from self._values(path, function, node.orelse, depth)
        elif isinstance(node, ast.Attribute):
            yield node.attr.lower().replace("_", "-")
        elif isinstance(node, ast.Name) and depth:
            for assigned in ast.walk(function):
                if isinstance(assigned, ast.Assign) and any(
                    isinstance(target, ast.Name) and target.id == node.id for target in assigned.targets
                ):
                    yield from self._values(path, function, assigned.value, depth - 1)
            names = [one.arg for one in (*function.args.args, *function.args.kwonlyargs)]
            if node.id in names:
                yield from self._given(function, node.id, names.index(node.id), depth)

    def _given(self, function: ast.FunctionDef, name: str, at: int, depth: int) -> Iterator[str]:
        place = next(path for path, tree in self.trees if any(one is function for one in ast.walk(tree)))
        for path, tree in self.trees:
            near = path == place or not function.name.startswith("_")
            for caller in [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)] if near else ():
                for call in [one for one in ast.walk(caller) if isinstance(one, ast.Call)]:
                    if getattr(call.func, "id", getattr(call.func, "attr", "")) != function.name:
                        continue
                    given = next((one.value for one in call.keywords if one.arg == name), None)
                    given = given or (call.args[at] if at < len(call.args) else None)
                    if given is not None:
                        yield from self._values(path, caller, given, depth - 1)


@pytest.fixture(scope="module")
def written() -> Written:
    return Written()


def test_every_act_that_the_sources_can_write_has_a_sentence(written):
    acts = {name for name in written.names if name in WORDS or sentence_of(name) is None}
    assert written.unresolved == []
    assert len(acts) > 200, "the walk no longer finds what it is to hold"
    assert sorted(name for name in acts if name in WORDS and sentence_of(name) is None) == []
    assert sorted(set(WORDS) - written.names - PAST) == [], "a word that no source writes"
    assert not PAST & written.names


def test_every_act_has_a_word_and_a_sentence_and_nothing_else_has():
    said = {name for one in SAID.values() for name in one.sentences if not name.startswith("tests.")}
    assert said == set(WORDS)
    assert [old for old in RENAMED if sentence_of(now_called(old)) is None] == []


def test_no_sentence_holds_a_code():
    texts = [text for one in SAID.values() for text in one.sentences.values() if isinstance(text, str)]
    labels = [text for one in SAID.values() for text in one.labels.values()]
    subjects = [subject.label for one in SAID.values() for subject in one.subjects.values()]
    assert len(texts) > 180 and len(labels) > 250 and len(subjects) > 50
    bare = [re.sub(r"\{-?[a-z_0-9]+\}", "", text) for text in texts]
    assert [text for text in (*bare, *labels, *subjects) if re.search(r"[A-Za-z]", text)] == []


def test_the_organisation_stands_before_the_person():
    assert who_of("水务经办（演示）（区水务局 考评经办）") == "区水务局 水务经办（演示）"
    assert who_of("系统") == "系统" and who_of("某人") == "某人"
    assert who_of("接口客户端 数据平台（1a2b3c）") == "接口客户端 数据平台"


def entry(**columns):
    record(actor=columns.pop("actor", SYSTEM), at=timezone.now(), **columns)
    return AuditEntry.objects.order_by("-seq").first()


def tell(*entries, actor=None):
    return Teller(entries, actor).sentences()


@pytest.mark.django_db
def test_a_mark_is_told_with_old_and_new_value(demo):
    sheet = MarkSheet.objects.get(scheme__track="township", period__code="2020Q3", indicator__number=4)
    given = [RowInput(organisation="鼓楼街道", version=0, value="80")]
    save_marks(actor=actor_named("shuiwu"), sheet_id=sheet.pk, rows=given, at=timezone.now())
    saved = AuditEntry.objects.order_by("-seq").first()
    assert "写了理由才能看" in tell(saved)[0].act and "80" not in tell(saved)[0].act, "the sheet is not filed"
    found = Teller([saved], opened=True).sentences()[0]
    assert found.who == "区水务局 水务经办（演示）"
    assert found.act == f"在2020年第三季度第4项“{sheet.indicator.short_name}”打分表把鼓楼街道由空白存为 80"


@pytest.mark.django_db
def test_a_thing_is_linked_only_where_the_reader_may_open_it(demo):
    sheet = MarkSheet.objects.get(scheme__track="township", period__code="2020Q3", indicator__number=4)
    one = entry(action="evaluation.sheet.withdrawn", subject=f"mark-sheet:{sheet.pk}")
    addresses = {
        who: [part.address for part in tell(one, actor=actor_named(who))[0].parts if part.address]
        for who in ("shuiwu", "weijian", "zhengfuban1")
    }
    assert addresses["shuiwu"] == addresses["zhengfuban1"] == [f"/evaluation/sheets/{sheet.pk}/"]
    assert addresses["weijian"] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("action", "subject", "data", "sentence"),
    [
        (
            "evaluation.amendment.proposed",
            "amendment:999",
            {
                "changes": [["weight/1/eco", "5", "4"], ["share/4/1", "shuiwu-ju:1", "nongyenongcun-ju:1/2"]],
                "from": "2020Q3",
            },
            "提出方案修订（第 999 号），自2020年第三季度起执行：第1项生态保护区分值由5改为4；"
            "第4项考评部门与份额由区水务局 1改为区农业农村局 1/2",
        ),
        (
            "evaluation.figures.checked",
            "figure-batch:999",
            {
                "page": "12",
                "figures": [
                    {"key": "weight/1/eco", "old": "5", "new": "5"},
                    {"key": "weight/2/eco", "old": "5", "new": "4"},
                ],
            },
            "复核通过数字确认单（第 999 号）：第1项生态保护区分值照现值 5；第2项生态保护区分值由5改为4（原件页码：12）",
        ),
        (
            "water.measure.changed",
            "measure:999999",
            {"before": {"share": "80.0000", "target": "treated"}, "after": {"share": "80", "target": "treated"}},
            "修改目标监测值（第 999999 号）",
        ),
        (
            "accounts.post.granted",
            "user:nobody",
            {"organisation": "shuiwu-ju", "role": "evaluator", "starts_on": "2026-01-01", "ends_on": None, "title": ""},
            "授予“nobody”区水务局考评经办岗位，自 2026-01-01 起",
        ),
        (
            "evaluation.sheet.refused",
            "mark-sheet:999999",
            {"note": "有误"},
            "审核退回打分表（第 999999 号），意见：有误",
        ),
        (
            "finance.fund.entered",
            "fund:1",
            {"number": 1, "kind": "paid-in", "amount": "100.1"},
            "记风险补偿基金账第 1 笔：注资 100.10 元",
        ),
        (
            "farmland.setting.chosen",
            "farmland-setting:maintenance_once",
            {"value": True},
            "把设置“矿区管护费每批次只付一次”选为是",
        ),
        (
            "water.measure.changed",
            "measure:999999",
            {"before": {"share": "80.0000", "target": "treated"}, "after": {"share": "82", "target": "treated"}},
            "修改目标监测值（第 999999 号）：比率由80%改为82%",
        ),
        (
            "evaluation.period.window-changed",
            "period:2020Q3",
            {
                "old": {"due_at": "2026-12-08T10:00:00+00:00"},
                "new": {"due_at": "2020-10-20T18:00:00+08:00"},
                "reason": "通知",
            },
            "修改2020年第三季度的填报时限：报送截止由2026-12-08 18:00改为2020-10-20 18:00（理由：通知）",
        ),
    ],
)
def test_what_was_changed_is_told_from_old_to_new(gazette, action, subject, data, sentence):
    assert tell(entry(action=action, subject=subject, data=data))[0].act == sentence


@pytest.mark.django_db
def test_a_long_value_is_cut_in_the_sentence_and_whole_in_the_details(gazette):
    note = "请补充" * 100
    one = entry(action="evaluation.sheet.returned", subject="mark-sheet:999999", data={"note": note})
    teller = Teller([one])
    assert len(teller.sentences()[0].act) < LONGEST + 40 and teller.sentences()[0].act.endswith("…")
    assert [(line.label, line.value) for line in teller.details()[0]] == [("意见", note)]


@pytest.mark.django_db
def test_fifty_entries_of_a_kind_take_as_many_queries_as_one(demo):
    sheets = list(MarkSheet.objects.order_by("pk")[:50])
    MarkSheet.objects.filter(pk__in=[one.pk for one in sheets]).update(state="filed", filed_at=timezone.now())
    for sheet in sheets:
        rows = [{"organisation": "beizhuang-zhen", "old": "空白", "new": "80", "version": 1}]
        entry(action="evaluation.marks.saved", subject=f"mark-sheet:{sheet.pk}", data={"rows": rows})
    reader = actor_named("shuiwu")

    def queries(number):
        found = list(AuditEntry.objects.order_by("-seq")[:number])
        with CaptureQueriesContext(connection) as asked:
            teller = Teller(found, reader)
            assert len(teller.sentences()) == len(teller.details()) == number
        return len(asked)

    assert queries(50) == queries(2) == 5  # names and scope, of sheets and of organisations; which sheets are filed


@pytest.mark.django_db
def test_every_entry_that_the_demonstration_wrote_is_told_on_the_page_without_a_code(demo):
    person("shen", Role.AUDITOR, "区审计局")
    client = Client()
    client.force_login(actor_user("shen"))
    answer = client.get("/audit/")
    shown = re.sub(r"<[^>]+>", " ", answer.content.decode().split('<main class="page"')[1].split("</main>")[0])
    assert AuditEntry.objects.exists() and "{" not in shown
    assert re.findall(r"[a-z]+\.[a-z-]+\.[a-z-]+|[a-z-]+:\d+", shown) == []


def actor_user(username):
    from miyun_kpi.accounts.models import User

    return User.objects.get(username=username)


@pytest.mark.django_db
def test_the_workbook_says_the_sentence_and_keeps_what_was_stored(gazette, client):
    data = {"organisation": "shuiwu-ju", "starts_on": "2026-01-01", "ends_on": None}
    one = entry(action="accounts.portfolio.added", subject="user:ling", data=data)
    client.force_login(person("shen", Role.AUDITOR, "区审计局"))
    book = load_workbook(io.BytesIO(client.get("/accounts/audit/workbook/?action=登记分管").content))
    told_row, stored = ([cell.value for cell in list(sheet.iter_rows())[-1]] for sheet in book.worksheets)
    assert told_row[3] == "登记“ling”分管区水务局，自 2026-01-01 起" and told_row[7:] == [None, "办成", one.hash]
    assert "分管" in told_row[4] and "单位：区水务局" in told_row[6]
    assert stored[1:] == [one.action, one.subject, one.data, one.hash]


@pytest.mark.django_db
def test_acts_are_found_by_their_words(gazette, client):
    entry(action="accounts.portfolio.added", subject="user:ling", data={"organisation": "shuiwu-ju"})
    entry(action="duties.statement.filed", subject="duty-period:999999", data={})
    client.force_login(person("shen", Role.AUDITOR, "区审计局"))
    page = client.get("/audit/?action=分管").content.decode()
    assert "登记“ling”分管区水务局" in page and "书面说明</" not in page
    assert "的书面说明" in client.get("/audit/?action=提交书面说明").content.decode()


def test_a_dumb_act_would_be_noticed_by_the_watch():
    told.look("evaluation.sheet.filed", "mark-sheet:1", {"unheard_of": 1})
    told.look("evaluation.sheet.burnt", "ashes:1", {})
    found, told.dumb[:] = list(told.dumb), []
    assert found == [
        "evaluation.sheet.filed: 'unheard_of' has no label",
        "evaluation.sheet.burnt has no sentence",
        "evaluation.sheet.burnt is about 'ashes', which nobody names",
    ]


def test_two_apps_may_call_different_things_alike():
    assert subject_of("evaluation", "veto") is not subject_of("finance", "veto")
    assert subject_of("finance", "veto").label == "环保一票否决信息"
