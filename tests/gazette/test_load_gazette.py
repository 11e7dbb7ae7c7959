from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from miyun_kpi.gazette import registry
from miyun_kpi.gazette.models import Clause, Document, DoubtfulPassage
from miyun_kpi.gazette.services import load_gazette
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.models import Alias, Organisation

AT = datetime(2020, 7, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
pytestmark = pytest.mark.usefixtures("gazette")


def test_a_second_load_changes_nothing():
    assert load_gazette(at=AT).changes == 0


def test_the_command_prints_its_counts():
    out = StringIO()
    call_command("load_gazette", stdout=out)
    assert "公报文件：10\n" in out.getvalue()
    assert "共 0 处变动" in out.getvalue()


def test_a_damaged_clause_is_put_right():
    Clause.objects.filter(ref="四（三）4", document__ref="2020-13").update(text="改过的字")
    assert load_gazette(at=AT).changed == 1
    assert "单项扣分不超过" in Clause.objects.get(ref="四（三）4", document__ref="2020-13").text


def test_what_an_office_changed_is_not_overwritten_and_what_it_removed_does_not_return():
    Organisation.objects.filter(code="shuiwu-ju").update(name="区水利局", key="区水利局", version=2)
    Alias.objects.get(text="区城市管理委").delete()
    assert load_gazette(at=AT).changes == 0
    assert Organisation.objects.get(code="shuiwu-ju").name == "区水利局"
    assert not Alias.objects.filter(text="区城市管理委").exists()


def test_an_untouched_organisation_follows_a_corrected_fixture():
    Organisation.objects.filter(code="shuiwu-ju").update(note="旧说明")
    assert load_gazette(at=AT).changed == 1


def test_a_loader_that_fails_takes_everything_back(monkeypatch):
    def fail(at):
        raise Refused("broken", "后面的装载失败。")

    monkeypatch.setitem(registry._loaders, "broken", (999, fail))
    Document.objects.filter(ref="2020-13").update(note="改过")
    with pytest.raises(CommandError, match="后面的装载失败"):
        call_command("load_gazette", stdout=StringIO())
    assert Document.objects.get(ref="2020-13").note == "改过"


def test_a_load_takes_few_statements(django_assert_max_num_queries):
    with django_assert_max_num_queries(90):
        load_gazette(at=AT)


def test_the_system_checks_find_nothing_wrong():
    assert run_checks(tags=["gazette"], databases=["default"]) == []


def test_the_system_checks_find_a_changed_text():
    Clause.objects.filter(ref="一", document__ref="2020-13").update(text="别的话")
    DoubtfulPassage.objects.filter(number=1, document__ref="2020-13").update(passage="不存在的引文")
    found = {message.id for message in run_checks(tags=["gazette"], databases=["default"])}
    assert {"gazette.E003", "gazette.E004"} <= found


def test_check_gazette_prints_the_numbers_of_aliases_and_groups():
    out = StringIO()
    call_command("check_gazette", stdout=out)
    assert f"别名：{Alias.objects.count()}\n" in out.getvalue()
    assert "核对无误" in out.getvalue()
