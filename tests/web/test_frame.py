import pytest
from django.test import RequestFactory

from miyun_kpi.gazette.models import Document
from miyun_kpi.inbox.queries import _tabs
from miyun_kpi.web import registry
from miyun_kpi.web.context import Frame
from tests.web.gallery_urls import signed_in

ORDER = "工作台 绩效考评 政务公开 城市安全 绿色金融 耕地占补 水环境 博士后 人事任免 公报 机构"


def frame(path="/"):
    return Frame(signed_in(RequestFactory().get(path)))


def test_the_subjects_stand_in_their_fixed_order():
    assert " ".join(item.label for item in frame().nav) == ORDER


@pytest.mark.parametrize("path", ["/water/duties/", "/duties/22/", "/duties/2020-22/"])
def test_a_subject_is_current_on_its_pages_and_on_the_duties_of_its_document(path):
    assert [item.label for item in frame(path).nav if item.current] == ["水环境"]


def test_an_app_adds_a_subject_to_every_list_by_one_registration():
    registry.register_subject("forest", "造林绿化", order=165, short="造林", package="water")
    nav = [item.label for item in frame("/forest/x/").nav]
    assert nav[nav.index("水环境") + 1] == "造林绿化"
    assert [item.label for item in frame("/forest/x/").nav if item.current] == ["造林绿化"]
    assert Document(subject="forest").subject_label == "造林绿化"
    strip = [(tab.subject, tab.label, tab.document) for tab in _tabs([])]
    assert (
        ("forest", "造林", "") in strip
        and ("water", "水环境", "22号") in strip
        and ("personnel", "人事任免", "") in strip
    )
    assert "forest" in registry.subject_keys()


def test_subjects_of_the_post_stand_first_and_the_others_wait_behind_a_sign():
    registry.register_own(lambda request: frozenset({"water", "evaluation"}))
    found = frame()
    assert " ".join(item.label for item in found.nav) == "工作台 绩效考评 水环境 公报 机构"
    assert " ".join(item.label for item in found.others) == "政务公开 城市安全 绿色金融 耕地占补 博士后 人事任免"


def test_the_subject_one_is_in_is_never_behind_the_sign():
    registry.register_own(lambda request: frozenset({"evaluation"}))
    found = frame("/postdoc/stays/")
    assert [(item.label, item.current) for item in found.nav if item.current] == [("博士后", True)]
    assert "博士后" not in [item.label for item in found.others]


def test_a_visitor_sees_every_subject_and_asks_nothing():
    registry.register_own(lambda request: 1 / 0)
    request = RequestFactory().get("/")
    request.actor = None
    assert " ".join(item.label for item in Frame(request).nav) == ORDER and Frame(request).others == []


def test_the_counter_stands_only_on_the_desk_and_adds_up():
    registry.register_counter(lambda request: 3)
    registry.register_counter(lambda request: 4)
    assert [item.count for item in frame().nav] == [7] + [0] * 10


def test_a_visitor_is_counted_nothing():
    registry.register_counter(lambda request: 1 / 0)
    request = RequestFactory().get("/")
    request.actor = None
    assert Frame(request).nav[0].count == 0


def test_a_frame_that_is_not_shown_asks_nobody():
    registry.register_notice(lambda request: 1 / 0)
    frame()


def test_the_trial_is_graver_than_the_demonstration():
    demo, trial = registry.Notice("demo", "演示。"), registry.Notice("trial", "试算。")
    registry.register_notice(lambda request: demo)
    assert frame().notice == demo
    registry.register_notice(lambda request: trial)
    registry.register_notice(lambda request: None)
    assert frame().notice == trial
    assert registry.graver(None) is None
