import re
from datetime import date

import pytest
from django.urls import reverse

from miyun_kpi.accounts.models import Post, User
from miyun_kpi.duties.models import DutyUnit
from miyun_kpi.organisations.models import Organisation

pytestmark = pytest.mark.usefixtures("gazette")


def page(client, name="organisations", status=200, data=None, **kwargs):
    answer = client.get(reverse(f"organisations:{name}", kwargs=kwargs), data or {})
    assert answer.status_code == status
    return answer.content.decode()


def test_the_list_shows_every_organisation_with_aliases(signed_in):
    text = page(signed_in("reporter"))
    assert text.count('scope="row"') == Organisation.objects.count()
    assert "区人力社保局" in text


@pytest.mark.parametrize(
    ("filters", "number"),
    [
        ({"category": "vertical"}, 7),
        ({"zone": "eco"}, 9),
        ({"category": "agency", "q": "区城市管理委"}, 1),
        ({"q": "水务"}, 1),
        ({"q": "云云园"}, 1),
        ({"category": "nonsense"}, None),
    ],
)
def test_filters_and_search_narrow_the_list_and_find_aliases(signed_in, filters, number):
    text = page(signed_in("reporter"), data=filters)
    assert text.count('scope="row"') == (Organisation.objects.count() if number is None else number)


def test_nothing_found_says_so(signed_in):
    assert "没有符合的机构" in page(signed_in("reporter"), data={"q": "火星"})


def test_the_number_of_queries_does_not_grow_with_the_organisations(signed_in, django_assert_max_num_queries):
    client = signed_in("reporter")
    page(client)
    with django_assert_max_num_queries(14):
        page(client)
    with django_assert_max_num_queries(14):
        page(client, "groups")


def test_one_organisation_shows_aliases_parts_and_groups(signed_in, django_assert_max_num_queries):
    client = signed_in("reporter")
    page(client)
    with django_assert_max_num_queries(30):
        text = page(client, "organisation", code="miyun-yuan")
    assert "13号 附件1·一" in text and "更名" not in text
    text = page(client, "organisation", code="miyun-yuan", data={"tab": "names"})
    assert all(word in text for word in ("中关村密云云园", "生态商务区", "经济功能区"))


def test_group_phrases_left_open_are_said_to_be(signed_in):
    text = page(signed_in("reporter"), "groups")
    assert "相关属地政府" in text and "原文未明确" in text


def test_an_unknown_organisation_is_not_found(signed_in):
    page(signed_in("reporter"), "organisation", status=404, code="mei-you")


@pytest.mark.parametrize("name", ["create", "rename", "add-alias", "merge", "split", "close"])
def test_forms_are_for_administrators_only(signed_in, name):
    kwargs = {} if name == "create" else {"code": "shuiwu-ju"}
    page(signed_in("evaluator"), name, status=403, **kwargs)
    page(signed_in("system_admin"), name, **kwargs)


def test_an_administrator_renames_and_sees_the_history(signed_in):
    client = signed_in("system_admin")
    address = reverse("organisations:rename", kwargs={"code": "shuiwu-ju"})
    answer = client.post(
        address, {"version": 1, "name": "区水利局", "on": "2020-09-01", "number": "密编〔2020〕1号"}, follow=True
    )
    text = answer.content.decode()
    assert answer.status_code == 200 and "自 2020-09-01 起把“区水务局”更名为“区水利局”" in text
    assert text.count("区水务局") >= 2  # as an alias and as a dated name


def test_a_refusal_keeps_what_was_typed(signed_in):
    client = signed_in("system_admin")
    address = reverse("organisations:rename", kwargs={"code": "shuiwu-ju"})
    answer = client.post(address, {"version": 1, "name": "区财政局", "on": "2020-09-01", "number": "密编〔2020〕1号"})
    assert answer.status_code == 422
    assert 'value="区财政局"' in answer.content.decode() and "一个写法只能指一个机构" in answer.content.decode()


