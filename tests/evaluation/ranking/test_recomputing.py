"""What is taken away recomputes itself, with Python's own library and nothing of the product, and finds a digit that was changed."""

import io
import json
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluation.engine.queries.engine_inputs import engine_inputs
from evaluation.engine.queries.ranking_documents import build
from evaluation.enums import RankingKind
from evaluation.models import Figure, Scheme
from evaluation.ranking import offline
from evaluation.ranking.offline import recompute
from evaluation.ranking.services import compute_trial
from miyun_kpi.lib.actors import SYSTEM
from tests.consistency.districts import store_district, store_year
from tests.factories.rankings import BACKEND, actor_of, filed_quarter, official, person, published, signed

PROGRAM = Path(offline.__file__).with_name("recompute.py")


def _run(folder: Path) -> subprocess.CompletedProcess[str]:
    """In a folder elsewhere, isolated: no product on the path, no environment."""
    command = [sys.executable, "-I", str(folder / "recompute.py")]
    return subprocess.run(
        command, capture_output=True, text=True, cwd="/", timeout=60, env={"PYTHONIOENCODING": "utf-8"}
    )


def _unpacked(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        package.extractall(folder)
    return folder


@pytest.fixture
def office(gazette):
    return person("office", "区政府办公室", "evaluation_office")


@pytest.fixture
def bulletin(office):
    actor = actor_of(office)
    ranking = signed(official("township", filed_quarter(), by=actor), by=actor)
    return published(ranking, by=actor_of(person("second", "区政府办公室", "evaluation_office")), scope="total")


def test_a_published_ranking_taken_away_recomputes_itself(client, office, bulletin, tmp_path):
    client.force_login(office, backend=BACKEND)
    answer = client.get(reverse("evaluation:ranking-package", args=[bulletin.pk]))
    done = _run(_unpacked(answer.content, tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "21 家的合计和名次、输入摘要、结果摘要全部一致" in done.stdout


@pytest.mark.parametrize("what", ["mark", "total", "rank", "weight"])
def test_a_digit_changed_in_what_was_taken_away_is_named(client, office, bulletin, tmp_path, what):
    client.force_login(office, backend=BACKEND)
    folder = _unpacked(client.get(reverse("evaluation:ranking-package", args=[bulletin.pk])).content, tmp_path)
    inputs, result = folder / "输入清单.json", folder / "结果.json"
    listed, document = json.loads(inputs.read_text("utf-8")), json.loads(result.read_text("utf-8"))
    if what == "mark":
        cell = listed["marks"][sorted(listed["marks"])[0]]
        cell[0] = str(Decimal(cell[0]) - Decimal("0.5"))
    elif what == "weight":
        listed["figures"]["weight/1/green"][0] = "4"
    else:
        row = document["rows"][0]
        row[what] = 2 if what == "rank" else str(Decimal(row["total"]) - Decimal("0.0001"))
    inputs.write_text(json.dumps(listed, ensure_ascii=False), "utf-8")
    result.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    done = _run(folder)
    assert done.returncode == 1
    expected = "输入清单与输入摘要不一致" if what in ("mark", "weight") else "结果与结果摘要不一致"
    assert expected in done.stdout and "，复算第" in done.stdout


def test_a_unit_recomputes_its_own_total(client, bulletin, tmp_path):
    head = person("head", "密云镇", "unit_head")
    client.force_login(head, backend=BACKEND)
    assert client.get(reverse("evaluation:ranking-package", args=[bulletin.pk])).status_code == 404
    own = bulletin.rows.select_related("organisation").get(organisation__name="密云镇")
    other = bulletin.rows.exclude(pk=own.pk).select_related("organisation").first()
    assert (
        client.get(reverse("evaluation:receipt-package", args=[bulletin.pk, other.organisation.code])).status_code
        == 404
    )
    answer = client.get(reverse("evaluation:receipt-package", args=[bulletin.pk, own.organisation.code]))
    folder = _unpacked(answer.content, tmp_path)
    done = _run(folder)
    assert done.returncode == 0 and f"合计 {own.total:.4f} 全部一致" in done.stdout, done.stdout
    receipt = json.loads((folder / "得分明细.json").read_text("utf-8"))
    receipt["items"][2]["score"] = "0.0001"
    (folder / "得分明细.json").write_text(json.dumps(receipt), "utf-8")
    assert _run(folder).returncode == 1


def test_without_its_files_or_for_another_arithmetic_it_says_so(tmp_path):
    (tmp_path / "recompute.py").write_bytes(PROGRAM.read_bytes())
    done = _run(tmp_path)
    assert done.returncode == 1 and "文件缺少或读不出" in done.stdout
    (tmp_path / "输入清单.json").write_text(json.dumps({"rule_version": "1 · 13号·1"}), "utf-8")
    for name in ("结果.json", "摘要.json"):
        (tmp_path / name).write_text("{}", "utf-8")
    assert "只算第 2 版算法" in _run(tmp_path).stdout


def test_random_districts_and_years_recompute_to_the_last_digit(gazette):
    """As the program reads them, from the stored text alone."""
    missing = 0
    for seed in range(12):
        scheme, period = (store_year if seed % 3 == 0 else store_district)(seed)
        built = build(engine_inputs(scheme, period), kind=RankingKind.TRIAL)
        found = recompute.Inputs(json.loads(json.dumps(built.inputs)))
        totals = {unit: found.total(unit) for unit in found.units}
        rows = {row["organisation"]: row for row in built.document["rows"]}
        assert totals == {code: row["total"] for code, row in rows.items()}, seed
        assert recompute.places(totals) == {code: row["rank"] for code, row in rows.items()}, seed
        missing += sum(total is None for total in totals.values())
    assert missing


def test_every_unit_of_the_departments_recomputes_where_marks_are_avoided(gazette, tmp_path):
    period = filed_quarter()
    Figure.objects.filter(kind="own-mark").update(value="average")
    trial, _ = compute_trial(
        actor=SYSTEM, scheme=Scheme.objects.get(track="department"), period=period, at=timezone.now()
    )
    for row in trial.rows.select_related("organisation"):
        path = tmp_path / "得分明细.json"
        path.write_text(row.receipt, "utf-8")
        assert recompute.check_receipt(path) == [], row.organisation.name
