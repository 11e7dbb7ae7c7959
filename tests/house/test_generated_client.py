"""A client that a stranger makes from the schema: it reads a ranking and files a sheet without a word of JSON by hand."""

import json
import subprocess
import sys
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from evaluation.models import MarkSheet
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.organisations.queries import resolve
from tests.evaluation.conftest import live_demo
from tests.factories.tokens import issue_token

__all__ = ["live_demo"]
PACKAGE = "generated_kpi_client"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the client, made by openapi-python-client from the published schema; it reaches for no network."""
    folder = tmp_path_factory.mktemp("client")
    schema, config = folder / "schema.json", folder / "config.yml"
    schema.write_bytes(Browser().get("/api/v1/schema/").content)
    # Nothing is done to the code afterwards: no formatter, no linter.
    config.write_text("post_hooks: []\n")
    made = [Path(sys.executable).parent / "openapi-python-client", "generate", "--meta", "none", "--fail-on-warning"]
    where = ["--path", schema, "--config", config, "--output-path", folder / PACKAGE]
    done = subprocess.run([*made, *where], capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


OFFICE = ("区政府办公室", "evaluation_office")


class Kpi:
    """The generated package: `kpi.api("rankings.ranking")`, `kpi.model("Track")`, `kpi.client(token)`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.models = import_module(f"{PACKAGE}.models")

    def api(self, name: str) -> Any:
        return import_module(f"{PACKAGE}.api.{name}")

    def client(self, organisation: str, role: str) -> Any:
        place = resolve(organisation)
        _, token = issue_token(actor=SYSTEM, client=f"c-{role}", organisation=place, role=role, at=timezone.now())
        made = import_module(f"{PACKAGE}.client").AuthenticatedClient
        # A proxy of the environment is not meant for the server of the test.
        return made(base_url=self.url, token=token, prefix="Token", httpx_args={"trust_env": False})


@pytest.fixture
def kpi(generated: Path, live_demo: None, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(generated))
    yield Kpi(live_server.url)
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_it_reads_a_ranking_with_its_types(kpi):
    client, track = kpi.client(*OFFICE), kpi.models.Track.TOWNSHIP
    ranking = kpi.api("rankings.latest_ranking").sync(client=client, track=track)
    assert isinstance(ranking, kpi.models.Ranking)
    assert (ranking.track, ranking.kind, ranking.period) == (track, kpi.models.RankingKind.TRIAL, "2020Q2")
    assert ranking.computed_at.utcoffset() is not None and ranking.published_at is None
    assert len(ranking.rows) == 21 and ranking.unconfirmed[0].status in kpi.models.FigureStatus
    best = ranking.rows[0]
    assert best.rank == 1 and best.zone in kpi.models.Zone and len(best.dimensions) == 4
    assert not any(row.additional_properties for row in ranking.rows) and not ranking.additional_properties

    receipt = kpi.api("rankings.ranking_row").sync(ranking.id, best.organisation, client=client)
    parts = sum(Decimal(item.score) for item in receipt.items)
    assert parts + Decimal(receipt.rounding_difference) == Decimal(best.total)
    assert {item.basis for item in receipt.items} <= set(kpi.models.ItemBasis)

    listed = kpi.api("rankings.rankings").sync(client=client, track=track, page=1, page_size=1)
    assert listed.count >= 1 and listed.results[0].id == ranking.id and listed.previous is None


def test_what_it_has_already_it_is_not_sent_again(kpi):
    client, latest = kpi.client(*OFFICE), kpi.api("rankings.latest_ranking")
    first = latest.sync_detailed(client=client, track=kpi.models.Track.DEPARTMENT)
    again = latest.sync_detailed(client=client, track=kpi.models.Track.DEPARTMENT, if_none_match=first.headers["ETag"])
    assert (again.status_code, again.parsed) == (304, None)


def test_it_files_a_sheet_with_marks(kpi):
    client, models = kpi.client("区水务局", "evaluator"), kpi.models
    found = kpi.api("mark_sheets.mark_sheets").sync(client=client, period="2020Q3", track=models.Track.TOWNSHIP)
    (sheet,) = found.results
    assert (sheet.state, sheet.marked, sheet.filed_at) == (models.SheetState.OPEN, 0, None)
    rows = kpi.api("mark_sheets.mark_sheet").sync(sheet.id, client=client).rows
    assert len(rows) == sheet.carried and {row.value for row in rows} == {None}

    save, file = kpi.api("mark_sheets.save_marks"), kpi.api("mark_sheets.file_sheet")
    marks = [
        models.MarkRow(
            organisation=row.organisation, version=row.version, value=f"{80 + place % 7}.5", problems="巡河次数不足"
        )
        for place, row in enumerate(rows)
    ]
    saved = save.sync(sheet.id, client=client, body=marks)
    assert [(row.value, row.version) for row in saved.rows] == [(mark.value, 1) for mark in marks]

    body = models.FileBody(version=sheet.version, reason="接口试报，数字为虚构")
    filed = file.sync(sheet.id, client=client, body=body, idempotency_key="q3-1")
    assert isinstance(filed, models.SheetStanding)
    assert filed.state == models.SheetState.FILED and filed.receipt_number and filed.filed_at.utcoffset() is not None
    again = file.sync_detailed(sheet.id, client=client, body=body, idempotency_key="q3-1")
    assert again.parsed == filed and again.headers["Idempotent-Replay"] == "true"
    stored = MarkSheet.objects.get(pk=sheet.id)
    assert stored.state == "filed" and sorted(str(m.value) for m in stored.marks.all())[0].startswith("80.5")


def test_a_refusal_comes_as_an_object_too(kpi):
    client, models = kpi.client("区水务局", "evaluator"), kpi.models
    (sheet,) = kpi.api("mark_sheets.mark_sheets").sync(client=client, period="2020Q3").results
    (first, *_) = kpi.api("mark_sheets.mark_sheet").sync(sheet.id, client=client).rows
    save = kpi.api("mark_sheets.save_marks")

    def sent(version: int, value: str) -> Any:
        mark = models.MarkRow(organisation=first.organisation, version=version, value=value)
        return save.sync_detailed(sheet.id, client=client, body=[mark])

    assert sent(0, "88.5").status_code == 200
    stale = sent(0, "70")
    assert stale.status_code == 409 and isinstance(stale.parsed, models.Error)
    (row,) = stale.parsed.errors
    assert (row.organisation, row.current.version) == (first.organisation, 1)
    assert kpi.api("mark_sheets.mark_sheet").sync(10**6, client=client).code == "not-found"
    assert json.loads(stale.content)["clause"] is stale.parsed.clause
