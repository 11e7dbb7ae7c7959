import re
from pathlib import Path

from miyun_kpi.audit.wording import WORDS

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
