"""The whole scene of the demonstration: every state of the registers and of the duties is there, done by its accounts' own acts.

What cannot be there is named with its reason; everything else that an enum or a register declares has a row.
"""

from collections import defaultdict
from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from disclosure.models import Application
from disclosure.queries.applications import line_of
from evaluation.demo.services import ACCOUNTS as EVALUATION_ACCOUNTS
from miyun_kpi.accounts.access import actor_in_post, posts_on
from miyun_kpi.accounts.models import User
from miyun_kpi.accounts.registry import demo_parts
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.queries import verify
from miyun_kpi.inbox.registry import desk_items
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.models import Record, RecordEvent
from miyun_kpi.registers.registry import all_kinds, kind_of
from personnel.enums import ProbationState
from personnel.queries.terms import book, probations

LABELS = (
    "duties",
    "registers",
    "disclosure",
    "safety",
    "finance_policy",
    "farmland",
    "water",
    "postdoc",
    "personnel",
)
# Register → stages without a record, with the reason.
PAST = "0087: nothing new is entered; 贴息 is released from the calculation"
STAGES: dict[str, dict[str, str]] = {
    "finance.subsidies": dict.fromkeys(("asked", "decided", "paid", "refused"), PAST),
}
# Column → members without a row, with the reason.
MEMBERS = {
    "water.Judgement.target": {
        "treated": "the target prints a number: the figures decide and nobody may judge it",
        "covered": "the target prints a number: the figures decide and nobody may judge it",
    },
    "duties.DutyPeriod.state": {
        "opening": "0098: the demonstration begins with its first report; tests/duties/test_taken_in.py does",
    },
    "duties.Opening.how": {
        "filed": "0098: the demonstration begins with its first report; tests/duties/test_taken_in.py does",
        "exempt": "0098: the demonstration begins with its first report; tests/duties/test_taken_in.py does",
    },
    "registers.RecordEvent.act": {
        "emended": "0081: no error is told to be put right; tests/emendations does",
        "opened": "the demonstration begins with nothing that runs already; tests/registers/test_opening.py does",
    },
    "farmland.Money.kind": {
        "refund_reclamation": "0086: no price is told to be put right; tests/farmland/test_settling.py does",
        "refund_compensation": "0086: no price is told to be put right; tests/farmland/test_settling.py does",
    },
    "farmland.Warrant.kind": {
        "refund_reclamation": "0086: no price is told to be put right; tests/farmland/test_settling.py does",
        "refund_compensation": "0086: no price is told to be put right; tests/farmland/test_settling.py does",
    },
    "farmland.Reward.cause": {
        "amended": "0086: no price is told to be put right; tests/farmland/test_settling.py does",
        "reversed": "no 核销 is told to be reversed; tests/farmland/test_settling.py does",
        "carried": "of a site that was upgraded; tests/farmland/test_carried.py",
    },
    "postdoc.LedgerLine.ground": {
        "left": "0082: nobody is told to have left late; tests/postdoc/test_settling.py does",
        "fraud": "第二十六条: nobody is told to have deceived; tests/postdoc/test_settling.py does",
    },
    "postdoc.Stay.station_mentor_title": {"other": "第九条（一）: without a senior title the entry is refused"},
}
# The product asks nothing of these desks but what somebody else has sent them: 分管区领导, the three administrators, and a
# 联络员, who proposes when somebody of the unit comes or goes.
ASKED_NOTHING = {"lingdao", "guanliyuan", "anquan", "shenji", "shuiwulian"}
# After six in the evening a 复核 that was to be answered today joins what 考评办 has to do.
LEAST, MOST = 3, 16


# The loading takes a minute where the machine is busy.
pytestmark = [pytest.mark.timeout(600), pytest.mark.once]


@pytest.fixture
def whole(told: datetime) -> datetime:
    return told


