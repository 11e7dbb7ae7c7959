"""领导首页 kept at 通报: as it stood in that moment, sealed, each leader's own, with what has become of it since (0115)."""

import re
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from evaluation.engine.rules.documents import canonical
from evaluation.leaders.access import about
from evaluation.leaders.models import LeaderPaper
from evaluation.leaders.queries.page import page as make_page
from evaluation.leaders.queries.sealed import paper_faults, seal_paper
from evaluation.models import Mark, Ranking
from miyun_kpi import site as sites
from miyun_kpi.accounts.models import Portfolio, User
from miyun_kpi.documents import printing
from miyun_kpi.inbox.models import Notice
from miyun_kpi.organisations.models import Organisation
from tests.evaluation.leaders.conftest import OWN, actor, in_charge
from tests.factories.printing import Printer
from tests.factories.rankings import BACKEND, official, published, signed
from tests.factories.tampering import unguarded

pytestmark = pytest.mark.django_db
LIST = "/evaluation/leader/papers/"
LEADERS = {"leader", "other-leader", "bare-leader"}


def client_of(username):
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    return client


def paper_of(username, track="township", quarter=3):
    found = LeaderPaper.objects.filter(ranking__scheme__track=track, ranking__period__code=f"2020Q{quarter}")
    return found.get(leader__username=username)


def page(username, paper, status=200):
    answer = client_of(username).get(f"{LIST}{paper.pk}/")
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode()


def changed_mark(track="township", quarter=3):
    mark = Mark.objects.filter(
        sheet__scheme__track=track, sheet__period__code=f"2020Q{quarter}", organisation__code="gulou-jiedao"
    ).first()
    Mark.objects.filter(pk=mark.pk).update(value=mark.value - Decimal(3))


def test_each_bulletin_keeps_a_page_for_every_leader(quarters):
    kept = list(LeaderPaper.objects.values_list("ranking__scheme__track", "ranking__period__code", "leader__username"))
    gone_out = [("township", "2020Q2"), ("department", "2020Q2"), ("township", "2020Q3")]
    assert sorted(kept) == sorted((*one, who) for one in gone_out for who in LEADERS)
    assert list(paper_faults()) == []
    told = Notice.objects.filter(role="leader", key__startswith="leader-paper/")
    assert told.count() == 3 and all(one.url == LIST for one in told)


def test_it_says_what_stood_there_and_goes_on_saying_it(quarters):
    paper, before = paper_of("leader"), page("leader", paper_of("leader"))
    live = client_of("leader").get("/evaluation/leader/").context["sheet"]
    assert {one["code"] for one in live["units"]} == set(OWN)
    Portfolio.objects.filter(leader__username="leader").delete()
    changed_mark()
    after = page("leader", paper)
    shown = [re.search(r'<article class="leader">.*?</article>', html, re.S)[0] for html in (before, after)]
    assert shown[0] == shown[1] and "鼓楼街道" in shown[1] and "区水务局" in shown[1]
    assert client_of("leader").get("/evaluation/leader/").context["sheet"]["units"] == []


def test_the_paper_of_an_earlier_quarter_speaks_of_that_quarter(quarters):
    html = page("leader", paper_of("leader", quarter=2))
    assert "2020年第二季度：镇街已通报" in html and "第三季度" not in html.split('<article class="leader">')[1]
    assert "是首期，没有可比的通报" in html


def test_whether_it_still_holds_is_told_anew(quarters):
    paper = paper_of("leader")
    assert "打印时状态：现行" in page("leader", paper)
    changed_mark()
    for who, cells in (("leader", False), ("office1", True)):
        html = page(who, paper)
        assert "之后有改动" in html and "打印时状态：之后有改动" in html
        assert ("鼓楼街道：" in html.split('id="held"')[1].split("</section>")[0]) is cells, (
            "which cells is the office's to know"
        )


def test_a_corrected_bulletin_keeps_pages_of_its_own_and_the_old_one_says_so(quarters):
    old = paper_of("leader")
    changed_mark()
    again = signed(official("township", old.ranking.period, by=actor("office1")), by=actor("office1"))
    published(again, by=actor("office2"), scope="total")
    new = LeaderPaper.objects.get(ranking=again, leader__username="leader")
    assert "已更正通报" in page("leader", new) and "打印时状态：现行" in page("leader", new)
    html = page("leader", old)
    assert f"已更正，见第 {again.number} 版" in html and "打印时状态：已更正" in html


def test_a_leader_sees_the_own_the_office_all_and_nobody_else_any(quarters):
    own, other = paper_of("leader"), paper_of("other-leader")
    page("leader", own)
    page("leader", other, status=404)
    page("office1", own)
    page("office1", other)
    for who in ("fagai", "head", "town", "auditor"):
        page(who, own, status=404)
        answer = client_of(who).get(LIST)
        assert answer.status_code == 404 or f"{LIST}{own.pk}/" not in answer.content.decode()
    listed = client_of("leader").get(LIST).content.decode()
    assert f"{LIST}{own.pk}/" in listed and f"{LIST}{other.pk}/" not in listed
    assert f"{LIST}{other.pk}/" in client_of("office1").get(LIST).content.decode()
    assert client_of("leader").get(f"{LIST}{other.pk}/page.pdf").status_code == 404


