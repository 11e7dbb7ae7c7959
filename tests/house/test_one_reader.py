"""Workbooks have one reader: its import contracts go red for every way around it."""

import ast
import copy
import re
import subprocess
import sys

import grimp
import pytest
from importlinter.configuration import configure
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.protected import ProtectedContract

from tests.house import CODE, PYPROJECT, ROOT, files, name

LINTER = PYPROJECT["tool"]["importlinter"]
TYPES = {"protected": ProtectedContract, "forbidden": ForbiddenContract}
PROTECTED = (
    "miyun_kpi.sheets.read",
    "miyun_kpi.sheets.child",
    "miyun_kpi.sheets.plain",
    "miyun_kpi.sheets.careful",
    "miyun_kpi.sheets.columns",
    "openpyxl",
    "python_calamine",
)
# Rooms where a workbook comes in or goes out, and what only answers with one.
ROOMS = r"(^|/)(excel|forms|views)(/|\.py$)|^miyun_kpi/organisations/list_import\.py$"


@pytest.fixture(scope="module")
def graph():
    configure()
    return grimp.build_graph(*CODE, include_external_packages=True, exclude_type_checking_imports=True, cache_dir=None)


def kept(graph, contract_id, *added):
    """Whether the contract of pyproject.toml holds when these imports are added."""
    (found,) = [one for one in LINTER["contracts"] if one["id"] == contract_id]
    options = {key: str(value) if value is True else value for key, value in found.items()}
    session = {key: value for key, value in LINTER.items() if key != "contracts"}
    changed = copy.deepcopy(graph)
    for importer, imported in added:
        changed.add_import(importer=importer, imported=imported)
    return TYPES[found["type"]](found["name"], session, options).check(changed, verbose=False).kept


@pytest.mark.parametrize("contract", ["workbooks-alone", "workbooks-in-their-room"])
def test_the_contracts_hold(graph, contract):
    assert kept(graph, contract)


@pytest.mark.parametrize("imported", PROTECTED)
@pytest.mark.parametrize(
    "importer", ["evaluation.sheets.forms.workbook", "miyun_kpi.registers.excel", "water.excel", "miyun_kpi.web.forms"]
)
def test_nobody_else_opens_a_workbook(graph, importer, imported):
    assert not kept(graph, "workbooks-alone", (importer, imported))


@pytest.mark.parametrize(
    "importer",
    [
        "evaluation.tasks.services.task_list", "evaluation.figures.queries", "finance_policy.services.returns",
        "miyun_kpi.registers.services.records", "miyun_kpi.organisations.services", "farmland.rules.fees",
    ],
)  # fmt: skip  # one line a floor
@pytest.mark.parametrize("imported", ["miyun_kpi.sheets.table", "miyun_kpi.sheets.write", "miyun_kpi.registers.excel"])
def test_no_service_and_nothing_below_reads_or_writes_one(graph, importer, imported):
    assert not kept(graph, "workbooks-in-their-room", (importer, imported))


def _imports(source):
    """(module, name) of what is taken from the package of workbooks."""
    return [
        (one.module, alias.name)
        for one in ast.walk(ast.parse(source))
        if isinstance(one, ast.ImportFrom) and (one.module or "").startswith("miyun_kpi.sheets")
        for alias in one.names
    ]


# What declared columns are read by, what writes, and what holds a workbook of ours against the one that would be written now.
ENTRIES = ("miyun_kpi.sheets.table", "miyun_kpi.sheets.write", "miyun_kpi.sheets.compare")


def test_apps_take_only_the_entry_points_and_only_in_their_rooms():
    wrong = []
    for path in files(".py", under=CODE):
        if name(path).startswith("miyun_kpi/sheets/"):
            continue
        for module, taken in _imports(path.read_text()):
            entry = module in ENTRIES and not taken.startswith("_")
            if not entry or taken in ("read_workbook", "ReadSheet", "Cell") and module.endswith(".table"):
                wrong.append(f"{name(path)}: {module}.{taken}")
            if not re.search(ROOMS, name(path)):
                wrong.append(f"{name(path)} is no room for a workbook")
    assert wrong == []


def test_a_way_around_by_the_names_is_seen():
    assert _imports("from miyun_kpi.sheets.table import read_workbook") == [("miyun_kpi.sheets.table", "read_workbook")]


def test_the_reader_is_pure_over_parsed_cells():
    """No Django, no database: what it imports shows it."""
    said = "import sys, miyun_kpi.sheets.table; print('django' in sys.modules, 'openpyxl' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["False", "False"]
