import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from miyun_kpi.accounts.enums import Verb
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound, Refused
from miyun_kpi.organisations import services
from miyun_kpi.organisations.access import MANAGE
from miyun_kpi.organisations.models import Affiliation, Alias, Organisation
from miyun_kpi.organisations.queries import resolve, resolver
from miyun_kpi.organisations.services import NewOrganisation, Seen

AT = datetime(2020, 9, 15, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = date(2020, 9, 1)
pytestmark = pytest.mark.usefixtures("gazette")


def seen(code):
    return Seen(code, Organisation.objects.get(code=code).version)


def rename(actor, code="shuiwu-ju", name="区水利局", **changes):
    given = {"seen": seen(code), "on": DAY, "at": AT, "number": "密编〔2020〕1号"} | changes
    return services.rename_organisation(actor=actor, name=name, **given)


def test_a_paper_whose_number_only_looks_like_another_is_refused(administrator):
    for number, said in (("密编〔2020〕\u0661号", "第 9 个字"), ("密\u3164编〔2020〕1号", "第 2 个字")):
        with pytest.raises(Refused, match=said):
            rename(administrator, number=number)


def test_what_was_mistyped_of_a_paper_is_put_right_under_the_same_paper(administrator):
    rename(administrator, name="区水里局")
    with pytest.raises(Refused, match="新名称的启用日期须在其后"):
        rename(administrator, name="区水利局", number="密编〔2020〕2号")
    row = rename(administrator, name="区水利局")
    assert [(one.name, one.valid_from) for one in row.names.order_by("pk")] == [("区水务局", None), ("区水利局", DAY)]
    assert row.reorganised.count() == 1, "one paper, one change"
    sources = dict(row.aliases.values_list("text", "source"))
    assert sources["区水里局"] == "2020-09-01更名时的误写" and sources["区水务局"] == "2020-09-01前的名称"
    assert resolve("区水里局") == resolve("区水务局") == row
    told = AuditEntry.objects.filter(action="organisations.organisation.renamed").order_by("pk")
    assert [json.loads(one.data)["to"] for one in told] == ["区水里局", "区水利局"]


def test_the_verb_is_the_one_accounts_grants():
    assert MANAGE == Verb.MANAGE_ORGANISATIONS


def test_resolve_finds_name_code_and_alias_whatever_width_and_blanks():
    for text in ("区商务局（粮食和物资储备局）", "商务局(粮食 和物资储备 局)", "shangwu-ju", " 区粮食和物资储备局 "):
        assert resolve(text).code == resolver()(text).code == "shangwu-ju"
    assert resolve("没有这个局") is resolver()("没有这个局") is resolve("") is None


def test_a_township_is_known_without_the_last_word_of_its_name_and_a_bureau_is_not():
    assert resolve("冯家峪").code == resolver()("冯家峪").code == resolve("冯家峪镇").code
    assert resolve("区水务") is resolver()("区水务") is None
    assert resolve("镇") is resolver()("镇") is None


def test_resolve_is_one_query_and_a_resolver_two(django_assert_num_queries):
    with django_assert_num_queries(1):
        resolve("区人力社保局")
    with django_assert_num_queries(2):
        find = resolver()
        assert [find(text).code for text in ("区人保局", "区环境办", "密云镇")] == [
            "renshebao-ju",
            "huanjing-ban",
            "miyun-zhen",
        ]


def test_tracks_hold_21_and_49():
    assert Organisation.objects.of_track("township").count() == 21
    assert Organisation.objects.of_track("department").count() == 49
    assert Organisation.objects.evaluated().count() == 70


def test_the_printed_order_is_that_of_the_annexes():
    codes = list(Organisation.objects.in_printed_order().values_list("code", flat=True))
    assert codes[0] == "gulou-jiedao" and codes[20] == "miyun-yuan" and codes[21] == "zhengfu-ban"
    assert codes[69] == "shoujingmao-fenxiao"


def test_first_is_first_in_print_without_asking():
    assert Organisation.objects.filter(category="vertical").first().code == "guizi-fenju"


def dated_names(row):
    """The names from oldest to newest, with the days from and until which each is the name."""
    return list(row.names.order_by("pk").values_list("name", "valid_from", "valid_to"))


def test_a_renamed_organisation_keeps_its_old_name_by_date_and_as_alias(administrator):
    row = rename(administrator)
    assert (row.name, row.version) == ("区水利局", 2)
    assert dated_names(row) == [("区水务局", None, DAY), ("区水利局", DAY, None)]
    assert resolve("区水务局") == resolve("区水利局") == row
    entry = AuditEntry.objects.get(action="organisations.organisation.renamed")
    assert entry.subject == "organisation:shuiwu-ju"


def test_a_second_rename_must_come_later(administrator):
    rename(administrator)
    with pytest.raises(Refused, match="须在其后"):
        rename(administrator, name="区水局", number="密编〔2020〕2号")
    row = rename(administrator, name="区水局", on=date(2020, 9, 10))
    assert dated_names(row)[1:] == [("区水利局", DAY, date(2020, 9, 10)), ("区水局", date(2020, 9, 10), None)]


def test_a_name_may_come_back(administrator):
    rename(administrator)
    row = rename(administrator, name="区水务局", on=date(2020, 9, 10))
    assert resolve("区水利局") == resolve("区水务局") == row


def test_a_stale_version_is_refused_with_the_present_name(administrator):
    old = seen("shuiwu-ju")
    rename(administrator)
    with pytest.raises(Conflict) as refusal:
        rename(administrator, name="区水局", seen=old)
    assert refusal.value.errors[0].current == {"value": "区水利局", "version": 2}


@pytest.mark.parametrize("taken", ["区财政局", "区城市管理委", "caizheng-ju"])
def test_a_spelling_of_another_organisation_is_refused(administrator, taken):
    with pytest.raises(Refused, match="一个写法只能指一个机构"):
        rename(administrator, name=taken)


def test_a_future_day_is_refused(administrator):
    with pytest.raises(Refused, match="还没有到"):
        rename(administrator, on=date(2020, 9, 16))


def test_only_the_verb_changes_organisations(evaluator):
    new = NewOrganisation("xin", "新机构", "body")
    for act in (
        lambda: rename(evaluator),
        lambda: services.create_organisation(actor=evaluator, new=new, at=AT),
        lambda: services.add_alias(actor=evaluator, seen=seen("shuiwu-ju"), text="水利", at=AT),
        lambda: services.remove_alias(actor=evaluator, seen=seen("shuiwu-ju"), text="水务局", at=AT),
        lambda: services.merge_organisations(
            number="密编〔2020〕1号",
            actor=evaluator,
            merged=[seen("jinrong-ban")],
            into=seen("caizheng-ju"),
            on=DAY,
            at=AT,
        ),
        lambda: services.split_organisation(
            number="密编〔2020〕1号", actor=evaluator, seen=seen("shuiwu-ju"), parts=[new, new], on=DAY, at=AT
        ),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert not AuditEntry.objects.exists()


def test_a_created_organisation_is_found_by_its_name(administrator):
    new = NewOrganisation("shuju-ju", "区大数据局", "agency", evaluated=True, order=50)
    row = services.create_organisation(actor=administrator, new=new, part_of="jingxin-ju", valid_from=DAY, at=AT)
    assert resolve("区大数据局") == row
    assert row.part_of.code == "jingxin-ju"


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (NewOrganisation("shuiwu-ju", "某局", "agency"), "代码“shuiwu-ju”已被使用"),
        (NewOrganisation("mou-zhen", "某镇", "township"), "须选分区"),
        (NewOrganisation("mou-ju", "某局", "agency", zone="eco"), "须选分区"),
        (NewOrganisation("mou-ju", "某局", "body", evaluated=True), "不列入考评"),
        (NewOrganisation("mou-ju", "  ", "agency"), "名称不能为空"),
    ],
)
def test_an_impossible_organisation_is_refused_with_its_reason(administrator, new, sentence):
    with pytest.raises(Refused, match=sentence):
        services.create_organisation(actor=administrator, new=new, at=AT)


