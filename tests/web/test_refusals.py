import json

import pytest
from django.test import Client, RequestFactory

from miyun_kpi.lib.errors import Refused
from miyun_kpi.web.middleware import RefusedPages

pytestmark = [pytest.mark.urls("tests.web.gallery_urls"), pytest.mark.django_db]
SAME = "没有这一页，或不在您能看的范围"


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def test_a_refused_page_says_the_sentence_the_clause_and_the_code(client):
    answer = client.get("/refuse/conflict/")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "别人已改过，没有保存。请先看现在存着的值。" in page and "鼓楼街道已改。" in page
    assert "13号 四（二）" in page and "stale" in page


def test_a_refused_fragment_goes_to_the_refusal_place_and_replaces_nothing_typed(client):
    answer = client.get("/refuse/forbidden/", headers={"HX-Request": "true"})
    assert answer.status_code == 403
    assert answer["HX-Retarget"] == "#refusal" and answer["HX-Reswap"] == "innerHTML"
    assert "<html" not in answer.content.decode()
    assert "您的岗位没有“打分”的权限" in answer.content.decode()


def test_unknown_and_foreign_pages_are_the_same_page(client):
    unknown, foreign = client.get("/nowhere/"), client.get("/refuse/foreign/")
    assert unknown.status_code == foreign.status_code == 404
    assert SAME in unknown.content.decode()
    assert unknown.content == foreign.content


def test_under_the_api_what_is_not_found_or_broken_is_json(client):
    missing = client.get("/api/v1/nowhere/")
    assert missing.status_code == 404
    assert json.loads(missing.content) == {
        "code": "not-found",
        "message": "没有这一项，或不在您能看的范围。",
        "clause": None,
        "errors": [],
    }
    broken = client.get("/api/v1/refuse/broken/")
    assert broken.status_code == 500 and json.loads(broken.content)["code"] == "server-error"


def test_a_broken_page_is_told_in_chinese_and_shows_nothing_of_the_inside(client):
    answer = client.get("/refuse/broken/")
    assert answer.status_code == 500
    assert "已经保存的内容不受影响" in answer.content.decode()
    assert "ZeroDivisionError" not in answer.content.decode()


def test_a_form_with_an_old_token_is_not_carried_out_and_says_so():
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/gallery/states/", {"a": 1})
    assert answer.status_code == 403
    assert "提交没有执行" in answer.content.decode()


def test_the_api_renders_its_own_refusals_and_a_bug_is_not_dressed_as_one():
    middleware = RefusedPages(lambda request: None)
    factory = RequestFactory()
    assert middleware.process_exception(factory.get("/api/v1/x/"), Refused("a", "乙。")) is None
    assert middleware.process_exception(factory.get("/x/"), ValueError()) is None


def test_the_sign_in_page_carries_the_secrecy_notice_and_a_plain_form(client):
    page = client.get("/sign-in/?next=/gallery/states/").content.decode()
    assert "本系统部署于政务外网，严禁上传、处理涉密信息。" in page
    assert 'name="next" value="/gallery/states/"' in page
    assert "没有登录成功" not in page


def test_a_failed_sign_in_keeps_the_name_and_never_the_password(client):
    page = client.post("/sign-in/", {"username": "shuiwu", "password": "wrong-wrong"}).content.decode()
    assert 'value="shuiwu"' in page and "wrong-wrong" not in page
    assert "还可以试" in page and 'aria-invalid="true"' in page
