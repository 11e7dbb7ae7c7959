"""Every place that shows what is in force says whether it still follows from its inputs (engine 22), and none cries wolf."""

import hashlib
import io
import itertools
import json
import zipfile

import pytest
from django.db import transaction
from django.utils import timezone
from openpyxl import load_workbook

from evaluation.engine.queries.frozen import document_of
from evaluation.engine.queries.holding import held_rankings
from evaluation.engine.services import compare_held
from evaluation.enums import RankingKind, RankingState
from evaluation.models import Holding, InputsRevision, Mark, MarkSheet, Period, Ranking
from evaluation.ranking import services as rankings
from evaluation.ranking.services import compute_official, publish_ranking
from miyun_kpi.lib.errors import Conflict
from tests.evaluation.sheets.test_api_marks import Api
from tests.factories import holding as made
from tests.factories.feedback import actor, client_of
from tests.factories.rankings import official, signed
from tests.factories.tampering import rewritten
from tests.factories.year_end import township

pytestmark = pytest.mark.django_db
MOVED = "所据的打分、方案或决定后来有变动"
CELL = "第 4 项"


def _around(blocker, prepare):
    with blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            prepare()
            yield
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


def _everything():
    made.quarter_in_force()
    made.year_in_force()


@pytest.fixture(scope="module")
def _all_in_force(django_db_setup, django_db_blocker):
    yield from _around(django_db_blocker, _everything)


@pytest.fixture
def in_force(_all_in_force, gazette):
    return made.ranking_of()


def text(who, address):
    answer = client_of(who).get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def year():
    return Ranking.objects.select_related("scheme", "period").get(committee_reports__isnull=False)


def book(who, address):
    sheets = load_workbook(io.BytesIO(client_of(who).get(address).content)).worksheets
    return "\n".join(str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row if cell)


def paper(who, address):
    archive = zipfile.ZipFile(io.BytesIO(client_of(who).get(address).content))
    return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))


# The places. Each answers with what it says: "changed", "corrected" or "" -------------------------------------------
def said(page, changed=MOVED, corrected="已被"):
    return "changed" if changed in page else "corrected" if corrected in page else ""


def office_page(ranking):
    page = text("office1", f"/evaluation/rankings/{ranking.pk}/")
    return said(page, corrected="已被第")


def rankings_list(ranking):
    page = text("office1", "/evaluation/rankings/?period=2020Q2&track=township")
    return said(page, "之后有改动", "已通报，已被更正")


def desk(ranking):
    page = text("office1", "/")
    return "changed" if "第二季度镇街排名：之后有改动" in page else ""


def leader_page(ranking):
    page = text("leader", f"/evaluation/rankings/{ranking.pk}/")
    assert CELL not in page.split(MOVED)[-1].split("</section>")[0] or MOVED not in page
    return said(page, corrected="已被第")


def receipt(ranking):
    page = text("office1", f"/evaluation/rankings/{ranking.pk}/rows/{made.MARKED}/")
    return said(page, corrected="已更正（见第 2 版）")


def bulletin_page(ranking):
    page = text("office1", f"/evaluation/bulletins/{made.bulletin().pk}/")
    listed = text("office1", "/evaluation/bulletins/")
    offered = text("office1", "/evaluation/bulletins/new/")
    found = said(page, corrected="所引排名已被更正")
    assert said(listed, "所引排名之后有改动", 'is-red">所引排名已更正') == found
    option = f'value="{ranking.pk}"'
    if found == "corrected":
        assert option not in offered
    else:
        assert option in offered and ("之后有改动" in offered) == (found == "changed")
    return found


def rest(ranking):
    api = Api("holding", "区政府办公室", "evaluation_office")
    one = api.get(f"rankings/{ranking.pk}/holding/").json()
    listed = next(
        x for x in api.get("rankings/?period=2020Q2&track=township").json()["results"] if x["id"] == ranking.pk
    )
    assert (listed["in_force"], listed["holds"]) == (one["in_force"], one["holds"])
    assert bool(one["changed"]) == (one["standing"] == "changed")
    assert one["in_force"] == (one["corrected_by"] is None) == (listed["corrected_by"] is None)
    return "" if one["holds"] else one["standing"]


