"""How many statements a save takes, whatever the number of rows: only what is touched is read."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from evaluation.models import Mark, MarkSheet
from evaluation.sheets.services.marks import RowInput, save_marks
from miyun_kpi.accounts.models import User
from tests.evaluation.conftest import actor_named

pytestmark = pytest.mark.django_db
MOST_OF_A_CELL, MOST_OF_A_COLUMN = 11, 7


def statements(captured: CaptureQueriesContext) -> list[str]:
    """Without what opens, checks and closes the transaction, which is a savepoint in a test."""
    edges = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SET CONSTRAINTS")
    told = [one["sql"] for one in captured.captured_queries]
    # What is sent ahead of a question stands with it in one.
    return [sql for sql in told if not sql.startswith(edges) or "SELECT" in sql]


@pytest.fixture
def sheet(demo: None) -> MarkSheet:
    own = actor_named("shuiwu").organisation_id
    found = MarkSheet.objects.filter(evaluator_id=own, period__code="2020Q3", state="open")
    return max(found, key=lambda one: one.marks.count())


def cells(sheet: MarkSheet) -> list[Mark]:
    return list(sheet.marks.select_related("organisation").order_by("order"))


def saved(sheet: MarkSheet, rows: list[Mark], value: str) -> list[str]:
    wanted, actor = [RowInput(one.organisation.code, one.version, value=value) for one in rows], actor_named("shuiwu")
    with CaptureQueriesContext(connection) as captured:
        save_marks(actor=actor, sheet_id=sheet.pk, rows=wanted, at=timezone.now())
    return statements(captured)


def test_a_column_takes_as_many_statements_as_a_few_cells(sheet: MarkSheet) -> None:
    whole = cells(sheet)
    few = saved(sheet, whole[:3], "81.5")
    column = saved(sheet, cells(sheet), "82.5")
    assert len(column) == len(few) <= MOST_OF_A_COLUMN, "\n".join(one[:150] for one in column)
    assert len(whole) > 3 and set(sheet.marks.values_list("value", flat=True)) == {Decimal("82.5")}


def test_a_cell_through_the_web_reads_only_what_it_touches(sheet: MarkSheet, client: Client) -> None:
    client.force_login(User.objects.get(username="shuiwu"))
    cell = cells(sheet)[0]
    client.get(reverse("evaluation:sheet", args=[sheet.pk]))
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(
            reverse("evaluation:save-mark", args=[sheet.pk]),
            {"organisation": cell.organisation.code, "version": cell.version, "value": "66"},
            headers={"HX-Request": "true"},
        )
    assert answer.status_code == 200 and 'value="66.0"' in answer.content.decode()
    assert len(statements(captured)) <= MOST_OF_A_CELL, "\n".join(one[:150] for one in statements(captured))


def test_the_answer_of_a_cell_is_the_row_that_a_reload_shows(sheet: MarkSheet, client: Client) -> None:
    """The answer is built from what the save has read: it must not differ from the page read anew."""
    client.force_login(User.objects.get(username="shuiwu"))
    for cell in cells(sheet)[:4]:
        answer = client.post(
            reverse("evaluation:save-mark", args=[sheet.pk]),
            {"organisation": cell.organisation.code, "version": cell.version, "value": "71.5"},
            headers={"HX-Request": "true"},
        ).content.decode()
        page = client.get(reverse("evaluation:sheet", args=[sheet.pk])).content.decode()
        row = answer[answer.index("<tr ") : answer.index("</tr>")]
        assert _plain(row) in _plain(page)
        dock = answer[answer.index('<div class="dock-bar">') : answer.index('data-act="paste-help"')]
        assert _plain(dock) in _plain(page)
        checks = answer[answer.index('id="sheet-checks"') : answer.rindex("</section>")]
        assert _plain(checks) in _plain(page)


def _plain(text: str) -> str:
    return " ".join(text.split())
