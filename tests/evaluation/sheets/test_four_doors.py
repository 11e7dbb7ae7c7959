"""One table of cases, four doors: the page cell, a pasted column, the API and a workbook refuse the same."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from evaluation.models import Mark, MarkSheet
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.organisations.queries import resolve
from tests.factories.books import HTMX, brought, download, form_of, typed, write
from tests.factories.sheets import cell, fill, move_window, person, save, water_sheet
from tests.factories.tokens import issue_token


class Door:
    """Puts one value into the first row of the sheet; says whether it was taken, and everything it answers."""

    def __init__(self, sheet: MarkSheet, username: str = "shuiwu") -> None:
        self.sheet, self.username = sheet, username
        self.prepare()

    def prepare(self) -> None:
        self.client = person(self.username)

    def put(self, value: str, **texts: str) -> tuple[bool, str, int]:
        raise NotImplementedError


class Cell(Door):
    def put(self, value, **texts):
        answer = save(self.client, self.sheet, cell(self.sheet), value=value, **texts)
        return answer.status_code == 200, answer.content.decode(), answer.status_code


class Paste(Door):
    def put(self, value, **texts):
        name = cell(self.sheet).organisation.name
        line = "\t".join([name, value, *([texts.get("problems", ""), texts.get("suggestions", "")] if texts else [])])
        given = {
            "clipboard": f"名称\t得分\n{line}\n" if not texts else f"名称\t得分\t问题\t建议\n{line}\n",
            "start": "",
        }
        answer = self.client.post(f"/evaluation/sheets/{self.sheet.pk}/paste/", given, headers=HTMX)
        if answer.status_code != 200:
            return False, answer.content.decode(), answer.status_code
        preview = answer.content.decode()
        answer = write(self.client, self.sheet, form_of(answer))
        return answer.status_code == 204, preview + answer.content.decode(), answer.status_code


class Workbook(Door):
    def prepare(self):
        super().prepare()
        self.content = download(person("zhengfuban1"), self.sheet)

    def put(self, value, **texts):
        cells = {"F5": value} | {{"problems": "H5", "suggestions": "I5"}[name]: text for name, text in texts.items()}
        answer = brought(self.client, self.sheet, typed(self.content, **cells))
        return answer.status_code == 204, answer.content.decode(), answer.status_code


class Api(Door):
    def prepare(self):
        names = {"shuiwu": "区水务局", "weijian": "区卫健委"}
        organisation = resolve(names[self.username])
        role = "evaluator"
        _, text = issue_token(
            actor=SYSTEM, client=self.username, organisation=organisation, role=role, at=timezone.now()
        )
        self.headers = {"authorization": f"Token {text}"}

    def put(self, value, **texts):
        mark = cell(self.sheet)
        row = {"organisation": mark.organisation.code, "version": mark.version, "value": value, **texts}
        answer = Client().patch(
            f"/api/v1/mark-sheets/{self.sheet.pk}/marks/",
            json.dumps([row]),
            content_type="application/json",
            headers=self.headers,
        )
        words = json.loads(answer.content)
        return answer.status_code == 200, json.dumps(words, ensure_ascii=False), answer.status_code


DOORS = [Cell, Paste, Workbook, Api]

# What is typed, and the words of the refusal common to every door.
REFUSED = [
    ("-5", "是负数"),
    ("101", "超过本表满分 100"),
    ("100.001", "超过本表满分 100"),
    ("88.1234", "超过 3 位小数"),
    ("八十六", "不是数字"),
    ("8 8", "读不成一个数"),
    ("1e2", "是科学计数写法"),
    ("nan", "不是数字"),
    ("٨٨", "读不成一个数"),
    ("88,5", "读不成一个数"),
    ("+88", "读不成一个数"),
]
TAKEN = [("88.5", "88.5"), ("0", "0"), ("100", "100"), ("８７．２５", "87.25"), ("0.001", "0.001"), (" 88 ", "88")]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("value", "words"), REFUSED)
def test_a_value_is_refused_with_the_same_words_at_every_door(sheet, door, value, words):
    taken, said, status = door(sheet).put(value)
    assert not taken and status == 422 and words in said, said[-600:]
    assert not Mark.objects.filter(sheet=sheet, version__gt=0).exists()


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("value", "stored"), TAKEN)
def test_a_value_is_taken_alike_at_every_door(sheet, door, value, stored):
    taken, said, _ = door(sheet).put(value)
    assert taken, said[-600:]
    assert f"{cell(sheet).value.normalize():f}" == stored


@pytest.mark.parametrize("door", DOORS)
def test_texts_go_in_and_are_limited_alike(sheet, door):
    taken, said, _ = door(sheet).put("70", problems="雨污混接", suggestions="限期改造")
    assert taken, said[-600:]
    assert (cell(sheet).problems, cell(sheet).suggestions) == ("雨污混接", "限期改造")
    taken, said, status = door(water_sheet()).put("71", problems="长" * 2001)
    assert not taken and status == 422 and "2000 字" in said and cell(sheet).value == 70


@pytest.mark.parametrize("door", DOORS)
def test_a_filed_sheet_refuses_alike(sheet, door):
    entrance = door(sheet)
    fill(sheet)
    MarkSheet.objects.filter(pk=sheet.pk).update(state="filed", filed_at=timezone.now())
    taken, said, status = entrance.put("70")
    assert (
        not taken and status == 409 and "不能再改" in said and set(sheet.marks.values_list("value", flat=True)) != {70}
    )


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("days", "words"), [(-60, "已锁定"), (60, "还没有到填报开始时间")])
def test_a_closed_window_refuses_alike(sheet, door, days, words):
    entrance = door(sheet)
    move_window("2020Q3", days)
    taken, said, status = entrance.put("70")
    assert not taken and status == 409 and words in said and cell(sheet).version == 0


@pytest.mark.parametrize("door", DOORS)
def test_another_evaluator_finds_nothing_alike(sheet, door):
    taken, _, status = door(sheet, "weijian").put("70")
    assert not taken and status == 404 and cell(sheet).version == 0