def test_merged_organisations_end_and_what_is_open_moves(administrator):
    merged = [seen("zhengwufuwu-ju"), seen("jinrong-ban")]
    services.merge_organisations(
        number="密编〔2020〕1号", actor=administrator, merged=merged, into=seen("caizheng-ju"), on=DAY, at=AT
    )
    ended = Organisation.objects.get(code="zhengwufuwu-ju")
    assert (ended.valid_to, ended.evaluated) == (DAY, False)
    assert Organisation.objects.get(code="zhengwufuwu-zhongxin").part_of.code == "caizheng-ju"
    assert Affiliation.objects.filter(kind="并入", other__code="caizheng-ju").count() == 2
    assert json.loads(AuditEntry.objects.get(action__endswith=".merged").data)["moved"]["下属机构"] == 1


def test_nothing_merges_into_itself_or_twice(administrator):
    for merged in ([], [seen("caizheng-ju")], [seen("jinrong-ban")] * 2):
        with pytest.raises(Refused, match="一个以上"):
            services.merge_organisations(
                number="密编〔2020〕1号", actor=administrator, merged=merged, into=seen("caizheng-ju"), on=DAY, at=AT
            )
    merge = {"number": "密编2号", "actor": administrator, "into": seen("caizheng-ju"), "on": DAY, "at": AT}
    services.merge_organisations(merged=[seen("jinrong-ban")], **merge)
    with pytest.raises(Refused, match="撤并"):
        services.merge_organisations(merged=[seen("jinrong-ban")], **merge | {"into": seen("caizheng-ju")})


