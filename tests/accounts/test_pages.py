import re
from datetime import date

import pytest
from django.test import Client

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Activation, ApiToken, Portfolio, Post, User
from tests.accounts.people import PASSWORD, person, unit

pytestmark = pytest.mark.django_db
ADMIN = ("/accounts/people/", "/accounts/people/new/", "/accounts/people/jing/account/")
SECURITY = ("/accounts/posts/", "/accounts/portfolios/", "/accounts/locks/", "/accounts/tokens/")


def text(answer):
    return answer.content.decode()


@pytest.mark.parametrize("address", [*ADMIN, *SECURITY, "/audit/"])
def test_a_page_of_administration_is_closed_to_everybody_without_its_verb(admin, security, marker, address):
    auditor = person("shen", Role.AUDITOR)
    owner = admin if address in ADMIN else auditor if address == "/audit/" else security
    for user in (admin, security, auditor, marker, person("wu")):
        client = Client()
        client.force_login(user)
        answer = client.get(address)
        # Each administrator reads the account that is to be released.
        also = security if address == "/accounts/people/jing/account/" else owner
        assert answer.status_code == (200 if user in (owner, also) else 403), user
        links = re.findall(r'href="(/accounts/\w+/|/audit/)"', text(client.get("/inbox/")))
        shown = {"/accounts/people/": admin, "/accounts/posts/": security, "/audit/": auditor}
        assert all((link in links) is (user == of) for link, of in shown.items()), user


def secret_of(answer):
    assert answer.status_code == 200, text(answer)
    assert "no-store" in answer["Cache-Control"]
    return re.search(r'id="secret">([^<]+)<', text(answer))[1]


def test_an_account_is_made_by_two_and_its_password_chosen_by_its_owner(admin, security, signed_in):
    client = signed_in(admin)
    first = secret_of(client.post("/accounts/people/new/", {"username": "liuyi", "display_name": "刘一"}))
    assert first not in text(client.get("/accounts/people/liuyi/account/"))
    row = Activation.objects.get()
    address = f"/accounts/activations/{row.pk}/"
    assert client.post(address, {"act": "release", "version": 1}).status_code == 403, "not by who asked"
    client = signed_in(security)
    assert address in text(client.get("/")) and "刘一" in text(client.get("/accounts/activations/"))
    second = secret_of(client.post(address, {"act": "release", "version": 1}))
    assert second not in text(client.get(address)) and first not in text(client.get(address))
    new, chosen = Client(), {"new": PASSWORD, "again": PASSWORD}
    body = {"username": "liuyi", "first": first, "second": second}
    refused = new.post("/activate/", body | {"new": PASSWORD, "again": "x"})
    assert refused.status_code == 422 and f'value="{first}"' in text(refused) and "不一样" in text(refused)
    for half in ({"first": second}, {"second": first}):
        wrong = new.post("/activate/", body | half | chosen)
        assert wrong.status_code == 422 and "激活码不对" in text(wrong)
    assert "密码已设置" in text(new.post("/activate/", body | chosen))
    assert new.post("/activate/", body | chosen).status_code == 422, "a code opens once"
    assert new.post("/sign-in/", {"username": "liuyi", "password": PASSWORD}).status_code == 302
    assert new.get("/").status_code == 200


def test_a_refused_account_loses_nothing_typed(admin, marker, signed_in):
    answer = signed_in(admin).post("/accounts/people/new/", {"username": "jing", "display_name": "刘一"})
    assert answer.status_code == 422
    assert "已有人用" in text(answer) and 'value="刘一"' in text(answer) and 'value="jing"' in text(answer)


def test_an_account_is_renamed_reset_disabled_and_enabled(admin, marker, signed_in):
    client, address = signed_in(admin), "/accounts/people/jing/account/"
    assert client.post(address, {"act": "rename", "display_name": "景一", "version": 1}).status_code == 302
    stale = client.post(address, {"act": "rename", "display_name": "景二", "version": 1})
    assert stale.status_code == 409 and 'value="景二"' in text(stale)
    refused = client.post(address, {"act": "reset", "version": 2, "reason": "忘"})
    assert refused.status_code == 422 and 'value="忘"' in text(refused)
    secret_of(client.post(address, {"act": "reset", "version": 2, "reason": "忘记密码，本人来电"}))
    marker.refresh_from_db()
    assert not marker.has_usable_password() and marker.display_name == "景一"
    assert client.post(address, {"act": "disable", "version": 3}).status_code == 302
    assert User.objects.get(username="jing").is_active is False
    assert client.post(address, {"act": "enable", "version": 4}).status_code == 302
    assert User.objects.get(username="jing").is_active is True
    assert client.post(address, {"act": "delete", "version": 5}).status_code == 400
    assert client.post(address, {"act": "disable", "version": "x"}).status_code == 400


