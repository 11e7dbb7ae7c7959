import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template import engines
from django.test import RequestFactory

from miyun_kpi.web.shapes import SHAPES, STATES, ZONES
from tests.web import sample
from tests.web.gallery_urls import gallery_page, signed_in

pytestmark = pytest.mark.urls("tests.web.gallery_urls")


def render(source, path="/evaluation/", **context):
    request = signed_in(RequestFactory().get(path))
    return engines["django"].from_string(source).render(context, request)


@pytest.mark.parametrize("name", STATES)
def test_every_state_is_a_word_and_a_drawn_shape(name):
    html = render("{% status name %}", name=name)
    assert STATES[name].word in html
    assert f'href="#sh-{STATES[name].shape}"' in html
    assert STATES[name].shape in SHAPES


def test_a_quiet_state_keeps_its_word_for_people_who_hear_the_page():
    assert '<span class="hear">迟报</span>' in render('{% status "late" quiet=True %}')


def test_a_state_with_words_of_its_own_escapes_them():
    assert "&lt;b&gt;" in render('{% status "saved" word %}', word="<b>")


def test_an_unknown_state_is_an_error_and_not_a_blank():
    with pytest.raises(ValueError, match="no state"):
        render('{% status "sav" %}')


@pytest.mark.parametrize("name", ZONES)
def test_a_zone_is_never_colour_alone(name):
    assert ZONES[name][0] in render("{% zone name %}", name=name)
    assert f"#sh-{ZONES[name][1]}" in render("{% zone_shape name %}", name=name)
    assert ZONES[name][0] in render("{% zone_shape name %}", name=name)


def test_no_two_shapes_are_drawn_alike():
    assert len(set(SHAPES.values())) == len(SHAPES)


def test_a_figure_says_its_status_and_tints_its_cell():
    assert "不可读" in render('{% figure 8 "unreadable" %}')
    assert render('{{ "assumed"|figure_cell }}{{ "printed"|figure_cell }}') == "cell-assumed"


@pytest.mark.parametrize(
    ("rank", "previous", "word"), [(2, 5, "升"), (5, 2, "降"), (3, 3, "平"), (3, None, "–"), (None, 3, "–")]
)
def test_movement_says_up_down_level_or_nothing(rank, previous, word):
    assert word in render("{% movement rank previous %}", rank=rank, previous=previous)


def test_a_blocked_button_says_what_is_lacking_and_leads_there():
    html = render('{% blocked_button "送审核" "还差 7 格" href="#cell-16" %}')
    assert "送审核（还差 7 格）" in html and 'href="#cell-16"' in html
    assert 'aria-disabled="true"' in render('{% blocked_button "送审核" "还差 7 格" %}')


def test_filters_live_in_the_address():
    html = render(
        '{% segments "zone" zones "eco" %}',
        path="/x/?track=township&zone=eco&page=3",
        zones=[("", "全部"), ("core", "新城核心区", 4)],
    )
    assert 'href="?track=township"' in html
    assert 'href="?track=township&amp;zone=core"' in html
    assert "page=3" not in html


def test_the_sub_bar_marks_the_page_one_is_on():
    source = '{% sub_link "/evaluation/sheets/" "打分表" %}{% sub_link "/evaluation/" "总览" exact=True %}'
    html = render(source, path="/evaluation/sheets/4/")
    assert html.count("aria-current") == 1 and '/evaluation/sheets/" aria-current="page"' in html


def test_all_errors_of_a_form_are_said_at_once_and_at_their_fields():
    html = render("{% error_summary form %}{% field form.name %}", form=sample.SampleForm({"kind": "x"}))
    assert "有 2 处要改，没有保存" in html
    assert 'href="#id_name"' in html
    assert 'aria-describedby="id_name-problem"' in html and 'aria-invalid="true"' in html
    assert render("{% error_summary form %}", form=sample.SampleForm()).strip() == ""


def test_a_clause_without_a_reference_is_a_dash():
    assert "–" in render('{% clause_link "" %}')
    wanted = render('{% clause_link "2020-13" "附件4·4" %}')
    assert "13号 附件4·4" in wanted and 'href="/gazette/2020-13/' in wanted
    for named in ("13·附件4·4", "13号 附件4·4", "13号附件4·4", "密政办字〔2020〕13号 附件4·4"):
        assert render(f'{{% clause_link "{named}" %}}') == wanted, named
    for named in ('"13号"', '"13"', '"evaluation"'):
        assert render(f'{{% clause_link {named} "附件4·4" %}}') == wanted, named


@pytest.mark.parametrize(
    ("document", "clause", "words"),
    [
        ('"2021-9"', "四（二）", "〔2021〕9号 四（二）"),
        ('"2021-9-密政发"', "四（二）", "密政发〔2021〕9号 四（二）"),
        ('"2020-13"', "附件9", "13号 附件9"),
        ("nothing", "四（二）", "四（二）"),
    ],
)
def test_a_clause_that_no_gazette_prints_is_cited_without_a_link(document, clause, words):
    html = render(f'{{% clause_link {document} "{clause}" %}}')
    assert f"<span>{words}</span>" in html and "<a " not in html


def test_the_countdown_says_its_four_dates_in_words():
    html = render("{% window_bar window now %}", window=sample.window(), now=sample.at(19, 10, 24))
    for words in ("2020-10-09 周五 00:00", "2020-10-20 周二 18:00", "2020-10-23 周五 18:00", "2020-10-28 周三 00:00"):
        assert words in html
    assert "1 天 7 小时 36 分" in html and "现在 10-19 周一 10:24" in html


@pytest.mark.parametrize("name", ["matrix", "states", "reading"])
def test_the_gallery_holds_nothing_the_content_policy_forbids(name):
    html = gallery_page(name, signed_in(RequestFactory().get("/evaluation/")))
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", html)
    assert all("src=" in script for script in re.findall(r"<script[^>]*>", html))
    assert not re.search(r'(?:href|src)="(?:https?:)?//', html)


def test_the_graver_notice_is_shown_once_and_printed():
    html = gallery_page("states", signed_in(RequestFactory().get("/evaluation/")))
    assert html.count('role="note"') == 1
    assert "试算件，不得引用" in html


def test_a_person_with_several_posts_may_switch_and_one_with_a_single_post_may_not():
    many = gallery_page("states", signed_in(RequestFactory().get("/"), posts=2))
    one = gallery_page("states", signed_in(RequestFactory().get("/")))
    assert 'action="/accounts/switch-post/"' in many and "区水务局 · 审核人" in many
    assert "switch-post" not in one and "区水务局 · 考评经办" in one


def test_signing_out_is_a_post_and_not_a_link():
    html = gallery_page("states", signed_in(RequestFactory().get("/")))
    assert '<form method="post" action="/sign-out/">' in html
    assert 'href="/sign-out/"' not in html


def test_the_shown_window_is_taken_by_name_from_any_object():
    window = SimpleNamespace(**vars(sample.window()))
    assert "报送截止" in render("{% window_bar window now %}", window=window, now=sample.at(12))


def test_problems_of_the_whole_form_are_counted_with_those_of_its_fields():
    form = sample.SampleForm({"kind": "x"})
    form.add_error(None, "截止时间已过")
    assert "有 3 处要改，没有保存" in render("{% error_summary form %}", form=form)


def test_an_empty_page_never_shows_the_clock_as_what_can_be_done_now():
    includes = [
        found
        for path in Path("templates").rglob("*.html")
        for found in re.findall(r'(?:{% with [^%]*%}\s*)*{% include "components/empty.html"[^%]*%}', path.read_text())
    ]
    assert includes and [one for one in includes if " now=" not in one] == []
