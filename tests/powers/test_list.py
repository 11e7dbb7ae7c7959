"""Many new accounts by one workbook: every row tried before the preview, nothing stored before it is confirmed."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from miyun_kpi.accounts.enums import STRONG_ROLES, Role
from miyun_kpi.accounts.models import Activation, Post, User
from miyun_kpi.acts.in_turn import MOST
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.powers.services import ask_list, ask_listed
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.sheets.table import ColumnSpec, TableSpec, read_table
from miyun_kpi.sheets.write import Column, Sheet, workbook
from tests.accounts.people import actor, person, unit
from tests.clock import now, today
from tests.powers.people import DAY, OTHER, UNIT, client_of, confirm, new, people, post_of, refused

pytestmark = pytest.mark.usefixtures("gazette")
LIST, TEMPLATE, ACCEPT = "/accounts/list/", "/accounts/list/template/", "/accounts/list/accept/"
HEADS = ("单位", "姓名", "用户名", "岗位", "职务", "从哪天起")


@pytest.fixture
def them():
    return people()


def text(answer):
    return answer.content.decode()


def line(username="ren-1", name="第一位", place=UNIT, role="填报人", title="综合科", day=None):
    return (place, name, username, role, title, f"{day or today()}")


def sheet(*lines, heads=HEADS):
    book = workbook([Sheet("新账号", [Column(one) for one in heads], lines)], title="新账号", at=now())
    return SimpleUploadedFile("名单.xlsx", book)


def sent(client, *lines, **more):
    return client.post(LIST, {"workbook": sheet(*lines, **more)})


def previewed(answer):
    assert answer.status_code == 200, text(answer)
    return re.findall(r'name="read" value="([^"]+)"', text(answer))[0]


def nothing_stored(before):
    return (User.objects.count(), Post.objects.count(), Proposal.objects.count(), AuditEntry.objects.count()) == before


def stored():
    return User.objects.count(), Post.objects.count(), Proposal.objects.count(), AuditEntry.objects.count()


# ── 联络员 ───────────────────────────────────────────────────────────────────────────────────────


def test_a_liaison_proposes_a_list_and_nothing_is_stored_before_the_preview_is_confirmed(them):
    client = client_of(them.liaison)
    before = stored()
    read = previewed(sent(client, line(), line("ren-2", "第二位", place="")))
    assert nothing_stored(before)
    done = client.post(ACCEPT, {"read": read})
    assert done.status_code == 200 and "提请 2 人" in text(done) and "没有提请 " not in text(done)
    rows = list(Proposal.objects.order_by("pk"))
    assert [(row.code, row.given["username"], row.recorded_by_id) for row in rows] == [
        ("unit-account", "ren-1", them.liaison.pk),
        ("unit-account", "ren-2", them.liaison.pk),
    ]
    assert not User.objects.filter(username__startswith="ren-").exists()
    confirm(them.system, rows[0])
    confirm(them.security, Proposal.objects.get(code="unit-post"))
    assert (post_of(User.objects.get(username="ren-1")).role, post_of(User.objects.get(username="ren-1")).title) == (
        Role.REPORTER,
        "综合科",
    )


def test_the_same_list_confirmed_twice_proposes_nobody_twice(them):
    client = client_of(them.liaison)
    read = previewed(sent(client, line(), line("ren-2", "第二位")))
    client.post(ACCEPT, {"read": read})
    again = client_of(them.liaison).post(ACCEPT, {"read": read})
    assert "没有提请 2 人" in text(again) and Proposal.objects.count() == 2


def test_what_was_taken_since_the_preview_takes_nothing_back_of_the_others(them):
    client = client_of(them.liaison)
    read = previewed(sent(client, line(), line("ren-2", "第二位"), line("ren-3", "第三位")))
    person("ren-2")
    done = text(client.post(ACCEPT, {"read": read}))
    assert "提请 2 人" in done and "没有提请 1 人" in done and "已有人用" in done
    assert set(Proposal.objects.values_list("given__username", flat=True)) == {"ren-1", "ren-3"}


def test_all_rows_that_are_wrong_are_named_at_once(them):
    new(them.liaison, "deng", "等着的")
    wrong = (
        line("ren-1", "bao"),  # bears the name of a colleague
        line("新来的", "第二位"),
        line("ren-3", "第三位", place=OTHER),
        line("ren-4", "第四位", place="没有的局"),
        line("ren-5", "第五位", role="考评办"),
        line("ren-6", "第六位", day=today() - DAY),
        line("bao", "第七位"),
        line("ren-8", "等着的"),
        line("ren-9", "第九位"),
        line("REN-9", "第十位"),
        line("ren-11", "第九位"),
        line("", ""),
        line("再来的", "<b>第三</b>", role="考评办", day=today() - DAY),
    )
    before = stored()
    answer = sent(client_of(them.liaison), *wrong)
    said = text(answer)
    assert answer.status_code == 422 and nothing_stored(before)
    for place, words in (
        ("B2（姓名）", "已有一位“bao”"),
        ("C3（用户名）", "小写字母"),
        ("A4（单位）", "本单位"),
        ("A5（单位）", "没有叫“没有的局”的单位"),
        ("D6（岗位）", "只能是"),
        ("F7（从哪天起）", "最早可填"),
        ("C8（用户名）", "已有人用"),
        ("B9（姓名）", "已提请过一位“等着的”"),
        ("C11（用户名）", "与第 10 行的用户名相同"),
        ("B12（姓名）", "已提请过一位“第九位”"),
        ("B13（姓名）", "是空白"),
        ("C13（用户名）", "是空白"),
        # All that is wrong with one row.
        ("B14（姓名）", "不是汉字"),
        ("C14（用户名）", "小写字母"),
        ("D14（岗位）", "只能是"),
        ("F14（从哪天起）", "最早可填"),
    ):
        found = [one for one in re.findall(r"<li>([^<]+)</li>", said) if one.startswith(place)]
        assert found and words in found[0], (place, words, found)
    assert "整个文件没有读入" in said and "<li>C10" not in said


def test_forty_are_a_list_and_forty_one_are_not(them):
    rows = [line(f"ren-{number}", f"第{number}位") for number in range(MOST + 1)]
    client = client_of(them.liaison)
    assert len(previewed(sent(client, *rows[:-1])))
    answer = sent(client, *rows)
    assert answer.status_code == 422 and f"一次最多 {MOST} 人，表里有 {MOST + 1} 人" in text(answer)
    assert not Proposal.objects.exists()


def test_a_password_has_no_column_and_no_file_is_no_list(them):
    client = client_of(them.liaison)
    answer = sent(client, (*line(), "Grand-Canal-77"), heads=(*HEADS, "密码"))
    said = text(answer)
    assert answer.status_code == 422 and "没有“密码”这一列" in said and "不写密码" in said and "Grand-Canal" not in said
    assert client.post(LIST, {}).status_code == 422
    assert client.post(LIST, {"workbook": SimpleUploadedFile("a.xlsx", b"no")}).status_code == 422


def test_a_preview_is_of_whom_it_was_made_for_and_of_the_own_unit(them):
    read = previewed(sent(client_of(them.liaison), line()))
    for other in (them.strangers, them.system):
        answer = client_of(other).post(ACCEPT, {"read": read})
        assert answer.status_code == 422 and "不是为您作的" in text(answer)
    assert client_of(them.liaison).post(ACCEPT, {"read": read + "x"}).status_code == 422
    given = {"username": "xin", "display_name": "新来的", "role": "reporter", "title": "", "starts_on": today()}
    refused("other-unit", ask_listed, actor=actor(them.liaison), organisation=unit(OTHER).code, at=now(), **given)
    assert not Proposal.objects.exists()


def test_the_template_comes_back_filled_and_offers_the_roles_of_the_unit(them):
    content = client_of(them.liaison).get(TEMPLATE).content
    page = TableSpec([ColumnSpec("said", "说明")], sheet="填写说明", beside=("新账号",))
    said = "".join(row["said"] for row in read_table(content, page).rows)
    assert "填报人" in said and "联络员" in said and "单位负责人" not in said and "没有密码" in said
    whole = client_of(them.system).get(TEMPLATE).content
    said = "".join(row["said"] for row in read_table(whole, page).rows)
    assert "单位负责人" in said and not [role for role in STRONG_ROLES if f"、{role.label}" in said]
    answer = client_of(them.liaison).post(LIST, {"workbook": SimpleUploadedFile("空.xlsx", content)})
    assert answer.status_code == 422 and "表头下面没有内容" in text(answer)


# ── 系统管理员 ───────────────────────────────────────────────────────────────────────────────────


def test_the_system_administrator_opens_accounts_of_any_unit_and_their_posts_wait_for_the_other(them):
    client = client_of(them.system)
    before = stored()
    read = previewed(sent(client, line(), line("ren-2", "第二位", place=OTHER, role="单位负责人")))
    assert nothing_stored(before)
    done = text(client.post(ACCEPT, {"read": read}))
    assert "提请 2 人" in done
    users = list(User.objects.filter(username__startswith="ren-").order_by("username"))
    assert [user.has_usable_password() for user in users] == [False, False] and not Activation.objects.exists()
    assert not Post.objects.filter(user__in=users).exists()
    rows = list(Proposal.objects.order_by("pk"))
    assert {row.code for row in rows} == {"listed-post"}
    refused("verb-lacking", confirm, them.system, rows[0])
    refused("not-found", confirm, them.liaison, rows[0])
    seen = {"seen": [f"{row.pk}:{row.version}" for row in rows]}
    assert client.post("/accounts/proposed/", seen).status_code == 200 and not Post.objects.filter(user__in=users)
    assert "账号和岗位提请待放行：2 件" in text(client_of(them.security).get("/"))
    assert "放行 2 件" in text(client_of(them.security).post("/accounts/proposed/", seen))
    assert [(post_of(user).role, post_of(user).organisation.name) for user in users] == [
        ("reporter", UNIT),
        ("unit_head", OTHER),
    ]
    assert text(client.get("/accounts/activations/halves/")).count('name="seen"') == 2


def test_what_two_administrators_grant_is_in_no_list(them):
    client, before = client_of(them.system), stored()
    answer = sent(client, line(role="审核人"), line("ren-2", "第二位", place=""), line("ren-3", "bao"))
    said = text(answer)
    assert answer.status_code == 422 and nothing_stored(before)
    assert "D2（岗位）：只能是" in said and "A3（单位）：是空白" in said and "B4（姓名）：" in said
    for role in STRONG_ROLES:
        given = {"organisation": unit(UNIT).code, "username": "xin", "display_name": "新来的", "title": ""}
        refused(
            "strong-post", ask_listed, actor=actor(them.system), role=role.value, starts_on=today(), at=now(), **given
        )
    assert nothing_stored(before)


def test_two_of_one_name_in_one_unit_are_told_apart_before_their_posts_are_granted(them):
    answer = sent(client_of(them.system), line(), line("ren-2", "第一位"), line("ren-3", "第一位", place=OTHER))
    said = text(answer)
    assert answer.status_code == 422 and "B3（姓名）" in said and "B4（姓名）" not in said


@pytest.mark.parametrize("who", ["security", "reporter"])
def test_it_is_nobody_else_s(them, who):
    user = getattr(them, who)
    client = client_of(user)
    for answer in (client.get(LIST), client.get(TEMPLATE), sent(client, line()), client.post(ACCEPT, {"read": ""})):
        assert answer.status_code == 403
    row = {
        "organisation": unit(UNIT).code,
        "username": "xin",
        "display_name": "新来的",
        "role": "reporter",
        "title": "",
    }
    (found,) = ask_list(actor=actor(user), rows=[row | {"starts_on": f"{today()}"}], at=now())
    assert isinstance(found.refusal, NotAllowed) and not User.objects.filter(username="xin").exists()
