import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from miyun_kpi.accounts.enums import Role
from miyun_kpi.audit.guards import install_guards
from miyun_kpi.audit.models import AuditEntry, AuditMaster
from miyun_kpi.audit.sentences import choices_of_kinds
from miyun_kpi.audit.services import chain_heads, record
from miyun_kpi.lib.actors import SYSTEM
from tests.accounts.people import person
from tests.audit.conftest import AT
from tests.factories.tampering import remove_guard

TABLE = "audit_auditentry"
pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client, gazette, trail):
    client.force_login(person("shen", Role.AUDITOR, "区审计局"))
    return client


def text(answer):
    return answer.content.decode()


def listed(client, query=""):
    """By their numbers in the stream: those for pages begin where the sequence of the database stands."""
    found = [int(seq) for seq in re.findall(r'href="/audit/(\d+)/"', text(client.get(f"/audit/?{query}")))]
    numbers = dict(AuditEntry.objects.values_list("seq", "number"))
    return [numbers[seq] for seq in found]


def seq(number):
    return AuditEntry.objects.get(stream="site", number=number).seq


def test_entries_are_listed_newest_first_and_filtered(auditor):
    record(actor=SYSTEM, action="tests.other", subject="other", at=AT.replace(day=12))
    assert listed(auditor) == [6, 5, 4, 3, 2, 1]
    assert listed(auditor, "action=tests.thing") == [5, 4, 3, 2, 1]
    assert listed(auditor, "action=thing") == []
    assert listed(auditor, "subject=thing:3") == listed(auditor, "actor=经办3") == [4]
    assert listed(auditor, "until=2026-03-10") == [5, 4, 3, 2, 1]
    assert listed(auditor, "since=2026-03-11&until=2026-03-12") == [6]
    record(actor=SYSTEM, action="tests.thing", subject="thing:31", at=AT)
    assert listed(auditor, "subject=thing:3") == [4] and listed(auditor, "subject=thing") == [7, 5, 4, 3, 2, 1]
    assert listed(auditor, "since=2026-03-13") == []


def test_an_act_is_found_and_said_by_its_name_of_today_also_where_the_old_one_was_written(auditor):
    for action in ("evaluation.sheet.refused", "evaluation.sheet.returned", "duties.statement.filed"):
        record(actor=SYSTEM, action=action, subject="mark-sheet:999999", at=AT)
    assert listed(auditor, "action=evaluation.sheet.returned") == [2, 1]
    assert listed(auditor, "action=evaluation.sheet.refused") == [1]
    assert listed(auditor, "action=duties.statement.submitted") == [1]
    shown = text(auditor.get("/audit/?action=evaluation.sheet"))
    assert len(re.findall(r"审核退回打分表（第 999999 号）", shown)) == 2
    for narrowed in ("evaluation.sheet", "evaluation"):
        page = auditor.get(f"/audit/?action={narrowed}").content.decode()
        assert f'value="{narrowed}"' in page, "what narrows the list stands in its box"


def test_reversed_days_and_an_unknown_act_say_what_to_do(auditor):
    answer = auditor.get("/audit/?since=2026-03-12&until=2026-03-11")
    page = answer.content.decode()
    assert answer.status_code == 422 and "请对调两个日期" in page and "没有符合条件的记录" not in page
    page = auditor.get("/audit/?action=做了某事").content.decode()
    assert "没有这个名称的动作" in page and "从列出的名称里选" in page
    assert "没有这个名称的动作" not in auditor.get("/audit/?action=no.such").content.decode()


def test_a_date_that_cannot_be_read_is_said_and_kept(auditor):
    answer = auditor.get("/audit/?since=2026-02-30&actor=经办3")
    assert answer.status_code == 422
    assert "2026-02-30" in text(answer) and 'value="经办3"' in text(answer)


def test_an_entry_is_shown_whole(auditor):
    shown = text(auditor.get(f"/audit/{seq(3)}/"))
    entry = AuditEntry.objects.get(pk=seq(3))
    assert entry.hash in shown and entry.previous_hash in shown and re.search(r"<dt>数</dt>\s*<dd>\s*2\s*</dd>", shown)
    assert "10:00:00.123456" in shown and "thing:2" not in re.sub(r"<[^>]+>", "", shown)
    for unknown in ("/audit/999999999/", "/audit/99999999999999999999999/"):
        assert auditor.get(unknown).status_code == 404


def test_an_act_of_a_page_says_from_where_by_which_request_and_that_it_was_done(auditor):
    answer = auditor.post("/audit/verify/", REMOTE_ADDR="10.20.30.40")
    entry = AuditEntry.objects.get(action="audit.chain.verified")
    assert (entry.address, entry.request_id, entry.result) == ("10.20.30.40", answer["X-Request-ID"], "done")
    page = text(auditor.get(f"/audit/{entry.seq}/"))
    assert "10.20.30.40" in page and entry.request_id in page and "办成" in page


