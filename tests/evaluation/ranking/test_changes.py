"""The feed of changes: what goes in, for whom, from which cursor; and the client's loop of docs/following-changes.md."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from evaluation.models import Mark, Ranking
from miyun_kpi.accounts.enums import Role
from miyun_kpi.api.enums import ChangeKind
from miyun_kpi.api.feed import append
from miyun_kpi.api.models import Change
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.services import Seen, merge_organisations, rename_organisation
from tests.evaluation.sheets.test_api_marks import Api
from tests.factories.feedback import actor, computed_quarter
from tests.factories.rankings import actor_of, official, person, published, signed

pytestmark = pytest.mark.django_db
GUIDE = Path(__file__).resolve().parents[3] / "docs" / "following-changes.md"


def publish(ranking: Ranking) -> Ranking:
    made = official("township", ranking.period, by=actor("office1"))
    return published(signed(made, by=actor("office1")), by=actor("office2"), scope="total")


def correct(ranking: Ranking) -> Ranking:
    mark = Mark.objects.filter(sheet__period=ranking.period, sheet__scheme=ranking.scheme).first()
    Mark.objects.filter(pk=mark.pk).update(value=mark.value - 1)
    return publish(ranking)


def merge() -> None:
    admin = actor_of(person("feed-admin", "区政府办公室", Role.SYSTEM_ADMIN))
    rows = [Organisation.objects.get(code=code) for code in ("dachengzi-zhen", "beizhuang-zhen")]
    one, other = (Seen(row.code, row.version) for row in rows)
    today = timezone.localdate()
    merge_organisations(number="密编〔2020〕1号", actor=admin, merged=[one], into=other, on=today, at=timezone.now())
    row = Organisation.objects.get(code="beizhuang-zhen")
    rename_organisation(
        number="密编〔2020〕1号",
        actor=admin,
        seen=Seen(row.code, row.version),
        name="北庄大城子镇",
        on=today,
        at=timezone.now(),
    )


def the_loop() -> Any:
    """The client's code as the guide prints it."""
    found: dict[str, Any] = {}
    exec(re.search(r"```python\n(.*?)```", GUIDE.read_text(), re.S)[1], found)
    return found["follow"]


def test_the_client_s_loop_of_the_guide_stays_right_over_a_correction_and_a_merge(gazette):
    client = Api("copy")
    copy = {"cursor": "", "rankings": {}, "organisations": {}, "schemes": {}}

    def get(path: str, **parameters: str) -> Any:
        answer = client.client.get(f"/api/v1/{path}", parameters, headers=client.headers)
        assert answer.status_code == 200, (path, answer.content)
        return answer.json()

    follow = the_loop()
    ranking = computed_quarter()
    first = publish(ranking)
    assert follow(get, copy)["rankings"]["township", "2020Q2"]["id"] == first.pk
    assert follow(get, copy)["cursor"] == "1"
    second = correct(first)
    merge()
    follow(get, copy)
    held = copy["rankings"]["township", "2020Q2"]
    assert held["id"] == second.pk and held == get(f"rankings/{second.pk}/") and held["corrects"] == first.pk
    assert "大城子镇" in {row["name"] for row in held["rows"]}, "a published ranking keeps the units of its time"
    for code, row in copy["organisations"].items():
        assert row == get(f"organisations/{code}/")
    ended = copy["organisations"]["dachengzi-zhen"]
    assert not ended["evaluated"] and ended["valid_to"]
    assert copy["organisations"]["beizhuang-zhen"]["name"] == "北庄大城子镇"


def test_each_act_is_one_change_and_says_no_mark_and_no_rank(gazette):
    first = publish(computed_quarter())
    second = correct(first)
    merge()
    said = [(one.kind, one.data) for one in Change.objects.all()]
    assert [kind for kind, _ in said] == ["publication", "correction", "organisation", "organisation"]
    assert said[1][1]["corrects"] == first.pk and said[1][1]["digest"] == second.digest
    assert said[1][1]["corrected_digest"] == first.digest
    assert said[2][1]["merged"] == ["dachengzi-zhen"] and said[2][1]["on"] == timezone.localdate().isoformat()
    assert (said[3][1]["old"], said[3][1]["new"]) == ("北庄镇", "北庄大城子镇")
    assert not {"rank", "total", "rows", "marks", "moved"} & {key for _, data in said for key in data}


def many(count: int) -> None:
    for number in range(count):
        kind = ChangeKind.ORGANISATION if number % 3 else ChangeKind.PUBLICATION
        append(kind=kind, data={"number": number}, at=timezone.now())


def walk(client: Api, **wanted: object) -> list[int]:
    seen, after = [], ""
    query = "".join(f"&{name}={value}" for name, value in wanted.items())
    while True:
        page = client.get(f"changes/?after={after}{query}").json()
        seen += [row["data"]["number"] for row in page["results"]]
        after = page["next"]
        if not page["more"]:
            assert client.get(f"changes/?after={after}{query}").json()["results"] == []
            return seen


def test_pages_follow_each_other_without_a_gap_also_through_a_filter(gazette):
    many(23)
    client = Api("reader")
    assert walk(client, size=5) == list(range(23))
    assert walk(client, size=5, kind="publication") == list(range(0, 23, 3))
    assert walk(client, kind="correction") == []
    # A filter that found nothing has come as far as the head.
    assert client.get("changes/?kind=correction").json()["next"] == "23"


@pytest.mark.parametrize(
    "query", ["after=x", "after=-1", "after=99", "after=٣", "kind=marks", "size=0", "size=201", "afer=1"]
)
def test_a_cursor_or_a_parameter_that_is_not_ours_is_refused(gazette, query):
    assert Api("reader").get(f"changes/?{query}").status_code == 400


def test_what_is_rolled_back_leaves_no_gap(gazette):
    many(1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        many(2)
        raise ZeroDivisionError
    many(1)
    assert list(Change.objects.values_list("seq", flat=True)) == [1, 2]
