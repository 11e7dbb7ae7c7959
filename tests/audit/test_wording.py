import re
from pathlib import Path

import pytest

from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.sentences import SAID
from miyun_kpi.audit.telling import act_and_thing
from miyun_kpi.audit.wording import WORDS

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent.parent
TOP = ("evaluation", "disclosure", "safety", "finance_policy", "farmland", "water", "postdoc", "personnel")
KERNEL = ("accounts", "attachments", "audit", "organisations", "gazette", "duties", "inbox", "jobs")
ACTION = re.compile(rf'"((?:{"|".join(TOP + KERNEL)})\.[a-z-]+\.[a-z-]+)"')


def test_every_act_that_is_recorded_has_a_word():
    recorded = set()
    for app in ("miyun_kpi", *TOP):
        for path in (ROOT / app).rglob("services*/**/*.py"):
            recorded |= set(ACTION.findall(path.read_text()))
        for path in (ROOT / app).rglob("services.py"):
            recorded |= set(ACTION.findall(path.read_text()))
    assert len(recorded) > 25
    assert recorded - set(WORDS) == set()


def test_a_report_of_any_document_is_called_what_all_of_them_are():
    """Of 13号 they are 月报, of others a report of a quarter, of a year, or of once: the act is one, and so is its word."""
    acts = {action: word for action, word in WORDS.items() if action.startswith(("duties.report.", "duties.reports."))}
    assert len(acts) == 6 and all("任务进展" in word for word in acts.values()), acts
    assert [
        action for action, words in SAID["duties"].sentences.items() if "月报" in words and "days" not in action
    ] == []


def test_what_followed_is_said_with_what_it_was_done_to():
    gone = AuditEntry(action="duties.report.returned", subject="duty-period:999999", data="{}")
    assert act_and_thing(gone) == "“退回任务进展”（任务进展（第 999999 号））"
    many = AuditEntry(action="duties.reports.accepted", subject="duty-periods", data='{"lines": [1]}')
    assert act_and_thing(many) == "“任务进展通过”（任务进展）"
