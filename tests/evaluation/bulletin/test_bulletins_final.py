"""通报 made final by a second person, and who reads it."""

import pytest
from django.utils import timezone

from evaluation.bulletin.rules.bulletin_draft import Options
from evaluation.bulletin.services import bulletins as services
from evaluation.enums import BulletinState, RankingState
from evaluation.models import Bulletin, Ranking
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.documents.check import check_layout
from miyun_kpi.lib.errors import Conflict, NotAllowed, NotFound
from tests.factories.bulletins import (
    NUMBER,
    _quarter,
    client_of,
    document,
    drafted,
    finalised,
    header_of,
    page_of,
    quarter,
    ranking_of,
    ready,
    refused,
    saved,
    submitted,
    who,
)
from tests.factories.papers import text_of
from tests.factories.tampering import rewritten

__all__ = ["_quarter", "quarter"]


# Final ---------------------------------------------------------------------------------------------------------------
def test_a_second_person_finalises_with_number_and_date_and_the_document_says_so(quarter):
    bulletin = ready()
    final = finalised(bulletin)
    assert (final.state, final.number, final.finalised_by) == (BulletinState.FINAL, NUMBER, who("office2").label)
    content = document(bulletin)
    assert check_layout(content) == []
    text = text_of(content)
    assert text.startswith(f"北京市密云区人民政府办公室文件\n{NUMBER}\n")
    assert "2020年7月16日" in text and "2020年7月16日印发" in text and "抄送：区委办公室。" in text
    assert "送审稿" not in text and "草稿" not in text
    actions = list(AuditEntry.objects.filter(subject=f"bulletin:{bulletin.pk}").values_list("action", flat=True))
    assert [action.rpartition(".")[2] for action in actions] == ["drafted", "edited", "submitted", "finalised"]
    # A second press changes nothing.
    assert isinstance(refused(finalised, bulletin), Conflict)
    assert Bulletin.objects.get(pk=bulletin.pk).versions.count() == 3


def test_who_wrote_or_sent_it_does_not_finalise_it(quarter):
    bulletin = ready()
    assert isinstance(refused(finalised, bulletin, by="office1"), NotAllowed)
    other = drafted()
    saved(other, by="office2", issuer_mark="密云区政府办文件")
    submitted(other, by="office1")
    assert refused(finalised, other, by="office2").code == "second-person", "office2 wrote the last version"
    page = page_of("office2", f"/evaluation/bulletins/{other.pk}/")
    assert "须由另一人定稿" in page and "finalise/" not in page


def test_a_trial_goes_as_far_as_the_review_and_bears_its_watermark(quarter):
    from evaluation.ranking.services import compute_trial

    ranking = ranking_of()
    trial, _ = compute_trial(actor=who("office1"), scheme=ranking.scheme, period=ranking.period, at=timezone.now())
    bulletin = services.draft_bulletin(
        actor=who("office1"), ranking_ids=[trial.pk], kind="report", options=Options(), at=timezone.now()
    )
    saved(bulletin, issuer_mark="北京市密云区人民政府办公室文件", number=NUMBER)
    submitted(bulletin)
    assert refused(finalised, bulletin).code == "trial-only"
    content = document(bulletin)
    assert "北京市密云区人民政府办公室文件" not in text_of(content) and "（送审稿）" in text_of(content)
    assert header_of(content).count('string="试算件　不得引用"') == 2
    page = page_of("office2", f"/evaluation/bulletins/{bulletin.pk}/")
    assert "试算件不能定稿" in page and "不得引用" in page


def test_an_unpublished_ranking_is_not_made_final(quarter):
    bulletin = ready()
    rewritten(ranking_of().pk, state=RankingState.COMPUTED)
    assert refused(finalised, bulletin).code == "not-published"


