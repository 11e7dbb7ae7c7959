"""期初已办 by workbook, by page, in files and in REST (0098)."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from miyun_kpi.duties import access
from miyun_kpi.duties.api import _window
from miyun_kpi.duties.excel import opening_template, read_openings
from miyun_kpi.duties.models import DutyDocument, Opening
from miyun_kpi.duties.queries.owing import before_live
from miyun_kpi.duties.services.taking_in import BACK, why_not
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.proposals.models import Proposal
from miyun_kpi.proposals.services import by_two
from tests.duties.conftest import period_of
from tests.duties.test_taken_in import BASIS, KEY, LIVE, TOWN, row, second, taken, unit_of
from tests.factories.markup import one_line
from tests.factories.rankings import BACKEND, person

__all__ = ["second"]


# ── The workbook ─────────────────────────────────────────────────────────────────────────────────
def taken_row():
    return period_of(KEY, TOWN, "2020Q2")


def before():
    return before_live(DutyDocument.objects.get(document="2020-14"), LIVE)


def filled(*rows):
    """The template with the last three columns of some lines filled in, other lines added below."""
    known = before()
    book = load_workbook(
        io.BytesIO(opening_template([one for one in known.rows.values() if not why_not(one)], known, at=LIVE))
    )
    sheet = book.worksheets[0]
    places = {line[0].value: line for line in sheet.iter_rows(min_row=2)}
    for key, *cells in rows:
        if key not in places:
            sheet.append([key, None, None, None, None, *cells])
            continue
        for number, cell in enumerate(cells, start=5):
            places[key][number].value = cell
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def key(name=TOWN, period="2020Q2"):
    return f"{unit_of(KEY, name).pk}-{period}"


def test_the_workbook_lists_what_can_be_taken_in_and_comes_back_as_it_was_filled(office, second):
    taken(office, second, row(), row(name="太师屯镇"))
    by_two(first=office, second=second, code=BACK, duty_period_id=taken_row().pk, reason="看错一行", at=LIVE)
    content = filled((key(), "已报送审核", "2020-07-14", BASIS), (key("溪翁庄镇"), "已免报", date(2020, 7, 13), BASIS))
    listed = {
        line[0] for line in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(min_row=2, values_only=True)
    }
    assert key() in listed and key("太师屯镇") not in listed, "what is taken in is not listed again"
    rows = read_openings(content, file_name="a.xlsx", before=before())
    wanted = [row(), row(name="溪翁庄镇", how="exempt", on="2020-07-13")]
    assert sorted(rows, key=str) == sorted(wanted, key=str)
    taken(office, second, *rows)
    assert Opening.objects.count() == 3


def test_every_problem_of_the_workbook_is_told_by_its_cell(office):
    content = filled(
        (key(), "已报送审核", "2020-09-02", BASIS),
        (key("溪翁庄镇"), "", "2020-07-13", ""),
        (key("太师屯镇", "2020Q3"), "已报送审核", "2020-07-13", BASIS),
        (key("古北口镇"), "已报", "2020-07-13", BASIS),
        (key("高岭镇"), "已报送审核", "昨天", BASIS),
        (key("不老屯镇"), "已报送审核", "2020-07-13", BASIS),
    )
    with pytest.raises(Refused) as refusal:
        read_openings(content, file_name="a.xlsx", before=before())
    said = " ".join(one.message for one in refusal.value.errors)
    assert "不晚于上线日" in said and "期初情形没有选" in said and "期初依据" in said and "不是本文件" in said
    assert len(refusal.value.errors) == 6


# ── The pages ────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def two(gazette):
    made = []
    for name in ("zhengwu1", "zhengwu2"):
        client = Client()
        client.force_login(person(name, "区政务服务中心", "register_office"), backend=BACKEND)
        made.append(client)
    return made


PAGE = "/duties/2020-14/opening/"


def text(answer):
    return one_line(answer.content.decode())


def confirm(client, address):
    made = Proposal.objects.get(state="proposed")
    assert address == f"/proposals/{made.pk}/"
    return client.post(f"{address}decide/", {"version": made.version, "decision": "confirm", "note": ""})


def test_by_page_one_basis_for_many_rows_and_the_other_confirms(two):
    one, other = two
    assert PAGE in text(one.get("/duties/2020-14/"))
    address = f"{PAGE}?duty={unit_of().duty_id}&period=2020Q2"
    page = text(one.get(address))
    assert f'name="how-{key()}"' in page and "已报送审核" in page
    typed = {
        "basis": BASIS,
        "on": "2020-07-14",
        f"how-{key()}": "filed",
        f"on-{key()}": "2019-07-14",
        f"how-{key('溪翁庄镇')}": "exempt",
    }
    wrong = one.post(address, typed)
    said = text(wrong)
    assert wrong.status_code == 422 and "须在这一期开始" in said and BASIS in said and 'value="2019-07-14"' in said
    assert not Proposal.objects.exists()
    sent = one.post(address, typed | {f"on-{key()}": ""})
    assert sent.status_code == 302 and not Opening.objects.exists()
    shown = text(other.get(sent["Location"]))
    assert BASIS in shown and resolve(TOWN).name in shown and "溪翁庄镇" in shown
    assert confirm(one, sent["Location"]).status_code in (403, 422)
    assert confirm(other, sent["Location"]).status_code == 302
    assert {one.how for one in Opening.objects.all()} == {"filed", "exempt"}
    found = period_of(KEY, TOWN, "2020Q2")
    period = text(other.get(f"/duties/periods/{found.pk}/"))
    assert "期初已办" in period and BASIS in period and "这一期还没有报" not in period and "代录" not in period
    assert "期初已办" in text(other.get(f"/duties/duty/{found.unit.duty_id}/"))
    assert "期初已办 2" in text(other.get("/duties/2020-14/"))
    assert resolve(TOWN).name in text(one.get(PAGE))


def test_the_rest_of_the_shown_lines_at_once_and_nothing_selected(two):
    one, _ = two
    address = f"{PAGE}?duty={unit_of().duty_id}&period=2020Q2&unit=庄镇"
    empty = one.post(address, {"basis": BASIS, "on": "2020-07-14", f"how-{key()}": ""})
    assert empty.status_code == 422 and "没有选任何一期" in text(empty) and BASIS in text(empty)
    lines = {f"how-{key(name)}": "" for name in (TOWN, "溪翁庄镇")}
    sent = one.post(address, {"basis": BASIS, "on": "2020-07-14", "rest": "filed", **lines})
    assert sent.status_code == 302 and len(Proposal.objects.get().given["rows"]) == 2
    twice = one.post(address, {"basis": BASIS, "on": "2020-07-14", "rest": "filed", **lines})
    assert twice.status_code == 409 and "已有一件等待确认" in text(twice) and BASIS in text(twice)


def test_by_workbook_previewed_proposed_and_confirmed(two):
    one, other = two
    assert one.get(f"{PAGE}template/?period=2020Q2").status_code == 200
    content = filled((key(), "已报送审核", "2020-07-14", BASIS))
    preview = text(one.post(f"{PAGE}upload/", {"workbook": SimpleUploadedFile("期初.xlsx", content)}))
    assert "提出期初登记 1 期" in preview and BASIS in preview and not Proposal.objects.exists()
    carried = preview.split('name="read" value="')[1].split('"')[0]
    sent = one.post(f"{PAGE}accept/", {"read": carried})
    assert sent.status_code == 302 and confirm(other, sent["Location"]).status_code == 302
    assert period_of(KEY, TOWN, "2020Q2").state == "opening"
    broken = one.post(f"{PAGE}upload/", {"workbook": SimpleUploadedFile("b.xlsx", b"x")})
    assert broken.status_code == 422
    missing = one.post(f"{PAGE}accept/", {"read": "x"})
    assert missing.status_code == 422 and "重新上传" in text(missing)


def test_taken_back_by_page(two):
    one, other = two
    sent = one.post(PAGE, {"basis": BASIS, "on": "2020-07-14", f"how-{key()}": "filed"})
    confirm(other, sent["Location"])
    found = period_of(KEY, TOWN, "2020Q2")
    page = f"/duties/periods/{found.pk}/"
    assert f"{page}take-back/" in text(one.get(page))
    short = one.post(f"{page}take-back/", {"reason": "错"})
    assert short.status_code == 422 and "理由" in text(short)
    sent = one.post(f"{page}take-back/", {"reason": "看错一行，没有报过"})
    assert BASIS in text(other.get(sent["Location"]))
    assert confirm(other, sent["Location"]).status_code == 302
    assert period_of(KEY, TOWN, "2020Q2").state == "expected"
    assert BASIS in text(other.get(sent["Location"])), "the page of the proposal goes on telling what it was"
    gone = one.post(f"{page}take-back/", {"reason": "看错一行，没有报过"})
    assert gone.status_code == 409 and "不是期初已办" in text(gone)


def test_others_do_not_reach_the_pages(two):
    town = Client()
    town.force_login(person("beizhuang", TOWN, "reporter"), backend=BACKEND)
    for address in (PAGE, f"{PAGE}template/"):
        assert town.get(address).status_code == 403
    assert town.post(PAGE, {"basis": BASIS}).status_code == 403
    assert PAGE not in text(town.get("/duties/2020-14/"))


def test_files_and_rest_say_it(two, office, second):
    found = taken(office, second, row())
    answer = two[0].get("/duties/2020-14/workbook/")
    sheet = load_workbook(io.BytesIO(answer.content))["报送"]
    lines = [line for line in sheet.iter_rows(values_only=True) if TOWN in line or resolve(TOWN).name in line]
    (line,) = [line for line in lines if "2020年第二季度" in line and "期初已办" in line]
    assert BASIS in line[-1] and line[8] in ("", None), "no text is invented"
    stored = access.reports_visible_to(office).get(pk=found.pk)
    said = _window(stored, timezone.now())
    assert (said["state"], said["standing"]) == ("opening", "opening")
    assert said["opening"] == {"how": "filed", "on": "2020-07-14", "basis": BASIS}