def test_every_stage_of_every_register_has_a_record(whole):
    found: dict[str, set[str]] = defaultdict(set)
    for kind, stage in Record.objects.filter(struck_at__isnull=True).values_list("kind", "stage"):
        found[kind].add(stage)
    # Other tests hang registers of their own beside those of the apps.
    kinds = [kind for kind, _ in all_kinds() if (kind.subject or kind.app) in LABELS]
    lacking = {
        kind.key: sorted({one.code for one in kind.stages} - found[kind.key] - set(STAGES.get(kind.key, {})))
        for kind in kinds
        if kind.stages
    }
    assert not {key: stages for key, stages in lacking.items() if stages}
    empty = [kind.key for kind in kinds if not found[kind.key] and PAST not in STAGES.get(kind.key, {}).values()]
    assert not empty, "registers without a record"
    assert len(kinds) > 90 and sum(len(kind.stages) for kind in kinds) > 250, "all registers were asked"
    for key, reasons in STAGES.items():
        assert not found[key] & set(reasons), "what is there needs no reason"


def test_every_member_of_every_enumerated_column_has_a_row(whole):
    lacking, asked = {}, 0
    for label in LABELS:
        for model in apps.get_app_config(label).get_models():
            for column in model._meta.fields:
                if not column.choices:
                    continue
                name, asked = f"{model._meta.label}.{column.name}", asked + 1
                there = set(model.objects.values_list(column.name, flat=True))
                named = set(MEMBERS.get(name, {}))
                assert not named & there, f"{name}: what is there needs no reason"
                missing = {code for code, _ in column.choices} - there - named
                if missing:
                    lacking[name] = sorted(missing)
    assert not lacking
    assert asked > 40


def test_every_state_that_follows_from_the_days_is_there(whole):
    """No column holds these: probations, and the clock of 依申请公开."""
    today = timezone.localdate(whole)
    assert {one.state for one in probations(book(), today, office=True)} == set(ProbationState.values)
    clocks = {line_of(row, today).clock.state for row in Application.objects.prefetch_related("holds")}
    assert clocks == {"correcting", "running", "due", "overdue", "on_time", "late"}


def test_every_desk_of_an_account_has_something_to_do_and_not_too_much(whole):
    wrong = {}
    for account in (*EVALUATION_ACCOUNTS, *(one for part in demo_parts() for one in part.accounts)):
        user = User.objects.get(username=account.username)
        posts = posts_on(user, timezone.localdate(whole))
        assert posts, f"{account.username} has no post"
        for post in posts:
            items = desk_items(actor_in_post(user, post), whole)
            if not LEAST <= len(items) <= MOST and account.username not in ASKED_NOTHING:
                wrong[f"{account.username}（{post.organisation.name}）"] = len(items)
    assert not wrong


def test_overviews_have_something_late_returned_and_finished_to_show(whole):
    today = timezone.localdate(whole)
    late, closed = set(), set()
    for row in Record.objects.filter(struck_at__isnull=True):
        kind, _ = kind_of(row)
        stage = kind.stage(row.stage)
        late |= {kind.key} if kind.is_overdue(row.stage, row.values, today) else set()
        closed |= {kind.key} if stage and stage.closed else set()
    assert late >= {
        "water.body",
        "water.outfall",
        "safety.roadmap",
        "safety.hazards",
        "safety.risks",
        "finance.enterprises",
        "finance.washing",
        "postdoc.household",
    }
    assert len(closed) > 40
    assert RecordEvent.objects.filter(step_code="returned").values("record__kind").distinct().count() > 15


def test_every_act_is_somebodys_and_in_its_order(whole):
    people = set(User.objects.filter(is_client=False).values_list("pk", flat=True))
    acts = list(RecordEvent.objects.order_by("record_id", "pk").values_list("record_id", "at", "by_id"))
    assert len(acts) > 750
    assert {by for _, _, by in acts} <= people
    before: dict[int, datetime] = {}
    for record_id, at, _ in acts:
        assert before.get(record_id, at) <= at <= whole
        before[record_id] = at
    assert verify().broken_seq is None
    entries = AuditEntry.objects.filter(action="registers.record.stepped")
    assert entries.count() > 400 and set(entries.values_list("actor_user_id", flat=True)) <= people
    assert min(before.values()) < whole - timedelta(days=300)


def test_what_is_invented_says_so(whole):
    silent = []
    for row in Record.objects.all():
        kind, _ = kind_of(row)
        texts = [row.values.get(one.name, "") for one in kind.fields if one.type in (FieldType.TEXT, FieldType.LONG)]
        if any(texts) and not any("演示" in text or "虚构" in text for text in texts):
            silent.append(f"{kind.key} {row.number}: {texts}")
    assert not silent, "\n".join(silent[:20])