def test_a_corrected_ranking_makes_every_figure_stale(quarter):
    bulletin, done = ready(), ready()
    finalised(done)
    ranking = ranking_of()
    newer = Ranking.objects.get(pk=ranking.pk)
    newer.pk, newer.number, newer.inputs_hash, newer.state = None, 2, "x" * 64, RankingState.COMPUTED
    newer.published_at, newer.published_by_id = None, None
    newer.save()
    rewritten(ranking.pk, corrected_by=newer)
    refusal = refused(finalised, bulletin, number="密政办字〔2020〕21号")
    assert refusal.code == "stale-figure" and "已被第 2 次更正" in refusal.message
    assert "已被第 2 次更正" in page_of("office1", f"/evaluation/bulletins/{bulletin.pk}/")
    for username in ("office1", "town"):
        assert "所引排名已被更正" in page_of(username, f"/evaluation/bulletins/{done.pk}/")
        assert "所引排名已更正" in page_of(username, "/evaluation/bulletins/")


def test_a_scope_narrowed_at_publication_is_met_again_at_the_end(quarter):
    bulletin = ready()
    rewritten(ranking_of().pk, disclosure_scope="rank")
    assert refused(finalised, bulletin).code == "beyond-scope"


@pytest.mark.parametrize("number", ["", "密政办字[2020]20号", "密政办字〔20〕20号", "20号", "密政办字〔2020〕020号"])
def test_a_number_of_another_form_is_refused(quarter, number):
    assert refused(finalised, ready(), number=number).code == "bad-number"


def test_a_number_is_given_once(quarter):
    finalised(ready())
    assert refused(finalised, ready()).code == "number-taken"


def test_what_is_lacking_is_named(quarter):
    bulletin = drafted()
    saved(bulletin, signatory="")
    refusal = refused(finalised, submitted(bulletin))
    assert refusal.code == "incomplete" and "发文机关标志、发文机关署名" in refusal.message


def test_a_layout_that_is_off_is_not_made_final(quarter, monkeypatch):
    from miyun_kpi.documents import measures

    bulletin = ready()
    monkeypatch.setitem(measures.MARGINS, "left", 20)
    monkeypatch.setattr(
        services, "check_layout", lambda content: (measures.MARGINS.update(left=28), check_layout(content))[1]
    )
    assert refused(finalised, bulletin).code == "layout"


def test_a_returned_bulletin_can_be_changed_and_goes_its_way_again(quarter):
    bulletin = ready()
    assert refused(saved, bulletin, text="改").code == "wrong-state"
    give_back = {"actor": who("office2"), "bulletin_id": bulletin.pk, "version": bulletin.version, "at": timezone.now()}
    assert refused(services.return_bulletin, **give_back, opinion=" ").code == "reason-missing"
    services.return_bulletin(**give_back, opinion="请补抄送单位")
    assert "请补抄送单位" in page_of("office1", f"/evaluation/bulletins/{bulletin.pk}/")
    saved(bulletin, copies="区人大常委会办公室")
    assert finalised(submitted(bulletin)).state == BulletinState.FINAL


# Who ------------------------------------------------------------------------------------------------------------------
def test_drafts_are_the_office_s_and_finals_everybody_s(quarter):
    bulletin = ready()
    address = f"/evaluation/bulletins/{bulletin.pk}/"
    for username in ("leader", "town", "bureau"):
        page_of(username, address, 404)
        page_of(username, f"{address}bulletin.docx", 404)
        assert address not in page_of(username, "/evaluation/bulletins/")
        assert client_of(username).get("/evaluation/bulletins/new/").status_code == 403
    finalised(bulletin)
    for username in ("leader", "town", "bureau"):
        shown = page_of(username, address)
        assert NUMBER in shown and "所据排名" in shown
        assert "可以引用的数字" not in shown and 'title="出处' not in shown and "第 3 稿" not in shown
        assert address in page_of(username, "/evaluation/bulletins/")
        assert NUMBER in text_of(document(bulletin, username))
        for path in ("edit/", "versions/1/"):
            assert client_of(username).get(f"{address}{path}").status_code == 403


def test_the_co_office_works_on_no_bulletin_of_the_departments(quarter):
    mixed, town = drafted(tracks=("township", "department")), drafted()
    page_of("cooffice", f"/evaluation/bulletins/{mixed.pk}/", 404)
    page_of("cooffice", f"/evaluation/bulletins/{town.pk}/")
    with pytest.raises(NotFound):
        drafted(by="cooffice", tracks=("department",))
    offered = page_of("cooffice", "/evaluation/bulletins/new/")
    # By option: the number of a ranking may also be the value of another field.
    assert f'<option value="{ranking_of("township").pk}"' in offered
    assert f'<option value="{ranking_of("department").pk}"' not in offered


