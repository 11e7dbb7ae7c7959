"""Who carries an item is replaced while its sheet is marked or filed: no sheet is filed with a cell missing, no mark is lost.

As in the first quarter of a scheme (nothing computed) and after 正式核定, where a new carrier is owed its cell too.
"""

from typing import Any

import pytest
from django.utils import timezone

from evaluation.enums import SheetState
from evaluation.figures.services import following
from evaluation.figures.services.figures import Wanted, check_figures, propose_figures
from evaluation.models import Figure, FigureBatch, Mark, MarkSheet, Scheme
from evaluation.sheets.services import sheets
from evaluation.sheets.services.marks import RowInput, save_marks
from miyun_kpi.lib.errors import Refused
from tests.factories.feedback import actor, people
from tests.factories.holding import MARKED, reopened, sheet_of
from tests.factories.rankings import computed, filed_quarter
from tests.factories.year_end import township
from tests.races.control import somebody_waits, unlock, wait_for
from tests.races.test_reviews import at_once

pytestmark = pytest.mark.postgres


@pytest.fixture(params=["not computed", "computed"])
def quarter(transactional_db: None, gazette: None, request: pytest.FixtureRequest) -> str:
    """河长制和水环境治理 is with its evaluator again."""
    people()
    Scheme.objects.update(problems_below_percent=0, reasons_required=False)
    period = filed_quarter()
    if request.param == "computed":
        computed("township", period, by=actor("office1"))
    reopened()
    return str(request.param)


def proposed(figure: Figure, value: str) -> FigureBatch:
    return propose_figures(
        actor=actor("office1"),
        scheme_id=figure.scheme_id,
        wanted=[Wanted(figure.pk, figure.version, value)],
        original_page="附件4第 2 页",
        reason="对照印发原件",
        at=timezone.now(),
    )


def check(batch: FigureBatch) -> FigureBatch:
    return check_figures(actor=actor("office2"), batch_id=batch.pk, approve=True, note="", at=timezone.now())


def pause_after(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, ended: list[Any]) -> list[str]:
    """Behind this step the act waits until the other one waits for it, or has ended; what is answered fills by then."""
    come, step = list[str](), getattr(module, name)

    def done(*given: Any, **more: Any) -> Any:
        found = step(*given, **more)
        if not come:
            come.append(name)
            wait_for(lambda: bool(ended) or somebody_waits())
        return found

    monkeypatch.setattr(module, name, done)
    return come


def filed_while_a_carrier_comes(monkeypatch: pytest.MonkeyPatch) -> MarkSheet:
    """All cells have been found filled when 中关村密云园 turns out to carry the item."""
    batch, ended = (
        proposed(Figure.objects.get(scheme=township(), kind="carried", indicator__number=4, value="no"), "yes"),
        list[Any](),
    )
    come, sheet = pause_after(monkeypatch, sheets, "_require_complete", ended), sheet_of()

    def file() -> Any:
        given = {"sheet_id": sheet.pk, "version": sheet.version, "reason": "已逐格核对"}
        return sheets.file_sheet(actor=actor("water"), at=timezone.now(), **given)

    def comes() -> None:
        wait_for(lambda: bool(come))
        try:
            check(batch)
        finally:
            ended.append(1)

    outcomes = at_once([file, comes])
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    return sheet_of()


def test_a_sheet_that_is_being_filed_goes_back_for_its_new_cell(quarter, monkeypatch):
    sheet = filed_while_a_carrier_comes(monkeypatch)
    assert (sheet.state, sheet.marks.filter(value=None).count()) == (SheetState.RETURNED, 1)
    assert "承担单位有增加" in sheet.reopen_reason


@pytest.mark.control("test_a_sheet_that_is_being_filed_goes_back_for_its_new_cell")
def test_unheld_it_stands_filed_with_a_cell_missing(quarter, monkeypatch):
    unlock(monkeypatch, MarkSheet)
    sheet = filed_while_a_carrier_comes(monkeypatch)
    assert (sheet.state, sheet.marks.filter(value=None).count()) == (SheetState.FILED, 1)


def marked_while_it_is_struck_out(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The cell of 北庄镇 has been found blank, so that it may go, when its evaluator saves it."""
    Mark.objects.filter(sheet=sheet_of(), organisation__code=MARKED).update(value=None)
    mark = Mark.objects.get(sheet=sheet_of(), organisation__code=MARKED)
    batch, ended = proposed(Figure.objects.get(scheme=township(), key=f"carried/4/{MARKED}"), "no"), list[Any]()
    come = pause_after(monkeypatch, following, "scheme_view", ended)

    def save() -> Any:
        wait_for(lambda: bool(come))
        try:
            rows = [RowInput(MARKED, mark.version, value="90")]
            return save_marks(actor=actor("water"), sheet_id=mark.sheet_id, rows=rows, at=timezone.now())
        finally:
            ended.append(1)

    return at_once([lambda: check(batch), save])


def test_a_mark_is_not_lost_with_the_cell_that_goes(quarter, monkeypatch):
    checked, told = marked_while_it_is_struck_out(monkeypatch)
    assert isinstance(checked, FigureBatch), checked
    assert isinstance(told, Refused) and "没有保存" in told.message, told
    assert not Mark.objects.filter(sheet=sheet_of(), organisation__code=MARKED).exists()


@pytest.mark.control("test_a_mark_is_not_lost_with_the_cell_that_goes")
def test_unheld_a_mark_that_was_saved_is_gone(quarter, monkeypatch):
    unlock(monkeypatch, MarkSheet)
    outcomes = marked_while_it_is_struck_out(monkeypatch)
    assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
    assert not Mark.objects.filter(sheet=sheet_of(), organisation__code=MARKED).exists()