def test_a_stale_form_is_a_conflict(signed_in):
    client = signed_in("system_admin")
    Organisation.objects.filter(code="shuiwu-ju").update(version=5)
    address = reverse("organisations:rename", kwargs={"code": "shuiwu-ju"})
    assert (
        client.post(
            address, {"version": 1, "name": "区水利局", "on": "2020-09-01", "number": "密编〔2020〕1号"}
        ).status_code
        == 409
    )


def test_errors_of_a_form_come_all_at_once(signed_in):
    answer = signed_in("system_admin").post(reverse("organisations:create"), {"code": "A b", "category": "x"})
    assert answer.status_code == 422
    assert Organisation.objects.filter(code="A b").count() == 0


def test_an_administrator_creates_merges_splits_and_keeps_aliases(signed_in):
    client = signed_in("system_admin")
    made = {"name": "区大数据局", "code": "shuju-ju", "category": "agency", "evaluated": "on", "order": "50"}
    assert client.post(reverse("organisations:create"), made).status_code == 302
    at = {"code": "shuju-ju"}
    assert (
        client.post(reverse("organisations:add-alias", kwargs=at), {"version": 2, "text": "数据局"}).status_code == 302
    )
    assert (
        client.post(reverse("organisations:remove-alias", kwargs=at), {"version": 3, "text": "数据局"}).status_code
        == 302
    )
    merge = {"version": 4, "merged": ["jinrong-ban:1"], "on": "2020-09-01", "number": "密编〔2020〕1号"}
    assert client.post(reverse("organisations:merge", kwargs=at), merge).status_code == 302
    parts = {"first_name": "甲局", "first_code": "jia-ju", "second_name": "乙局", "second_code": "yi-ju"}
    split = client.post(
        reverse("organisations:split", kwargs=at), parts | {"version": 5, "on": "2020-09-02", "number": "密编2号"}
    )
    assert split.status_code == 302
    assert Organisation.objects.get(code="shuju-ju").valid_to.isoformat() == "2020-09-02"


def test_what_goes_along_stays_or_asks_is_said_before_the_merger(signed_in):
    client = signed_in("system_admin")
    form = page(client, "merge", code="caizheng-ju")
    assert 'hx-get="../affairs/"' in form and 'id="affairs"' in form
    address = reverse("organisations:affairs", kwargs={"code": "caizheng-ju"})
    answer = client.get(address, {"merged": ["minzheng-ju:1"]}, headers={"hx-request": "true"})
    fragment = answer.content.decode()
    assert "<html" not in fragment and "区民政局名下的事项" in fragment
    for heading in ("并入当天转给接收的单位", "要人决定", "留在原单位名下"):
        assert heading in fragment
    owed = DutyUnit.objects.filter(organisation__code="minzheng-ju", active=True).count()
    assert owed and re.search(rf"<td>任务</td>\s*<td class=\"num\"[^>]*>{owed}</td>", fragment)
    post = Post.objects.create(
        user=User.objects.get(),
        organisation=Organisation.objects.get(code="minzheng-ju"),
        role="reporter",
        starts_on=date(2020, 1, 1),
    )
    page_of = client.get(address, {"merged": ["minzheng-ju:1"]}).content.decode()
    assert "<html" in page_of and "由安全管理员逐人交接" in page_of and post.pk
    # A refused merger keeps the table.
    stale = {"version": 99, "merged": ["minzheng-ju:1"], "on": "2020-09-01", "number": "密编〔2020〕1号"}
    refused = client.post(reverse("organisations:merge", kwargs={"code": "caizheng-ju"}), stale)
    assert refused.status_code == 409 and "区民政局名下的事项" in refused.content.decode()


def test_of_an_ended_unit_one_sees_what_is_left_in_its_name(signed_in):
    client = signed_in("system_admin")
    merge = {"version": 1, "merged": ["minzheng-ju:1"], "on": "2020-09-01", "number": "密编〔2020〕1号"}
    assert client.post(reverse("organisations:merge", kwargs={"code": "caizheng-ju"}), merge).status_code == 302
    assert "名下事项" in page(client, "organisation", code="minzheng-ju")
    left = page(client, "affairs", code="minzheng-ju")
    assert "还没有转走的" in left and "任务</td>" not in left
    page(signed_in("evaluator"), "affairs", status=403, code="minzheng-ju")
