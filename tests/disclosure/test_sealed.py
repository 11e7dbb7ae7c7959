"""Who asked, and third parties: sealed at rest, found by the very name by who may unmask it, named to nobody else."""

import pytest
from django.db import connection
from django.test import Client

from disclosure import access
from disclosure.models import Application, ThirdParty
from disclosure.services import applications as services
from disclosure.services import reviews
from miyun_kpi.db import sealed
from miyun_kpi.db.sealed import Sealed, at_rest, is_token, mark_of, seal, seal_columns
from miyun_kpi.lib.errors import Refused
from tests.disclosure.conftest import LATE, create, somebody, step
from tests.disclosure.test_applications import AT, d
from tests.factories.rankings import BACKEND, person

NAME = "王某某标记"


def receive(actor, name=NAME, content="低保标准"):
    given = {"received_on": d("07-01"), "way": "net", "applicant_kind": "natural", "content": content}
    return services.receive(actor=actor, late=LATE, at=AT, applicant=name, contact="13800000000", **given)


def raw(model):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {model._meta.db_table}")
        return str(cursor.fetchall())


def signed_in(name, organisation, role):
    client = Client()
    client.force_login(person(name, organisation, role), backend=BACKEND)
    return client


# ── The kernel ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_mark_is_the_same_however_the_text_was_typed_and_tells_nothing_without_the_key(settings):
    one, two = seal("张 三ＡＢ", findable=True), seal("张三AB", findable=True)
    assert one.mark == two.mark == mark_of("张三AB") and one.token != two.token
    assert (one.open(), two.open()) == ("张 三ＡＢ", "张三AB")
    assert one.mark != seal("张三AC", findable=True).mark and seal("张三AB").mark == ""
    settings.PERSONAL_KEYS = ["another key"]
    assert mark_of("张三AB") != one.mark


def test_a_mark_is_bound_to_its_text():
    """Another's mark before a text would let who finds the one open the other."""
    one, two = seal("张三", findable=True), seal("李四", findable=True)
    swapped = one.token.replace(one.mark, two.mark)
    with pytest.raises(Refused) as refusal:
        Sealed(swapped).open()
    assert refusal.value.code == "personal-key"


def test_what_is_sealed_is_not_sealed_twice_and_gets_its_mark_later():
    plain = seal("张三").token
    assert at_rest(plain) == plain and at_rest("") == ""
    marked = at_rest(plain, findable=True)
    assert Sealed(marked).mark == mark_of("张三") and Sealed(marked).open() == "张三"
    assert at_rest(marked, findable=True) == marked == at_rest(marked)
    assert is_token(marked) and not is_token("2:张三") and not is_token("1:李四") and not is_token("张三")


def test_with_another_key_a_token_stays_as_it_is_and_the_audit_says_only_that_it_changed(settings):
    held = seal("张三")
    assert sealed.told(held) == f"已改 {mark_of('张三')[:16]}" and sealed.told(Sealed()) == "已改"
    settings.PERSONAL_KEYS = ["another key"]
    assert at_rest(held.token, findable=True) == held.token
    assert sealed.told(held) == "已改"


# ── Applications ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_rows_hold_neither_the_applicant_nor_the_contact(author):
    row = receive(author)
    stored = raw(Application)
    assert NAME not in stored and "13800000000" not in stored and "低保标准" in stored
    found = Application.objects.get(pk=row.pk)
    assert (found.applicant.open(), found.contact.open()) == (NAME, "13800000000")
    assert f"{found.applicant} {found.contact!r}" == "＊＊＊ ＊＊＊"


def test_a_plain_text_is_taken_by_no_column_and_no_search(author):
    row = receive(author)
    row.applicant = "王某某"
    with pytest.raises(TypeError, match="takes a Sealed"):
        row.save()
    for lookup in ("applicant", "applicant__contains", "applicant__startswith", "contact__sought"):
        with pytest.raises(Exception, match="(?i)lookup|takes a Sealed"):
            list(Application.objects.filter(**{lookup: "王"}))


