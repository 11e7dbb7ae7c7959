"""A scheme that rests on a document of 2021 cites it everywhere: every page, answer, workbook and paper of 绩效考评 is read."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluation.models import Period, Ranking, Scheme
from evaluation.ranking.services import compute_trial
from miyun_kpi.accounts.models import User
from miyun_kpi.duties.models import Duty
from miyun_kpi.gazette.services import document_issued
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.citations import DocumentName
from tests.evaluation.conftest import _demo_of_module, demo
from tests.factories.rankings import BACKEND
from tests.house.role_matrix import CLIENTS
from tests.house.test_role_matrix import NAMES, Walker, arguments, is_api, made_world, methods

__all__ = ["_demo_of_module", "demo"]
# Every page, answer and file of 绩效考评, as six people.
pytestmark = [pytest.mark.once, pytest.mark.timeout(600)]
NAME = DocumentName("密政办字", 2021, 9)
TITLE = "关于印发《2021年全面履职绩效考评工作方案》的通知"
READERS = ("zhengfuban1", "shuiwu", "beizhuang")
OLD = re.compile(r"(?<![0-9〕])13号|〔2020〕\s*13\s*号|/gazette/(?:2020-)?13/|2020-13")
# Pages over all years cite the plan that the code follows, which a gazette prints; they belong to no scheme.
OF_NO_SCHEME = {
    *("evaluation:schemes", "evaluation:periods", "evaluation:year-calendar", "evaluation:adjustments"),
    *(
        "evaluation:bulletins",
        "evaluation:feedbacks",
        "evaluation:rankings",
        "evaluation:tasks",
        "evaluation:unit-tasks",
    ),
    *(
        "evaluation:data-tables",
        "evaluation:supervision",
        "evaluation:register-supervision",
        "evaluation:supervision-item",
    ),
    *("evaluation:tracking", "evaluation:rectifications", "evaluation:self-reports", "evaluation:visits"),
    *("evaluation:year-ends", "evaluation:propose-adjustment", "evaluation:adjustment"),
    # Over the documents of all subjects.
    *("evaluation:leader", "evaluation:leader-paper"),
}


@pytest.fixture(scope="module")
def _world(_demo_of_module: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), transaction.atomic():
        document = document_issued(name=NAME, title=TITLE, subject="evaluation", issued_on=date(2021, 1, 20))
        Scheme.objects.update(document=document, rule_version=f"{document.label}·1")
        Duty.objects.filter(scope="tracked").update(document=document.ref)
        computed = list(Ranking.objects.values_list("scheme_id", "period_id"))
        Ranking.objects.all().delete()
        for scheme_id, period_id in computed:
            scheme, period = Scheme.objects.get(pk=scheme_id), Period.objects.get(pk=period_id)
            compute_trial(actor=SYSTEM, scheme=scheme, period=period, at=timezone.now())
        yield made_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(demo: None, _world: dict[str, Any]) -> dict[str, Any]:
    return _world


def text_of(response: Any) -> str:
    """What a reader sees: of a package all its XML."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:2] != b"PK":
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        texts = [package.read(name).decode("utf-8", "replace") for name in package.namelist()]
    return re.sub(r"</?w:[^>]*>", "", "".join(texts))


def test_the_pages_of_no_scheme_are_pages():
    assert sorted(OF_NO_SCHEME - set(NAMES)) == []


def test_everything_of_a_scheme_cites_its_own_document(world):
    found, read, citing = [], 0, 0
    names = [name for name in NAMES if name.startswith(("evaluation:", "api:")) and "GET" in methods(name)]
    for username, api in [*((one, False) for one in READERS), *((one, True) for one in CLIENTS)]:
        walker = Walker(username, world, api)
        for name in names:
            given = arguments(name, world)
            if is_api(name) != api or not str(NAMES[name].callback.__module__).startswith("evaluation"):
                continue
            if any(value is None for value in given.values()):
                continue
            with transaction.atomic():
                response = walker.answer(name, "GET", reverse(name, kwargs=given))
                if response.status_code == 200:
                    text = text_of(response)
                    read += 1
                    citing += str(NAME) in text or "〔2021〕9号" in text
                    if name not in OF_NO_SCHEME and (match := OLD.search(text)):
                        found.append(f"{username} {name}: …{text[max(0, match.start() - 60) : match.end() + 40]}…")
                transaction.set_rollback(True)
    assert not found, "\n".join(found)
    assert read > 150 and citing > 60, (read, citing)


def test_the_bulletin_the_year_and_the_receipt_name_it_in_full(world):
    client = Client()
    client.force_login(User.objects.get(username="zhengfuban1"), backend=BACKEND)
    for name in ("evaluation:bulletin-document", "evaluation:year-document"):
        response = client.get(reverse(name, kwargs=arguments(name, world)))
        if response.status_code == 200:
            assert str(NAME) in text_of(response), name
    ranking = Ranking.objects.get(pk=world["ranking_id"])
    assert ranking.rule_version == "2 · 〔2021〕9号·1" and "13号" not in ranking.document
    assert "〔2021〕9号 附件" in ranking.document
