"""Nobody wears another's name: by an invisible sign, a letter of another script, or in the same unit."""

import pytest
from django.utils import timezone

from miyun_kpi.accounts import services
from miyun_kpi.accounts.access import actor_in_post, posts_on
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.audit.telling import who_of
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.names import read_display_name
from tests.accounts.people import AT, TODAY, actor, person, unit


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" 张　三 ", "张 三"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("考评组甲(演示)", "考评组甲（演示）"),
        ("Ｌｉ Ｍｉｎｇ", "Li Ming"),
        ("㐂二", "㐂二"),
    ],
)
def test_one_way_of_writing(typed, stored):
    assert read_display_name(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "张" * 31,
        "张\u200b三",
        "\u202e三张",
        "张\u2060三",
        "Аnna",
        "Lі Ming",
        "张三\ufeff",
        "张\x00三",
        "张三👑",
        "张󠄀三",
    ],
)
def test_what_cannot_be_seen_or_only_looks_alike_is_refused(typed):
    with pytest.raises(Refused) as refusal:
        read_display_name(typed)
    assert refusal.value.code == "bad-name"


@pytest.mark.usefixtures("gazette")
def test_namesakes_of_one_unit_are_told_apart_by_a_word(admin, security):
    person("wei-yi", "evaluator", "区水务局", display_name="张伟")
    person("wei-er", display_name="张伟")
    given = {"organisation": unit(), "role": "reporter", "title": "", "starts_on": TODAY, "ends_on": None, "at": AT}
    with pytest.raises(Refused) as refusal:
        services.grant_post(actor=actor(security), username="wei-er", **given)
    assert (
        refusal.value.code == "namesake"
        and "张伟（综合科）" in refusal.value.message
        and "wei-yi" in refusal.value.message
    )
    assert not Post.objects.filter(user__username="wei-er").exists()
    services.grant_post(actor=actor(security), username="wei-er", **given | {"organisation": unit("区财政局")})
    services.rename_account(actor=actor(admin), username="wei-er", display_name="张伟(综合科)", version=1, at=AT)
    services.grant_post(actor=actor(security), username="wei-er", **given)
    with pytest.raises(Refused) as refusal:
        services.rename_account(actor=actor(admin), username="wei-er", display_name="张伟", version=2, at=AT)
    assert refusal.value.code == "namesake" and User.objects.get(username="wei-er").display_name == "张伟（综合科）"


def test_whoever_has_a_namesake_is_named_with_the_account(gazette):
    first = person("zhang-wei", Role.REPORTER, "区水务局", display_name="张伟")
    day = timezone.localdate()

    def label(user):
        return actor_in_post(user, posts_on(user, day)[0]).label

    assert label(first) == "张伟（区水务局 填报人）"
    other = person("zhang-wei-2", Role.REPORTER, "区民政局", display_name="张伟")
    assert label(first) == "张伟（zhang-wei）（区水务局 填报人）"
    assert label(other) == "张伟（zhang-wei-2）（区民政局 填报人）"
    assert who_of(label(first)) == "区水务局 张伟（zhang-wei）", "the sentences of the audit have it too"


def test_two_accounts_without_a_name_are_no_namesakes(gazette):
    one, _ = person("jia", Role.REPORTER, display_name=""), person("yi", Role.REPORTER, display_name="")
    assert actor_in_post(one, posts_on(one, timezone.localdate())[0]).label == "jia（区政府办公室 填报人）"