def test_pages_take_the_same_number_of_queries_however_many_bulletins(quarter, django_assert_max_num_queries):
    first = drafted(tracks=("township", "department"))
    client = client_of("office1")
    # The number beside 工作台 is read anew after an act of one's own, and remembered.
    client.get("/gazette/")
    with django_assert_max_num_queries(18) as one:
        client.get("/evaluation/bulletins/")
    number = len(one)
    for _ in range(4):
        drafted()
    client.get("/gazette/")
    with django_assert_max_num_queries(number):
        client.get("/evaluation/bulletins/")
    # With the inputs of both rankings, which the page compares (engine 22).
    with django_assert_max_num_queries(40):
        client.get(f"/evaluation/bulletins/{first.pk}/")


def test_the_form_drafts_and_says_what_is_wrong_without_losing_anything(quarter):
    client, ranking = client_of("office1"), ranking_of()
    wrong = client.post("/evaluation/bulletins/new/", {"kind": "report", "first": "x", "last": "3", "ranks": "on"})
    assert (
        wrong.status_code == 422 and "请写一个整数" in wrong.content.decode() and 'value="x"' in wrong.content.decode()
    )
    none = client.post("/evaluation/bulletins/new/", {"kind": "report", "first": "1", "last": "3"})
    assert none.status_code == 422 and "请至少选一次排名" in none.content.decode()
    body = {"township": ranking.pk, "kind": "praise", "first": "3", "last": "0", "ranks": "on", "totals": "on"}
    made = client.post("/evaluation/bulletins/new/", body)
    assert made.status_code == 302
    assert "先进单位予以表扬" in page_of("office1", made["Location"])
    beyond = client.post("/evaluation/bulletins/new/", body | {"problems": "on"})
    assert beyond.status_code == 422 and "公开范围是“名次和总分”" in beyond.content.decode()


def test_nothing_is_cited_unasked_and_a_trial_beside_an_official_is_asked_about(quarter):
    client, town = client_of("office1"), ranking_of("township")
    trial = Ranking.objects.get(pk=ranking_of("department").pk)
    trial.pk, trial.kind, trial.state, trial.number = None, "trial", "computed", 1
    trial.published_at, trial.disclosure_scope = None, "total"
    trial.save()
    rewritten(trial.pk)
    fresh = client.get("/evaluation/bulletins/new/").content.decode()
    assert fresh.count("selected") == 2 and fresh.count('value="" selected>不引用<') == 2
    one = client.get(f"/evaluation/bulletins/new/?ranking={town.pk}").content.decode()
    assert one.count('value="" selected>不引用<') == 1 and f'<option value="{town.pk}" selected' in one
    body = {"township": town.pk, "department": trial.pk, "kind": "report", "first": "3", "last": "0", "ranks": "on"}
    asked = client.post("/evaluation/bulletins/new/", body)
    words = asked.content.decode()
    assert asked.status_code == 422 and "整份通报会印“试算件”" in words and 'name="mixed"' in words
    assert f'<option value="{trial.pk}" selected' in words, "the choice stays"
    made = client.post("/evaluation/bulletins/new/", body | {"mixed": "on"})
    assert made.status_code == 302 and "试算件" in page_of("office1", made["Location"])
    alone = client.post("/evaluation/bulletins/new/", {k: v for k, v in body.items() if k != "township"})
    assert alone.status_code == 302, "a trial alone is what was chosen"


def test_each_annex_stands_on_its_own_line_on_the_page_too(quarter):
    page = page_of("office1", f"/evaluation/bulletins/{drafted(tracks=('township', 'department')).pk}/")
    assert page.count('class="para annex-line') == 2 and "密级" not in page


def test_the_desk_brings_a_sent_bulletin_to_the_second_person(quarter):
    bulletin = ready()
    address = f"/evaluation/bulletins/{bulletin.pk}/"
    assert address in page_of("office2", "/")
    assert address not in page_of("office1", "/"), "not to who sent it"
    assert address not in page_of("town", "/")
