from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from miyun_kpi.audit.services import record
from miyun_kpi.lib.actors import Actor

AT = datetime(2026, 3, 10, 10, 0, 0, 123456, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def trail(db):
    """Five entries."""
    for n in range(5):
        actor = Actor(label=f"经办{n}", user_id=n or None)
        record(actor=actor, action=f"tests.thing.act{n}", subject=f"thing:{n}", data={"数": n}, at=AT)
