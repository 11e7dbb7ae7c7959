"""All duties of 14号, 15号, 19号 and 22号, one row each, word for word."""

import json
from datetime import date

import pytest
from django.conf import settings

from miyun_kpi.duties.enums import PhraseKind
from miyun_kpi.duties.loading import load_duties
from miyun_kpi.duties.models import Duty, DutyPhrase, DutyUnit
from miyun_kpi.gazette.models import Clause
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.organisations.models import Group
from miyun_kpi.organisations.queries import resolve
from tests.duties.conftest import AT

DATA = json.loads((settings.FIXTURES_DIR / "gazettes/2020-02/duties.json").read_text(encoding="utf-8"))
TEXT = (settings.FIXTURES_DIR / "gazettes/2020-02/gazette.txt").read_text(encoding="utf-8")


def plain(text: str) -> str:
    return squeeze(text.replace("**", ""))


@pytest.mark.parametrize(
    ("document", "kind", "number"),
    [
        ("2020-14", "task", 37),
        ("2020-14", "part", 5),
        ("2020-15", "task", 17),
        ("2020-15", "project", 9),
        ("2020-15", "safeguard", 1),
        ("2020-19", "task", 18),
        ("2020-22", "task", 17),
        ("2020-22", "milestone", 4),
        ("2020-22", "safeguard", 3),
    ],
)
def test_every_task_of_the_text_is_one_row(gazette, document, kind, number):
    assert Duty.objects.filter(document=document, kind=kind).count() == number


def test_14_has_a_task_for_every_sentence_that_hands_one_out():
    assert TEXT.count("负责落实") == sum(
        row["document"] == "2020-14" and row["kind"] == "task" for row in DATA["duties"]
    )


def test_19_has_eight_tasks_and_ten_measures_each_with_its_printed_units():
    rows = [row for row in DATA["duties"] if row["document"] == "2020-19"]
    numbers = [(row["clause"][0], row["number"]) for row in rows]
    assert numbers == [*(("二", n) for n in range(1, 9)), *(("三", n) for n in range(1, 11))]
    # Every list of 19号 ends in 等: the office extends it, nobody is read into it.
    assert all(row["printed_units"].endswith("等") and row["units"][-1]["phrase"] == "等" for row in rows)
    assert TEXT.count("（责任单位：") + TEXT.count("（责任部门：") >= len(rows)


@pytest.mark.parametrize("row", DATA["duties"], ids=lambda row: row["key"])
def test_words_and_unit_names_stand_in_the_clause_itself(gazette, row):
    clause = Clause.objects.get(document__ref=row["document"], ref=row["clause"])
    family = plain(clause.text)
    if row["clause"].endswith("·首") or row["kind"] == "milestone":
        # A heading's units stand in a line of their own below its points.
        base = (
            row["clause"].removesuffix("·首").rsplit("（", 1)[0] if row["kind"] == "milestone" else row["clause"][:-2]
        )
        family += plain(Clause.objects.get(document__ref=row["document"], ref=f"{base}·单位").text)
    heads = Clause.objects.filter(document__ref=row["document"], ref__endswith="·首")
    above = "".join(plain(head.text) for head in heads if row["clause"].startswith(head.ref.removesuffix("·首")))
    assert plain(row["title"]) in family + above
    assert plain(row["requirement"]) in family
    for unit in row["units"]:
        assert plain(unit["phrase"]) in family, unit


def test_a_printed_name_is_the_organisation_it_was_read_as(gazette):
    for phrase in DutyPhrase.objects.filter(
        kind=PhraseKind.ORGANISATION, duty__document__in=["2020-14", "2020-15", "2020-19", "2020-22"]
    ):
        units = list(phrase.units.all())
        # Named twice in one task (by itself and in a group) it stands where it was named first.
        named = resolve(phrase.text)
        assert named is not None, phrase.text
        assert [unit.organisation_id for unit in units] in ([named.pk], []), phrase.text


def test_a_group_is_resolved_to_its_members_and_an_open_one_to_nobody(gazette):
    group = Group.objects.get(phrase="各镇街、地区")
    members = set(group.organisations.values_list("pk", flat=True))
    phrase = DutyPhrase.objects.get(duty__key="14/三（六）/1", text="各镇街、地区")
    assert phrase.kind == PhraseKind.GROUP
    assert set(phrase.units.values_list("organisation_id", flat=True)) == members and len(members) == 20
    open_one = DutyPhrase.objects.get(duty__key="14/三（六）/1", text="区政府各部门")
    assert open_one.kind == PhraseKind.OPEN and not open_one.units.exists()


def test_only_what_the_text_prints_has_a_cadence(gazette):
    printed = Duty.objects.filter(document__in=["2020-14", "2020-15", "2020-19", "2020-22"], basis="printed")
    assert {(row.key, row.cadence) for row in printed} == {
        ("14/二（五）/3/1", "monthly"),
        ("14/二（五）/3/2", "quarterly"),
        ("14/二（五）/3/3", "school-year"),
        ("14/三（二）/1", "quarterly"),
        ("14/三（三）/2/1", "yearly"),
        ("14/三（六）/1/1", "quarterly"),
        ("22/三（四）3（1）", "once"),
        ("22/三（四）3（2）", "once"),
        ("22/三（四）4（1）", "once"),
        ("22/三（四）4（2）", "once"),
    }
    dated = dict(Duty.objects.filter(kind="milestone").values_list("clause", "due_on"))
    assert dated == {
        "三（四）3（1）": date(2021, 12, 31),
        "三（四）3（2）": date(2022, 12, 31),
        "三（四）4（1）": date(2021, 12, 31),
        "三（四）4（2）": date(2022, 12, 31),
    }


def test_loading_again_changes_nothing_and_keeps_what_the_office_did(gazette):
    row = Duty.objects.get(key="14/三（六）/1")
    Duty.objects.filter(pk=row.pk).update(title="改过的任务")
    before = (Duty.objects.count(), DutyPhrase.objects.count(), DutyUnit.objects.count())
    assert load_duties(AT).created == 0
    assert before == (Duty.objects.count(), DutyPhrase.objects.count(), DutyUnit.objects.count())
    assert Duty.objects.get(pk=row.pk).title == "改过的任务"