def files(ranking):
    words = {
        "打印时状态：现行": "",
        "打印时状态：之后有改动": "changed",
        "打印时状态：已更正（见第 2 版）": "corrected",
    }
    own = f"/evaluation/rankings/{ranking.pk}"
    printed = text("office1", f"{own}/")
    sheets = [book("office1", f"{own}/{name}") for name in ("ranking.xlsx", f"rows/{made.MARKED}/inputs.xlsx")]
    found = {value for one in (printed, *sheets) for line, value in words.items() if line in one}
    assert len(found) == 1
    docx = paper("office1", f"/evaluation/bulletins/{made.bulletin().pk}/bulletin.docx")
    (value,) = found
    assert ("打印时状态" in docx) == bool(value)
    return value


PLACES = {
    "ranking page, office": office_page,
    "list": rankings_list,
    "desk": desk,
    "ranking page, leader": leader_page,
    "得分明细": receipt,
    "bulletin and draft": bulletin_page,
    "REST": rest,
    "files and print": files,
}
# What happened: (what every place says of the quarter, whether the year says it).
CHANGES = {
    made.mark_after_reopening: ("changed", False),
    made.review_decided: ("changed", False),
    made.excuse_withdrawn: ("changed", False),
    made.figure_replaced: ("changed", True),
    made.share_replaced: ("changed", True),
    made.missing_sheet_decided: ("changed", False),
    made.adjustment_decided: ("changed", True),
    made.corrected: ("corrected", True),
    made.written_past_the_services: ("changed", False),
    made.merger: ("", False),
    made.new_name: ("", False),
    made.earlier_trial: ("", False),
    made.mark_put_back: ("", False),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_place_says_what_happened_since(in_force, change, place):
    assert PLACES[place](in_force) == ""
    change()
    if change is made.written_past_the_services and place in ("list", "desk", "bulletin and draft", "REST"):
        # Nobody counted it: the lists learn of it when the clock has compared the inputs.
        assert len(compare_held(held_rankings())) == 1
    wanted = CHANGES[change][0]
    if place == "desk" and wanted == "corrected":
        wanted = ""  # put right: nobody has to do anything about the quarter any more
    assert PLACES[place](in_force) == wanted


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_the_year_that_was_reported_says_it_too(in_force, change):
    change()
    page = text("office1", "/evaluation/year-end/2020/township/")
    assert (f"报区委的结果{MOVED}" in page) == CHANGES[change][1]
    assert ("2020年镇街排名：之后有改动" in text("office1", "/")) == CHANGES[change][1]
    assert ("之后有改动" in book("office1", "/evaluation/year-end/2020/township/result.xlsx")) == CHANGES[change][1]
    assert ("打印时状态" in paper("office1", "/evaluation/year-end/2020/township/result.docx")) == CHANGES[change][1]
    assert year().period.code in page


def test_the_office_and_the_auditor_read_which_cells_and_a_unit_that_it_is_in_force(in_force):
    before = Mark.objects.get(sheet=made.sheet_of(), organisation__code=made.MARKED).value
    made.mark_after_reopening()
    sentence = f"第 4 项 河长制和水环境治理 · 区水务局 · 北庄镇：{before.normalize():f} → 12.5"
    address = f"/evaluation/rankings/{in_force.pk}/"
    for who in ("office1", "auditor"):
        assert sentence in text(who, address), who
    assert sentence not in text("leader", address)
    for who in ("town", "othertown"):
        page = text(who, address)
        assert MOVED not in page and "打印时状态：现行" in page
    assert "打印时状态：现行" in text("town", f"{address}rows/{made.MARKED}/")
    api = Api("unit", "北庄镇", "reporter").get(f"rankings/{in_force.pk}/holding/").json()
    assert (api["holds"], api["standing"], api["changed"]) == (True, "holds", [])
    assert Api("office", "区政府办公室", "evaluation_office").get(f"rankings/{in_force.pk}/holding/").json()[
        "changed"
    ] == [sentence]


def test_a_get_writes_nothing_and_the_act_itself_brings_the_number_up_to_date(in_force):
    made.mark_after_reopening()
    held = Holding.objects.get(ranking=in_force)
    number = InputsRevision.objects.get(scheme=in_force.scheme, period=in_force.period)
    assert held.revision != number.revision
    text("office1", f"/evaluation/rankings/{in_force.pk}/")
    assert Holding.objects.get(ranking=in_force).revision == held.revision
    Mark.objects.filter(sheet=made.sheet_of(), organisation__code=made.MARKED).update(value=88)
    made.filed_with(made.MARKED, "88.5")
    assert Holding.objects.get(ranking=in_force).revision != InputsRevision.objects.get(pk=number.pk).revision


def test_a_signed_computation_falls_only_by_an_input_of_its_own(in_force):
    """What moves no total stands beside the inputs: names, another quarter, a sheet that was asked for again and came back."""
    made.mark_after_reopening()
    period = Period.objects.get(code=made.QUARTER)
    ranking = signed(official("township", period, by=actor("office1")), by=actor("office1"))
    made.new_name()
    made.earlier_trial()
    made.mark_put_back()
    again, new = compute_official(actor=actor("office1"), scheme=township(), period=period, at=timezone.now())
    assert (again.pk, new) == (ranking.pk, False)
    stored = Ranking.objects.get(pk=ranking.pk)
    done = publish_ranking(actor=actor("office2"), ranking_id=ranking.pk, at=timezone.now(), scope="total")
    assert (done.document, done.seal) == (stored.document, stored.seal), "what was signed goes out as it was stored"
    sent = document_of(done)
    assert done.state == RankingState.PUBLISHED and sent["state"] == "published"


def test_a_signed_computation_that_no_longer_holds_is_refused_with_the_cells(in_force):
    made.mark_after_reopening()
    period = Period.objects.get(code=made.QUARTER)
    ranking = signed(official("township", period, by=actor("office1")), by=actor("office1"))
    made.filed_with(made.MARKED, "13.5")
    with pytest.raises(Conflict) as refusal:
        publish_ranking(actor=actor("office2"), ranking_id=ranking.pk, at=timezone.now(), scope="total")
    assert refusal.value.code == "inputs-changed"
    assert [one.message.partition("：")[2] for one in refusal.value.errors] == ["12.5 → 13.5"]
    assert "已审签，要重新核定" in text("office1", "/")


def test_a_ranking_of_1_0_0_does_not_fall_by_the_new_form_of_the_list(in_force):
    """Its list of inputs held names, states of sheets, movement and standings; laid flat it is the same."""
    new = json.loads(in_force.inputs)
    old = new | {
        "rule_version": "2020·1",
        "figures": {key: [value, "printed"] for key, (value, _) in new["figures"].items()},
        "names": dict.fromkeys(new["zones"], "旧名"),
        "sheets": {sheet.share_figure.key: sheet.state for sheet in MarkSheet.objects.filter(period=in_force.period)},
        "not_applicable": [[4, "shuiwu-ju", made.EXCUSED, "没有河道"]],
        "decisions": [one | {"words": "本期不计并折算"} for one in new["decisions"]],
        "previous": {"ranking": 1, "ranks": {}},
    }
    del old["rank_precision"]
    listed = json.dumps(old)
    rewritten(in_force.pk, inputs=listed, inputs_hash=hashlib.sha256(listed.encode()).hexdigest(), beside="")
    old_one = made.ranking_of()
    assert office_page(old_one) == "" and len(compare_held(held_rankings())) == 0
    assert text("office1", f"/evaluation/rankings/{old_one.pk}/rows/{made.MARKED}/")
    made.mark_after_reopening()
    assert office_page(old_one) == "changed" and old_one.kind == RankingKind.OFFICIAL


def test_a_computation_whose_inputs_never_rest_is_refused_and_says_so(in_force, monkeypatch):
    """Two engines that read before and after a change would be said to differ."""
    numbers, before = itertools.count(), Ranking.objects.count()
    monkeypatch.setattr(rankings, "revision_of", lambda *_: next(numbers))
    with pytest.raises(Conflict, match="接连有改动，没有正式核定"):
        compute_official(actor=actor("office1"), scheme=in_force.scheme, period=in_force.period, at=timezone.now())
    assert Ranking.objects.count() == before