def test_nobody_changes_it_and_a_changed_one_is_not_shown(quarters):
    paper = paper_of("leader")
    with pytest.raises(DatabaseError), transaction.atomic():
        LeaderPaper.objects.filter(pk=paper.pk).update(name="别人")
    with pytest.raises(DatabaseError), transaction.atomic():
        LeaderPaper.objects.filter(pk=paper.pk).delete()
    with unguarded():
        LeaderPaper.objects.filter(pk=paper.pk).update(document=paper.document.replace("鼓楼街道", "果园街道"))
    html = page("leader", paper, status=503)
    assert "果园街道" not in html
    assert [fault.where for fault in paper_faults()] == ["2020年第三季度镇街第 1 次正式核定通报时leader的领导首页"]


def test_a_bulletin_that_is_refused_keeps_nothing(quarters):
    number, ranking = LeaderPaper.objects.count(), Ranking.objects.get(state="computed")
    with pytest.raises(Exception, match="领导审签"):
        published(ranking, by=actor("office2"), scope="total")
    assert LeaderPaper.objects.count() == number


# ── PDF ──────────────────────────────────────────────────────────────────────────────────────────


def test_without_the_libraries_the_page_is_printed_and_says_so(quarters, monkeypatch):
    monkeypatch.setattr(printing, "_weasyprint", lambda: None)
    paper = paper_of("leader")
    html = page("leader", paper)
    assert "本机没有装生成 PDF 的组件，请用“打印”另存为 PDF" in html and "page.pdf" not in html
    answer = client_of("leader").get(f"{LIST}{paper.pk}/page.pdf")
    assert answer.status_code == 422 and "请用浏览器的“打印”另存为 PDF" in answer.content.decode()
    assert "page.pdf" not in client_of("leader").get(LIST).content.decode()


def test_the_pdf_is_the_page_dated_and_takes_nothing_from_outside(quarters, monkeypatch):
    printer, paper = Printer(), paper_of("leader")
    monkeypatch.setattr(printing, "_weasyprint", lambda: printer)
    assert f"{LIST}{paper.pk}/page.pdf" in page("leader", paper)
    answer = client_of("leader").get(f"{LIST}{paper.pk}/page.pdf")
    assert answer.status_code == 200 and answer.content == b"%PDF-1.7 of the page"
    name = answer.headers["Content-Disposition"]
    assert f"{paper.made_at.astimezone():%Y-%m-%d}.pdf" in name and "attachment" in name
    assert "鼓楼街道" in printer.html and "打印时状态：现行" in printer.html and "src=" not in printer.html
    assert "<script" not in printer.html and "stylesheet" not in printer.html
    assert any("A4 landscape" in one for one in printer.css) and 'class="c-tick"' not in printer.html
    with pytest.raises(ValueError):
        printer.fetch("file:///etc/passwd")


def test_of_a_demonstration_the_pdf_says_so(quarters, monkeypatch):
    printer, paper = Printer(), paper_of("leader")
    monkeypatch.setattr(printing, "_weasyprint", lambda: printer)
    client_of("leader").get(f"{LIST}{paper.pk}/page.pdf")
    assert "不得引用" not in printer.html
    monkeypatch.setattr(sites, "_current", [sites.DEMO])
    client_of("leader").get(f"{LIST}{paper.pk}/page.pdf")
    assert "演示件，不得引用" in printer.html


def test_the_pdf_is_one_page_and_nothing_is_lost_of_it(quarters, monkeypatch):
    """Fourteen units with the longest names; a box that does not fit is dropped in silence by some layouts."""
    units = sorted(Organisation.objects.filter(evaluated=True), key=lambda one: (-len(one.name), one.code))
    towns = [one.code for one in units if one.category == "township"]
    in_charge("bare-leader", [*towns[:7], *[one.code for one in units if one.code not in towns][:7]])
    leader, at = User.objects.get(username="bare-leader"), timezone.now()
    sheet = make_page(actor("bare-leader"), str(leader), about(actor("bare-leader"), "", at.date()).units, at)
    ranking = Ranking.objects.get(state="computed")
    paper = LeaderPaper(ranking=ranking, leader=leader, name=str(leader), document=canonical(sheet), made_at=at)
    seal_paper(paper)
    paper.save()
    real, printer = printing._weasyprint(), Printer()
    monkeypatch.setattr(printing, "_weasyprint", lambda: printer)
    assert client_of("bare-leader").get(f"{LIST}{paper.pk}/page.pdf").status_code == 200
    made = real.HTML(string=printer.html).render(stylesheets=[real.CSS(string=one) for one in printer.css])
    assert len(made.pages) == 1 and made.pages[0].width > made.pages[0].height
    text = "".join(box.text for box in made.pages[0]._page_box.descendants() if hasattr(box, "text"))
    assert all(f"{number}、" in text for number in "一二三四五六") and "内容不再变" in text
    assert all(one["name"].split("（")[0][:8] in text for one in sheet["units"]) and len(sheet["units"]) == 14
    sizes = [box.style["font_size"] for box in made.pages[0]._page_box.descendants() if hasattr(box, "text")]
    assert min(sizes) >= 12, "9 pt"