def test_a_failed_merge_leaves_nothing_behind(administrator):
    stale = Seen("zuzhi-bu", 99)
    with pytest.raises(Conflict):
        services.merge_organisations(
            number="密编〔2020〕1号",
            actor=administrator,
            merged=[seen("jinrong-ban"), stale],
            into=seen("caizheng-ju"),
            on=DAY,
            at=AT,
        )
    assert Organisation.objects.get(code="jinrong-ban").valid_to is None


def test_a_split_ends_one_and_begins_two(administrator):
    parts = [NewOrganisation("wenhua-ju", "区文化局", "agency", evaluated=True, order=9)]
    split = {"number": "密编3号", "actor": administrator, "on": DAY, "at": AT}
    with pytest.raises(Refused, match="至少写出两个"):
        services.split_organisation(seen=seen("wenlv-ju"), parts=parts, **split)
    parts.append(NewOrganisation("lvyou-ju", "区旅游局", "agency", evaluated=True, order=9))
    change = services.split_organisation(seen=seen("wenlv-ju"), parts=parts, **split)
    made = [one.organisation for one in change.units.filter(part="successor")]
    assert [row.valid_from for row in made] == [DAY, DAY]
    assert Organisation.objects.get(code="wenlv-ju").valid_to == DAY
    assert Organisation.objects.of_track("department").count() == 50


def test_an_alias_is_added_and_removed(administrator):
    services.add_alias(actor=administrator, seen=seen("shuiwu-ju"), text="水利 办", source="来文", at=AT)
    assert resolve("水利办").code == "shuiwu-ju"
    with pytest.raises(Refused, match="一个写法只能指一个机构"):
        services.add_alias(actor=administrator, seen=seen("caizheng-ju"), text="水利办", at=AT)
    services.remove_alias(actor=administrator, seen=seen("shuiwu-ju"), text="水利 办", at=AT)
    assert not Alias.objects.filter(key="水利办").exists()
    with pytest.raises(NotFound):
        services.remove_alias(actor=administrator, seen=seen("shuiwu-ju"), text="水利 办", at=AT)
