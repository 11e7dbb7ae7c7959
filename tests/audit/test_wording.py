import re
from pathlib import Path

from miyun_kpi.audit.wording import WORDS

ROOT = Path(__file__).resolve().parent.parent.parent
ACTION = re.compile(r'"((?:accounts|audit|evaluation|organisations|gazette|duties|inbox|jobs)\.[a-z-]+\.[a-z-]+)"')


def test_every_act_that_is_recorded_has_a_word():
    recorded = set()
    for app in ("miyun_kpi", "evaluation"):
        for path in (ROOT / app).rglob("services*/**/*.py"):
            recorded |= set(ACTION.findall(path.read_text()))
        for path in (ROOT / app).rglob("services.py"):
            recorded |= set(ACTION.findall(path.read_text()))
    assert len(recorded) > 25
    assert recorded - set(WORDS) == set()