def test_an_applicant_is_found_by_the_whole_name_alone(author):
    mine, other = receive(author), receive(author, "别人", "另一件")
    assert list(access.applications_of(author, f" {NAME[:2]} {NAME[2:]}")) == [mine]
    assert list(access.applications_of(author, "别人")) == [other]
    for part in (NAME[:-1], "王%", "%", "_", ""):
        assert not access.applications_of(author, part).exists(), part


def test_only_who_may_unmask_the_applicants_of_the_organ_finds_by_name(author, head, office):
    receive(author)
    assert access.applications_of(head, NAME).count() == 1
    leader = somebody("区政府办公室", "leader", 31)
    assert access.visible_applications(leader).count() == access.visible_applications(office).count() == 1
    # They read the case and not who asked: neither is told by a search whether he did.
    of_the_organ = somebody("区民政局", "leader", 32)
    assert access.visible_applications(of_the_organ).count() == 1
    for other in (office, leader, of_the_organ, somebody("北庄镇", "reporter", 30)):
        assert not access.applications_of(other, NAME).exists()


def test_the_page_finds_by_the_whole_name_and_offers_it_to_nobody_else(author):
    receive(author), receive(author, "别人", "另一件")
    own, leader = signed_in("mz", "区民政局", "reporter"), signed_in("ld", "区政府办公室", "leader")
    address = "/disclosure/applications/"
    page = own.get(address, {"applicant": NAME}).content.decode()
    assert 'name="applicant"' in page and "第 1 号" in page and "第 2 号" not in page
    assert "第 1 号" not in own.get(address, {"applicant": NAME[:-1]}).content.decode()
    page = leader.get(address).content.decode()
    assert 'name="applicant"' not in page and "第 1 号" in page
    assert "第 1 号" not in leader.get(address, {"applicant": NAME}).content.decode()


def test_what_stood_in_the_clear_is_sealed_once(author):
    row = receive(author)
    with connection.cursor() as cursor:
        table = Application._meta.db_table
        cursor.execute(f"UPDATE {table} SET applicant = %s, contact = %s", ["旧名", "1:房"])
    assert seal_columns(Application) == 1 and "旧名" not in raw(Application)
    found = Application.objects.get(pk=row.pk)
    assert (found.applicant.open(), found.contact.open()) == ("旧名", "1:房")
    assert list(access.applications_of(author, "旧名")) == [row]
    before = raw(Application)
    assert seal_columns(Application) == 0 and raw(Application) == before


# ── Third parties ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def item(author):
    row = create(author, third="是")
    reviews.ask_party(actor=author, record_id=row.pk, name=NAME, ground="privacy", asked_on=AT.date(), at=AT)
    return row


def test_a_third_party_is_sealed_and_named_to_who_prepares_and_reviews(item, author, gazette):
    assert NAME not in raw(ThirdParty)
    page = f"/disclosure/reviews/{item.pk}/"
    for client in (signed_in("mz", "区民政局", "reporter"), signed_in("mz2", "区民政局", "unit_head")):
        shown = client.get(page).content.decode()
        assert shown.count(NAME) >= 2, "beside its ground and in what stands against publishing"
    shown = signed_in("ld", "区政府办公室", "leader").get(page)
    assert shown.status_code == 200 and NAME not in shown.content.decode() and "＊＊＊" in shown.content.decode()


def test_a_refusal_does_not_name_it(item, author, head):
    step(author, item, "submitted")
    with pytest.raises(Refused, match="第三方") as refusal:
        given = {"decision": "passed", "checks": ["secrecy", "policy", "text"], "opinion": ""}
        reviews.review(actor=head, record_id=item.pk, version=2, at=AT, **given)
    assert NAME not in refusal.value.message


def test_with_a_foreign_key_the_page_of_the_item_stands(item, settings, gazette):
    client = signed_in("mz", "区民政局", "reporter")
    settings.PERSONAL_KEYS = ["another key"]
    shown = client.get(f"/disclosure/reviews/{item.pk}/")
    assert shown.status_code == 200 and "＊＊＊" in shown.content.decode()
