"""Every page below a list says which, by one component."""

import re

import pytest
from django.test import Client

from evaluation.models import MarkSheet, Ranking
from miyun_kpi import site as sites
from miyun_kpi.duties.models import Duty
from tests.evaluation.conftest import _demo_of_module, demo
from tests.factories.rankings import BACKEND
from tests.factories.rankings import person as post_holder
from tests.factories.sheets import person, water_sheet

__all__ = ["_demo_of_module", "demo"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_registry() -> None:
    """These are whole pages: they keep what the apps have registered."""


def crumbs(client, path):
    text = client.get(path).content.decode()
    found = re.search(r'<nav aria-label="所在位置">.*?</nav>', text, re.S)
    return re.findall(r'<a href="([^"]*)">\s*([^<]*?)\s*</a>', found[0]) if found else []


def client_in(organisation, role):
    client = Client()
    client.force_login(post_holder("x", organisation, role), backend=BACKEND)
    return client


def test_a_sheet_stands_below_the_sheets(demo):
    found = crumbs(person("shuiwu"), f"/evaluation/sheets/{water_sheet().pk}/")
    assert found == [("/evaluation/", "绩效考评"), ("/evaluation/sheets/", "打分表")]
    assert MarkSheet.objects.exists() and crumbs(person("shuiwu"), "/evaluation/sheets/") == []


@pytest.mark.parametrize("path", ["new/", "counts/", "import/"])
def test_pages_of_a_register_stand_below_its_list_though_the_bar_does_not_name_it(gazette, path):
    client, plans = client_in("区安委会办公室", "register_office"), "/safety/records/plans/"
    assert crumbs(client, f"{plans}{path}") == [("/safety/", "城市安全"), (plans, "应急救援预案")]
    assert crumbs(client, plans) == []


def test_what_is_below_a_page_of_the_bar_is_found_without_being_told(gazette):
    client = client_in("区政务服务中心", "register_office")
    assert crumbs(client, "/disclosure/applications/new/") == [
        ("/disclosure/", "政务公开"),
        ("/disclosure/applications/", "依申请公开"),
    ]
    assert crumbs(client, "/disclosure/") == [] and Duty.objects.exists()


def test_what_lies_between_is_named_too(demo):
    office, ranking = person("zhengfuban1"), Ranking.objects.get(scheme__track="township")
    lists, one = ("/evaluation/rankings/", "排名"), (f"/evaluation/rankings/{ranking.pk}/", ranking.period.label)
    subject = ("/evaluation/", "绩效考评")
    assert crumbs(office, one[0]) == [subject, lists]
    assert crumbs(office, f"{one[0]}rows/gulou-jiedao/") == [subject, lists, one]
    schemes, scheme = (
        ("/evaluation/schemes/", "考评方案"),
        ("/evaluation/schemes/2020/township/", "2020年 镇街（地区）、经济功能区"),
    )
    assert crumbs(office, f"{scheme[0]}carriers/") == [subject, schemes, scheme]
    town = person("beizhuang")
    clause = crumbs(town, "/gazette/2020-13/四（二）/")
    assert clause[0] == ("/gazette/", "公报") and clause[1][1].startswith("13号")


def test_the_tag_of_the_demonstration_stands_beside_the_trail(demo, monkeypatch):
    """These pages wrote a trail of their own and lost the tag."""
    monkeypatch.setattr(sites, "_current", [sites.DEMO])
    page = person("zhengfuban1").get("/evaluation/periods/open/?code=2020q4").content.decode()
    assert '<nav aria-label="所在位置">' in page and "notice-tag" in page