def test_an_unknown_account_post_and_token_are_not_found(admin, security):
    for user, address in (
        (admin, "/accounts/people/nobody/account/"),
        (admin, "/accounts/people/client:x/account/"),
        (security, "/accounts/posts/999999999/"),
        (security, "/accounts/posts/99999999999999999999999999/"),
    ):
        client = Client()
        client.force_login(user)
        assert client.get(address).status_code == 404, address
    assert client.post("/accounts/tokens/zzz/revoke/").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/people/a%00b/account/",
        "/accounts/people/?q=%00",
        "/accounts/posts/?q=a%00",
        "/api/v1/organisations/?q=%00",
    ],
)
def test_a_null_character_in_an_address_is_refused_and_breaks_nothing(admin, signed_in, address):
    answer = signed_in(admin).get(address)
    assert answer.status_code == 400
    assert ("bad-character" in text(answer)) and "不能用的字符" in text(answer)


def test_accounts_are_searched_and_filtered(admin, marker, signed_in):
    person("xian", display_name="闲人", is_active=False)
    client = signed_in(admin)

    def found(query):
        return set(re.findall(r"/accounts/people/([\w.]+)/account/", text(client.get(f"/accounts/people/?{query}"))))

    assert found("q=区水务局") == found("q=jin") == found("role=evaluator") == {"jing"}
    assert found("state=disabled") == found("q=闲") == found("role=none") == {"xian"}
    assert found("role=nonsense&state=nonsense&page=999") == {"guan", "jing", "xian"}


def test_a_post_is_granted_in_the_browser_by_alias(security, marker, signed_in):
    client, alias = signed_in(security), unit("区卫健委").aliases.first().text
    values = {"username": "jing", "organisation": alias, "role": "reporter", "starts_on": "2026-01-01"}
    assert client.post("/accounts/posts/", values).status_code == 302
    assert client.post("/accounts/posts/", values).status_code == 302, "a double click is harmless"
    assert Post.objects.get(user=marker, role="reporter").organisation == unit("区卫健委")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"organisation": "天庭"}, "没有叫“天庭”的单位"),
        ({"role": "auditor"}, "三权分立"),
        ({"starts_on": "2026-02-30"}, "开始"),
        ({"username": ""}, "给谁"),
    ],
)
def test_a_refused_grant_loses_nothing_typed(security, marker, signed_in, changes, sentence):
    values = {"username": "jing", "organisation": "区水务局", "role": "reporter", "starts_on": "2026-01-01"}
    values |= {"title": "科员"} | changes
    answer = signed_in(security).post("/accounts/posts/", values)
    assert answer.status_code == 422
    assert sentence in text(answer) and 'value="科员"' in text(answer)
    assert marker.posts.count() == 1


def test_a_post_is_handed_over_and_ended_in_the_browser(security, marker, signed_in):
    person("jie")
    client, post = signed_in(security), marker.posts.get()
    address = f"/accounts/posts/{post.pk}/"
    refused = client.post(address, {"act": "hand-over", "to": "jing", "first_day": "2099-01-01", "version": 1})
    assert refused.status_code == 422 and "同一个人" in text(refused)
    answer = client.post(address, {"act": "hand-over", "to": "jie", "first_day": "2099-01-01", "version": 1})
    after = Post.objects.get(user__username="jie")
    assert answer["Location"] == f"/accounts/posts/{after.pk}/"
    post.refresh_from_db()
    assert post.ends_on == date(2098, 12, 31)
    assert client.post(address, {"act": "end", "ends_on": "2098-06-30", "version": 2}).status_code == 302
    own = security.posts.get().pk
    assert "另一位安全管理员" in text(client.get(f"/accounts/posts/{own}/"))


