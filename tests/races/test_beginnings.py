"""Two begin one real site, and two series take one number, at the same moment on real connections; and the control arms."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone

from miyun_kpi.accounts.enums import Role
from miyun_kpi.gazette import services as gazette_services
from miyun_kpi.gazette.models import Document
from miyun_kpi.gazette.services import document_issued
from miyun_kpi.lib.citations import DocumentName
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.operations import first_steps
from miyun_kpi.operations.first_steps import Administrator, begin, first_key
from miyun_kpi.operations.identity import require_own_site
from miyun_kpi.operations.models import Site
from tests.races.control import unlock
from tests.races.test_reviews import at_once, wait_after

pytestmark = pytest.mark.postgres
User = get_user_model()


@pytest.fixture
def key(transactional_db: None, gazette: None, settings: Any, tmp_path: Path) -> str:
    settings.VAR_DIR = tmp_path
    require_own_site(at=timezone.now(), empty=True)
    return first_key()


def three(mark: str) -> list[Administrator]:
    return [
        Administrator(Role.SYSTEM_ADMIN, f"xitong{mark}", f"张三{mark}", "区政府办公室"),
        Administrator(Role.SECURITY_ADMIN, f"anquan{mark}", f"李四{mark}", "区政府办公室"),
        Administrator(Role.AUDITOR, f"shenji{mark}", f"王五{mark}", "区审计局"),
    ]


def both_begin(key: str) -> list[Any]:
    def beginning(mark: str) -> Any:
        return lambda: begin(key=key, administrators=three(mark), at=timezone.now())

    return at_once([beginning("1"), beginning("2")])


def test_of_two_who_begin_one_site_one_does(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wait_after(monkeypatch, first_steps, "_administrator")
    outcomes = both_begin(key)
    assert sorted(isinstance(one, NotFound) for one in outcomes) == [False, True], outcomes
    marks = {name[-1] for name in User.objects.values_list("username", flat=True)}
    assert User.objects.count() == 3 and len(marks) == 1


@pytest.mark.control("test_of_two_who_begin_one_site_one_does")
def test_control_without_the_lock_both_do(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    unlock(monkeypatch, Site)
    wait_after(monkeypatch, first_steps, "_administrator")
    assert not any(isinstance(one, Exception) for one in both_begin(key)) and User.objects.count() == 6


SERIES = ("密政发", "密政办字")
YEAR = 2031


def both_issue(*series: str) -> list[Any]:
    def issuing(one: str) -> Any:
        def act() -> str:
            with transaction.atomic():
                name = DocumentName(one, YEAR, 9)
                return document_issued(name=name, title=one, subject="evaluation", issued_on=date(YEAR, 1, 5)).ref

        return act

    return at_once([issuing(one) for one in series])


def test_one_number_of_two_series_in_a_year_without_documents(
    transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_after(monkeypatch, gazette_services, "free_ref")
    refs = both_issue(*SERIES)
    assert all(isinstance(ref, str) for ref in refs), refs
    stored = dict(Document.objects.filter(year=YEAR).values_list("series", "ref"))
    assert [stored[one] for one in SERIES] == refs
    assert sorted(map(len, stored.values()))[0] == len(f"{YEAR}-9") and len(set(refs)) == 2


def test_the_same_document_twice_at_once_is_one(
    transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_after(monkeypatch, gazette_services, "free_ref")
    assert both_issue(SERIES[0], SERIES[0]) == [f"{YEAR}-9"] * 2
    assert Document.objects.filter(year=YEAR).count() == 1


@pytest.mark.control(
    "test_one_number_of_two_series_in_a_year_without_documents", "test_the_same_document_twice_at_once_is_one"
)
def test_control_who_does_not_look_again_breaks(
    transactional_db: None, gazette: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gazette_services, "MOST_TRIES", 1)
    wait_after(monkeypatch, gazette_services, "free_ref")
    assert sorted(isinstance(one, IntegrityError) for one in both_issue(*SERIES)) == [False, True]
