"""Mutated workbooks: whatever comes up, the answer is a preview or one sentence, and nothing is written by halves."""

import gc
import io
import os
import random
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from evaluation.models import Mark
from tests.evaluation.conftest import _demo_of_module, demo
from tests.factories.books import download, form_of, upload, write
from tests.factories.sheets import person, water_sheet

__all__ = ["_demo_of_module", "demo"]

# `make fuzz` asks for 10,000; each seed stands for itself, so a failure is made again by its number.
SEEDS = int(os.environ.get("KPI_FUZZ", "300"))
WARM, MEASURED, MOST_GROWTH = 30, 300, 20 * 1024 * 1024
VALUES = (
    None,
    "",
    " ",
    0,
    1,
    88.5,
    100,
    100.0001,
    -1,
    1e300,
    "88.5",
    "８８",
    "八十",
    "=1+1",
    "+1",
    "'",
    "\t",
    "N/A",
    "1e5",
    True,
    "长" * 2500,
    "<script>",
    "a\nb",
    "不适用",
    "北庄镇",
    3.3333333333333335,
)


def mutate_cells(content: bytes, dice: random.Random) -> bytes:
    book = load_workbook(io.BytesIO(content))
    page = book["打分"]
    for _ in range(dice.randint(1, 30)):
        page.cell(dice.randint(1, 28), dice.randint(1, 11)).value = dice.choice(VALUES)
    if dice.random() < 0.2:
        dice.choice([page.delete_rows, page.insert_rows, page.delete_cols, page.insert_cols])(dice.randint(1, 10))
    if dice.random() < 0.15:
        page.merge_cells(f"F{dice.randint(4, 10)}:G{dice.randint(11, 20)}")
    if dice.random() < 0.15:
        page.row_dimensions[dice.randint(1, 30)].hidden = True
    if dice.random() < 0.15:
        facts = book["本表标识"]
        facts.cell(dice.randint(1, 23), dice.randint(1, 2)).value = dice.choice(
            (*VALUES, "[]", "{}", '{"version": "x"}')
        )
    if dice.random() < 0.05:
        book.remove(dice.choice(book.worksheets))
    out = io.BytesIO()
    if book.worksheets:
        book.active = 0
        page.sheet_state = "visible"
        try:
            book.save(out)
        except (IndexError, ValueError):
            return content[: dice.randint(0, len(content))]
    return out.getvalue()


def mutate_bytes(content: bytes, dice: random.Random) -> bytes:
    raw = bytearray(content)
    for _ in range(dice.randint(1, 40)):
        raw[dice.randrange(len(raw))] = dice.randrange(256)
    return bytes(raw[: dice.randint(1, len(raw))] if dice.random() < 0.3 else raw)


def mutate_parts(content: bytes, dice: random.Random) -> bytes:
    """The XML inside the archive, with a piece cut out, doubled or replaced; the archive itself stays whole."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        struck = dice.choice(old.namelist())
        for name in old.namelist():
            text = old.read(name)
            if name == struck and len(text) > 2:
                start = dice.randrange(len(text) - 1)
                end = min(len(text), start + dice.randint(1, 60))
                piece = dice.choice([b"", text[start:end] * 2, b"\xff\xfe", b"<c r='A1'/>", b"&amp;", b"9" * 40])
                text = text[:start] + piece + text[end:]
            new.writestr(name, text)
    return out.getvalue()


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    mutate_cells,
    mutate_cells,
    mutate_parts,
    mutate_bytes,
)


def memory() -> int:
    """Bytes this process holds: the web side; workbooks themselves are read in a process of their own."""
    # What nothing holds any more is not held.
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


@pytest.fixture
def shuiwu(demo):
    return person("shuiwu")


@pytest.mark.timeout(36000)
def test_no_workbook_breaks_the_server_or_is_written_by_halves(shuiwu):
    sheet = water_sheet()
    content = download(shuiwu, sheet)
    written, held = 0, 0
    for seed in range(SEEDS):
        if seed == WARM:
            held = memory()
        if seed == MEASURED - 1:
            assert memory() - held < MOST_GROWTH
        dice = random.Random(seed)
        before = list(Mark.objects.filter(sheet=sheet).order_by("pk").values_list("pk", "version", "value"))
        answer = upload(shuiwu, sheet, dice.choice(MUTATIONS)(content, dice))
        assert answer.status_code in (200, 409, 422), (seed, answer.status_code)
        page = answer.content.decode()
        assert list(Mark.objects.filter(sheet=sheet).order_by("pk").values_list("pk", "version", "value")) == before, (
            seed
        )
        if answer.status_code != 200:
            assert "。" in page, seed
            continue
        data = form_of(answer)
        wants = page.count('class="will"')
        answer = write(shuiwu, sheet, data)
        after = list(Mark.objects.filter(sheet=sheet).order_by("pk").values_list("pk", "version", "value"))
        changed = sum(one != other for one, other in zip(before, after, strict=True))
        assert len(after) == 20 and answer.status_code in (204, 409, 422), (seed, answer.status_code)
        assert changed == (wants if answer.status_code == 204 else 0), (seed, answer.status_code, changed, wants)
        written += bool(changed)
    assert written, "some of them are only filled in another way, and are written"
