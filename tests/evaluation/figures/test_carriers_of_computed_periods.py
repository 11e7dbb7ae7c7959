"""A unit that turns out to carry an item after 正式核定 gets its cell, so that the period can be computed again and corrected."""

from decimal import Decimal

import pytest
from django.utils import timezone

from evaluation.engine.queries.holding import standing_of
from evaluation.enums import SheetState, Standing
from evaluation.figures.services.figures import Wanted, check_figures, propose_figures
from evaluation.models import Figure, FigureBatch, Mark, MarkSheet, Ranking, Scheme
from evaluation.ranking.services import compute_official
from evaluation.sheets.services.marks import RowInput, save_marks
from evaluation.sheets.services.sheets import file_sheet
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.errors import Refused
from tests.factories.feedback import actor, client_of, computed_quarter
from tests.factories.holding import figures_replaced
from tests.factories.markup import one_line
from tests.factories.rankings import official, published, signed
from tests.factories.year_end import township


def new() -> Figure:
    """河长制和水环境治理 is carried by 20 townships, and not by 中关村密云园."""
    return Figure.objects.get(scheme=township(), kind="carried", indicator__number=4, value="no")


def sheet() -> MarkSheet:
    return MarkSheet.objects.get(scheme=township(), period__code="2020Q2", indicator__number=4)


def again(ranking: Ranking) -> Ranking:
    return compute_official(actor=actor("office1"), scheme=ranking.scheme, period=ranking.period, at=timezone.now())[0]


@pytest.fixture(params=["computed", "published"])
def ranking(gazette, request) -> Ranking:
    Scheme.objects.update(problems_below_percent=0, reasons_required=False)
    found = computed_quarter()
    if request.param == "published":
        first = official("township", found.period, by=actor("office1"))
        published(signed(first, by=actor("office1")), by=actor("office2"))
    return Ranking.objects.select_related("scheme", "period").get(pk=found.pk)


def proposed(value: str) -> FigureBatch:
    one = new()
    return propose_figures(
        actor=actor("office1"),
        scheme_id=one.scheme_id,
        wanted=[Wanted(one.pk, one.version, value)],
        original_page="附件4第 2 页",
        reason="印发原件上有圆点，录入时看漏",
        at=timezone.now(),
    )


def test_it_is_marked_there_and_the_period_computed_again(ranking):
    document, code = ranking.document, new().organisation.code
    figures_replaced({new().key: "yes"})
    back = sheet()
    added = back.marks.get(organisation__code=code)
    assert (back.state, added.value, added.full_mark) == (SheetState.RETURNED, None, Decimal(100))
    assert added.organisation.name in back.reopen_reason and back.reopened_until > timezone.now()
    assert Notice.objects.filter(key=f"sheet-returned/{back.pk}/{back.version}").exists()
    assert back.marks.filter(value__isnull=False).count() == 20, "what was given stays"
    with pytest.raises(Refused) as refusal:
        again(ranking)
    assert refusal.value.code == "missing-marks"
    at, water = timezone.now(), actor("water")
    save_marks(actor=water, sheet_id=back.pk, rows=[RowInput(code, added.version, value="90", problems="漏岸")], at=at)
    file_sheet(actor=water, sheet_id=back.pk, version=sheet().version, at=at, reason="已逐格核对")
    second = again(ranking)
    ranking.refresh_from_db()
    assert second.number == ranking.number + 1 and ranking.document == document
    assert f'"share/4/1@{code}":["90' in second.inputs
    if ranking.published_at:
        assert standing_of(ranking)[0] == Standing.CHANGED
        last = signed(official("township", ranking.period, by=actor("office1")), by=actor("office1"))
        assert published(last, by=actor("office2")).corrects_id == ranking.pk


def test_the_second_person_reads_it_before(ranking):
    batch = proposed("yes")
    page = one_line(client_of("office2").get(f"/evaluation/batches/{batch.pk}/").content.decode())
    assert "1 张已报送的打分表要补打" in page and f"/evaluation/sheets/{sheet().pk}/" in page
    if ranking.published_at:
        assert (
            "2020年第二季度已通报（第 1 次核定），补打、报送以后重新核定、审签、单位核对，以更正通报为新的一版" in page
        )
    else:
        assert "2020年第二季度已正式核定（第 1 次核定），补打、报送以后重新核定，原来的一版不改" in page


def test_taken_back_nobody_waits_for_the_cell(ranking):
    one = new()
    figures_replaced({one.key: "yes"})
    figures_replaced({one.key: "no"})
    assert not sheet().marks.filter(organisation=one.organisation).exists() and sheet().marks.count() == 20
    file_sheet(
        actor=actor("water"), sheet_id=sheet().pk, version=sheet().version, at=timezone.now(), reason="已逐格核对"
    )
    assert again(ranking).pk == ranking.pk, "the same follows again"


def test_what_was_given_there_stays_when_the_unit_is_struck_out(ranking):
    figures_replaced({"carried/4/beizhuang-zhen": "no"})
    assert sheet().state == SheetState.FILED
    assert Mark.objects.get(sheet=sheet(), organisation__code="beizhuang-zhen").value is not None


def test_an_item_that_is_examined_no_longer_asks_for_nothing(ranking):
    Figure.objects.filter(scheme=township(), key="scope/4").update(value="year")
    batch = proposed("yes")
    assert "补打" not in client_of("office2").get(f"/evaluation/batches/{batch.pk}/").content.decode()
    check_figures(actor=actor("office2"), batch_id=batch.pk, approve=True, note="", at=timezone.now())
    assert (sheet().state, sheet().marks.count()) == (SheetState.FILED, 20)