def test_a_portfolio_is_added_and_ended_in_the_browser(security, signed_in):
    person("ling", Role.LEADER)
    client, address = signed_in(security), "/accounts/portfolios/"
    values = {"leader": "ling", "organisation": "区水务局", "starts_on": "2026-01-01"}
    assert client.post(address, values).status_code == 302
    row = Portfolio.objects.get()
    wrong = client.post(address, {"act": "end", "portfolio": row.pk, "ends_on": "2025-01-01"})
    assert wrong.status_code == 422 and "不能早于" in text(wrong)
    assert client.post(address, {"act": "end", "portfolio": row.pk, "ends_on": "2026-06-30"}).status_code == 302
    row.refresh_from_db()
    assert row.ends_on == date(2026, 6, 30)


def test_a_token_is_issued_shown_once_and_revoked_in_the_browser(security, signed_in):
    client = signed_in(security)
    values = {"client": "平台", "organisation": "", "role": "", "owner": "an", "days": 30}
    answer = client.post("/accounts/tokens/", values)
    secret = re.search(r'id="secret">([^<]+)<', text(answer))[1]
    row = ApiToken.objects.get()
    assert "no-store" in answer["Cache-Control"] and row.issued_by.startswith("an（")
    shown = text(client.get("/accounts/tokens/"))
    assert secret not in shown and "平台" in shown and row.token_key[:8] in shown
    assert client.post("/accounts/tokens/", values | {"days": 0}).status_code == 422
    assert client.post(f"/accounts/tokens/{row.token_key}/revoke/").status_code == 302
    assert not ApiToken.objects.exists()


def test_a_locked_account_is_released_in_the_browser(security, marker, signed_in):
    for _ in range(5):
        Client().post("/sign-in/", {"username": "jing", "password": "wrong"})
    client = signed_in(security)
    assert "127.0.0.1" in text(client.get("/accounts/locks/"))
    assert client.post("/accounts/locks/release/", {"username": "jing", "address": "127.0.0.1"}).status_code == 302
    assert Client().post("/sign-in/", {"username": "jing", "password": PASSWORD}).status_code == 302
    assert client.post("/accounts/locks/release/", {"username": "jing", "address": "nowhere"}).status_code == 404
    null = {"username": "a\x00", "address": "\x00"}
    assert client.post("/accounts/locks/release/", null).status_code == 404


def test_ones_own_page_shows_posts_and_what_was_done_by_whom(admin, marker, signed_in):
    Client().post("/sign-in/", {})
    client = Client()
    client.force_login(admin)
    client.post("/accounts/people/jing/account/", {"act": "rename", "display_name": "景一", "version": 1})
    shown = text(signed_in(marker).get("/accounts/me/"))
    assert (
        "区水务局" in shown
        and "考评经办" in shown
        and "把账号的姓名由“jing”改为“景一”" in shown
        and "区政府办公室 guan</td>" in shown
    )


@pytest.mark.parametrize(
    "address", ["/accounts/people/", "/accounts/posts/", "/accounts/tokens/", "/accounts/portfolios/"]
)
def test_a_list_takes_the_same_number_of_queries_however_long(
    admin, security, signed_in, django_assert_num_queries, address
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(admin if address in ADMIN else security)

    def grow(numbers):
        for n in numbers:
            user = person(f"p{n}", Role.LEADER, "区水务局" if n % 2 else "北庄镇")
            Portfolio.objects.create(leader=user, organisation=unit(), starts_on=date(2026, 1, 1))
            ApiToken.objects.create(user=user, client=f"c{n}", organisation=unit())

    grow(range(2))
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(address)
    grow(range(2, 20))
    with django_assert_num_queries(len(few)):
        assert client.get(address).status_code == 200


def test_one_acts_in_one_of_ones_own_posts_and_in_no_other(admin, marker, signed_in):
    second = Post.objects.create(user=marker, organisation=unit("北庄镇"), role="reporter", starts_on=date(2020, 1, 1))
    client = signed_in(marker)

    def acting():
        return re.search(r'class="posts">\s*<summary>(.*?)</summary>', text(client.get("/inbox/")), re.S)[1]

    assert "区水务局" in acting()
    for chosen in (second.pk, admin.posts.get().pk, "x", ""):
        assert client.post("/accounts/switch-post/", {"post": chosen, "next": "/inbox/"})["Location"] == "/inbox/"
        assert "北庄镇" in acting()
    Post.objects.filter(pk=second.pk).update(ends_on=date(2020, 1, 2))
    assert client.get("/inbox/").status_code == 200
