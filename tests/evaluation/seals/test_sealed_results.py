"""A result whose seal is broken is shown to nobody; office and auditor are told which part; the REST says 503."""

import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from evaluation.engine.queries import frozen
from evaluation.models import Bulletin, Ranking, RankingRow
from evaluation.ranking.api.verification import VerificationSerializer
from evaluation.ranking.queries.verification import faults_of
from miyun_kpi.accounts.models import User
from tests.answers import faults_of_component
from tests.evaluation.sheets.test_api_marks import Api
from tests.factories.rankings import BACKEND, person
from tests.factories.site import a_quarter_to_its_end
from tests.factories.tampering import unguarded


@pytest.fixture(scope="module")
def _site(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            found = a_quarter_to_its_end()
            person("zhen", "北庄镇", "reporter")
            yield found
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def site(_site, gazette):
    frozen._rendered.cache_clear()
    yield _site
    frozen._rendered.cache_clear()


def page(username, address):
    client = Client()
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    return client.get(address)


def forged(ranking):
    text = ranking.document
    place = text.index('"total":"') + len('"total":"')
    with unguarded():
        Ranking.objects.filter(pk=ranking.pk).update(document=text[:place] + "99" + text[place + 2 :])


def test_a_forged_ranking_is_shown_to_nobody_and_the_office_is_told_which_part(site):
    ranking, _ = site
    address = f"/evaluation/rankings/{ranking.pk}/"
    assert page("office1", address).status_code == 200
    forged(ranking)
    for username, told in (("office1", True), ("shenji", True), ("zhen", False)):
        answer = page(username, address)
        said = answer.content.decode()
        assert answer.status_code == 503 and "与核定时封存的不一致" in said and "99." not in said
        assert ("2020年第二季度镇街第 1 次正式核定：结果" in said) is told, username
        for other in (f"{address}rows/beizhuang-zhen/", f"{address}ranking.xlsx"):
            assert page(username, other).status_code == 503


def test_the_rest_answers_503_and_not_a_figure(site):
    ranking, _ = site
    office, reader = Api("o", "区政府办公室", "evaluation_office"), Api("r")
    forged(ranking)
    for client, told in ((office, True), (reader, False)):
        for path in (f"rankings/{ranking.pk}/", "rankings/latest/?track=township"):
            answer = client.get(path)
            body = answer.json()
            assert (answer.status_code, body["code"]) == (503, "seal-broken") and "rows" not in body
            assert bool(body["errors"]) is told


def test_a_forged_receipt_hides_itself_and_the_page_that_draws_from_it(site):
    ranking, _ = site
    row = ranking.rows.select_related("organisation").get(organisation__code="beizhuang-zhen")
    with unguarded():
        RankingRow.objects.filter(pk=row.pk).update(receipt=row.receipt.replace('"score":"', '"score":"9', 1))
    answer = page("zhen", f"/evaluation/rankings/{ranking.pk}/rows/beizhuang-zhen/")
    assert answer.status_code == 503 and "与核定时封存的不一致" in answer.content.decode()
    office = Api("o", "区政府办公室", "evaluation_office")
    answer = office.get(f"rankings/{ranking.pk}/rows/beizhuang-zhen/")
    assert answer.status_code == 503 and "北庄镇的得分明细" in answer.json()["errors"][0]["message"]
    assert office.get(f"rankings/{ranking.pk}/rows/gulou-jiedao/").status_code == 200


def test_a_receipt_under_the_name_of_another_is_refused(site):
    """Two rows exchanged with their seals: each seal is of its unit."""
    ranking, _ = site
    one, other = ranking.rows.order_by("position")[:2]
    with unguarded():
        for row, of in ((one, other), (other, one)):
            RankingRow.objects.filter(pk=row.pk).update(receipt=of.receipt, seal=of.seal, total=of.total, rank=of.rank)
    office = Api("o", "区政府办公室", "evaluation_office")
    assert office.get(f"rankings/{ranking.pk}/rows/{one.organisation.code}/").status_code == 503


def test_a_forged_bulletin_is_not_shown(site):
    _, bulletin = site
    address = f"/evaluation/bulletins/{bulletin.pk}/"
    assert page("zhen", address).status_code == 200
    version = bulletin.versions.order_by("-number").first()
    with unguarded():
        type(version).objects.filter(pk=version.pk).update(content={**version.content, "copies": "某处"})
    for path in (address, f"{address}bulletin.docx"):
        answer = page("office1", path)
        assert answer.status_code == 503 and "与定稿时封存的不一致" in answer.content.decode()


def test_what_a_process_has_taken_is_served_with_the_state_of_today(site):
    """The copy is keyed by seal, state and correction; nothing of those stands in the sealed text."""
    ranking, _ = site
    served = json.loads(frozen.frozen_ranking(ranking, scope="whole").body)
    assert served["state"] == "published" and served["published_at"] and served["corrected_by"] is None
    stored = json.loads(ranking.document)
    for outside in ("state", "published_at", "corrects", "corrected_by", "previous", "first"):
        assert outside not in stored and outside in served
    assert all("previous_rank" not in row for row in stored["rows"])


def test_the_verification_of_a_ranking_over_the_rest(site):
    ranking, _ = site
    office, reader = Api("o", "区政府办公室", "evaluation_office"), Api("r")
    for client in (office, reader):
        body = client.get(f"rankings/{ranking.pk}/verification/").json()
        assert body["intact"] is True and body["faults"] == []
        assert faults_of_component("Verification", body) == "", VerificationSerializer
    forged(ranking)
    found = office.get(f"rankings/{ranking.pk}/verification/")
    assert found.status_code == 200 and found.json()["intact"] is False
    assert found.json()["faults"] == [{"what": "结果与封存的不符", "where": "2020年第二季度镇街第 1 次正式核定"}]
    other = reader.get(f"rankings/{ranking.pk}/verification/").json()
    assert other["intact"] is False and other["faults"] == []
    assert reader.get("rankings/999999/verification/").status_code == 404


def test_the_verification_page_is_reached_from_the_ranking_by_office_and_auditor(site):
    ranking, _ = site
    address = f"/evaluation/rankings/{ranking.pk}/"
    for username in ("office1", "shenji"):
        assert f'href="{address}verification/"' in page(username, address).content.decode()
        assert "与核定时封存的一致" in page(username, f"{address}verification/").content.decode()
    assert f"{address}verification/" not in page("zhen", address).content.decode()
    assert page("zhen", f"{address}verification/").status_code == 404
    forged(ranking)
    said = page("shenji", f"{address}verification/").content.decode()
    assert "有 1 处不符" in said and "结果与封存的不符" in said


# The store -----------------------------------------------------------------------------------------------------------
def refused_by_the_store(statement, *values):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_the_store_refuses_to_change_what_was_published(site):
    ranking, bulletin = site
    for column, value in (("document", "''"), ("inputs", "''"), ("digest", "''"), ("state", "'computed'")):
        refused_by_the_store(f"UPDATE evaluation_ranking SET {column} = {value} WHERE id = %s", ranking.pk)
    refused_by_the_store("UPDATE evaluation_rankingrow SET receipt = '{}' WHERE ranking_id = %s", ranking.pk)
    refused_by_the_store("DELETE FROM evaluation_rankingrow WHERE ranking_id = %s", ranking.pk)
    refused_by_the_store("DELETE FROM evaluation_ranking WHERE id = %s", ranking.pk)
    refused_by_the_store("UPDATE evaluation_signing SET signer = '某某'")
    refused_by_the_store("DELETE FROM evaluation_signing")
    refused_by_the_store("UPDATE evaluation_bulletin SET number = 'x' WHERE id = %s", bulletin.pk)
    refused_by_the_store("DELETE FROM evaluation_bulletinversion WHERE bulletin_id = %s", bulletin.pk)
    refused_by_the_store("UPDATE evaluation_bulletinsource SET digest = 'x' WHERE bulletin_id = %s", bulletin.pk)


def test_corrected_by_is_filled_once_and_nothing_beside_it(site):
    ranking, _ = site
    other = Ranking.objects.exclude(pk=ranking.pk).order_by("pk").first()
    statement = "UPDATE evaluation_ranking SET corrected_by_id = %s{} WHERE id = %s"
    refused_by_the_store(statement.format(", digest = 'x'"), other.pk, ranking.pk)
    with transaction.atomic():
        Ranking.objects.filter(pk=ranking.pk).update(corrected_by=other)
        refused_by_the_store(statement.format(""), None, ranking.pk)
        transaction.set_rollback(True)


def test_what_is_not_published_or_final_can_be_changed(site):
    ranking, bulletin = site
    other = Ranking.objects.exclude(pk=ranking.pk).order_by("pk").first()
    with transaction.atomic():
        assert Ranking.objects.filter(pk=other.pk).update(disclosure_scope="rank") == 1
        assert RankingRow.objects.filter(ranking=other).update(position=5) > 1
        draft = Bulletin.objects.create(
            **{f.name: getattr(bulletin, f.name) for f in Bulletin._meta.concrete_fields if f.name != "id"}
            | {"number": "", "state": "draft", "finalised_at": None, "finalised_by_id": None}
        )
        assert Bulletin.objects.filter(pk=draft.pk).update(opinion="改") == 1
        transaction.set_rollback(True)


def test_replace_does_not_pass_by_the_guard_of_rankings(site):
    """On SQLite a REPLACE deletes; PostgreSQL has none."""
    ranking, _ = site
    if connection.vendor == "sqlite":
        refused_by_the_store(
            "REPLACE INTO evaluation_signing (id, ranking_id, digest, signer, title, signed_on, own_act, recorded_by, "
            "recorded_at, void_by, void_reason) SELECT id, ranking_id, digest, '某某', title, signed_on, own_act, "
            "recorded_by, recorded_at, void_by, void_reason FROM evaluation_signing"
        )
    refused_by_the_store("DELETE FROM evaluation_ranking WHERE id = %s", ranking.pk)


def test_a_signing_made_void_past_the_services_is_named(site):
    """The store lets a standing signing become void once; the audit knows of no such act."""
    ranking, _ = site
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE evaluation_signing SET void_at = recorded_at, void_reason = '撤回：假的' WHERE ranking_id = %s",
            [ranking.pk],
        )
    assert any("作废与否" in one.what for one in faults_of(Ranking.objects.get(pk=ranking.pk)))