def test_verifying_prints_the_head_and_is_recorded_itself(auditor):
    answer = auditor.post("/audit/verify/")
    head = AuditMaster.objects.latest("number").hash
    assert AuditEntry.objects.get(number=5, stream="site").hash in text(answer) and "机构、附件与运行" in text(answer)
    assert answer.status_code == 200 and "链完好" in text(answer) and head in text(answer)
    entry = AuditEntry.objects.order_by("-seq").first()
    assert entry.action == "audit.chain.verified" and head in entry.data
    assert auditor.get("/audit/verify/").status_code == 405


def test_a_broken_chain_is_told_with_its_place(auditor):
    remove_guard()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET subject = 'x' WHERE number = 2")
    install_guards()
    shown = text(auditor.post("/audit/verify/"))
    assert "第 2 条的内容与链不符" in shown and "有 1 处不符" in shown and "链完好" not in shown


def test_nobody_else_verifies_or_reads(client, gazette, trail):
    client.force_login(person("guan", Role.SYSTEM_ADMIN))
    assert client.post("/audit/verify/").status_code == 403
    assert client.get(f"/audit/{seq(1)}/").status_code == 403
    assert AuditEntry.objects.count() == 5


def test_the_list_is_paged_and_takes_the_same_number_of_queries_however_long(auditor, django_assert_num_queries):
    auditor.get("/audit/")
    with CaptureQueriesContext(connection) as few:
        listed(auditor)
    for n in range(60):
        record(actor=SYSTEM, action="tests.more", subject=f"more:{n}", at=AT)
    with django_assert_num_queries(len(few)):
        assert len(listed(auditor)) == 50
    last = AuditEntry.objects.order_by("-seq")[49].seq
    assert len(listed(auditor, f"older={last}")) == 15


def test_an_old_head_is_held_against_the_chain_from_its_paper(auditor):
    anchor = chain_heads(at=AT)
    assert anchor.hash in text(auditor.get("/audit/anchor/"))
    typed = "·".join(anchor.hash[i : i + 4].upper() for i in range(0, 16, 4))
    given = {"number": str(anchor.number), "printed": typed}
    assert "库没有退回到它以前" in text(auditor.post("/audit/anchor/", given))
    other = "0" * 16 if anchor.hash[0] != "0" else "1" * 16
    assert "与库里的不同" in text(auditor.post("/audit/anchor/", given | {"printed": other}))
    assert "在库里没有" in text(auditor.post("/audit/anchor/", given | {"number": "99"}))
    short = auditor.post("/audit/anchor/", given | {"printed": "abc"})
    assert short.status_code == 422 and "至少前 16 位" in text(short)
    assert AuditEntry.objects.filter(action="audit.anchor.checked").count() == 3
    assert "核对旧链头" in text(auditor.get("/audit/"))


def test_an_old_head_is_the_auditors_matter(client, gazette, trail):
    client.force_login(person("guan", Role.SYSTEM_ADMIN))
    assert client.get("/audit/anchor/").status_code == 403
    assert client.post("/audit/anchor/", {"number": "1", "printed": "0" * 16}).status_code == 403


def test_each_kind_of_thing_is_offered_once_and_finds_all_that_are_called_so(auditor):
    labels = [label for _, label in choices_of_kinds()]
    assert len(labels) == len(set(labels)) > 50
    for subject in ("mark-sheet:1", "evaluation.sheet-scan:1", "duty-periods", "duty-period:7"):
        record(actor=SYSTEM, action="tests.other", subject=subject, at=AT)
    (sheets,) = (value for value, label in choices_of_kinds() if label == "打分表")
    (reports,) = (value for value, label in choices_of_kinds() if label == "任务进展")
    assert listed(auditor, f"subject={sheets}") == [7, 6] and listed(auditor, f"subject={reports}") == [9, 8]
    # One act on many is its whole subject; the kind of it is the choice above.
    for kept in ("mark-sheet:", "evaluation.sheet-scan:"):
        page = text(auditor.get(f"/audit/?subject={kept}"))
        assert f'<option value="{kept}" selected>打分表</option>' in page and "选定的一个对象" not in page


def test_a_filter_that_is_given_twice_is_refused(auditor):
    for twice in ("action=a&action=b", "subject=thing:1&subject=thing:2", "actor=甲&actor=乙"):
        answer = auditor.get(f"/audit/?{twice}")
        assert answer.status_code == 400 and "写了两次，不知道用哪一个" in text(answer)
    assert listed(auditor, "action=tests.thing&action=tests.thing") == [5, 4, 3, 2, 1]
