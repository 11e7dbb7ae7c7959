"""Pages and the API act through the one decorator each (docs/decisions/0077), so that no door treats a refusal in its own way."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
# Doors that catch a refusal themselves, each with the reason.
BY_HAND = {
    "evaluation/sheets/views/sheets.py:save_mark": "one cell of the matrix: refused in its row, the rest of the page stands",
    "evaluation/sheets/views/periods.py:_open_page": "an address that names a period that cannot be opened: the list says why",
    "evaluation/tracking/views/tracking.py:save": "one line of a 月报: refused in its row",
    "miyun_kpi/organisations/views/__init__.py:_form_page": "one page for five acts on an organisation",
    "miyun_kpi/drafts/views.py:keep": "no page: a script asks, and says the sentence beside the form",
    "miyun_kpi/audit/views.py:anchor": "the audit stands below the pages of acts",
}
# What locks rows otherwise than by the kernel of acts, each with the reason.
OWN_LOCKS = {
    "miyun_kpi/acts/acting.py": "the kernel itself",
    "miyun_kpi/jobs/clock.py": "slots of the clock: claimed, not acted on",
    "miyun_kpi/gazette/services.py": "a series of documents, nobody's act",
    "miyun_kpi/audit/services.py": "the heads of the audit, below the acts",
    "miyun_kpi/audit/keyless.py": "all heads of the audit at once, below the acts, while nothing else runs",
    "miyun_kpi/api/feed.py": "the head of the feed, below the acts",
    "miyun_kpi/operations/first_steps.py": "the site, before anybody may act in it",
    "miyun_kpi/operations/verification.py": "the newest look, so that two do not look at once",
    "miyun_kpi/duties/models.py": "settled periods as they are taken out of the tally, by whatever writes them",
    "miyun_kpi/organisations/merging.py": "keys of what is open in every table, without reading the rows",
    "evaluation/demo/redate.py": "the demonstration is dated anew",
}
WRITES = {"post", "put", "patch", "delete"}
# Methods of the API that read what they are sent in their own way.
OWN_READER = {"evaluation/sheets/api/mark_sheets.py:SheetMarks.patch": "a list of rows, and a parameter"}


def sources(*kinds: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        inside = path.relative_to(ROOT).as_posix()
        if inside.startswith(("tests/", ".venv/", "var/")) or not any(kind in inside for kind in kinds):
            continue
        yield inside, ast.parse(path.read_text())


def names(node: ast.AST | None) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} if node else set()


def attribute(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def catchers(tree: ast.Module) -> Iterator[str]:
    """Functions that catch Refused."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            handlers = [one for one in ast.walk(function) if isinstance(one, ast.ExceptHandler)]
            if any("Refused" in names(one.type) for one in handlers):
                yield function.name


def writers(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Writing methods of the API's views."""
    for view in tree.body:
        if isinstance(view, ast.ClassDef) and "APIView" in {name for base in view.bases for name in names(base)}:
            for one in view.body:
                if isinstance(one, ast.FunctionDef) and one.name in WRITES:
                    yield f"{view.name}.{one.name}", one


def test_no_page_catches_a_refusal_by_hand():
    found = {f"{path}:{name}" for path, tree in sources("/views/", "/views.py") for name in catchers(tree)}
    found = {one for one in found if not one.startswith("miyun_kpi/web/")}
    assert found == set(BY_HAND)


def test_every_act_of_the_api_goes_through_the_one_decorator():
    found = {
        f"{path}:{name}": {called for one in method.decorator_list for called in names(one)}
        for path, tree in sources("/api/", "/api.py")
        for name, method in writers(tree)
    }
    assert len(found) > 25
    assert {name for name, decorators in found.items() if "api_act" not in decorators} == set(OWN_READER)


def test_rows_are_locked_by_the_kernel_of_acts():
    found = {path for path, tree in sources("") if any(attribute(one) == "select_for_update" for one in ast.walk(tree))}
    assert found == set(OWN_LOCKS)


def test_the_walk_sees_a_door_of_its_own():
    page = ast.parse("def save(request):\n    try:\n        act()\n    except (NotFound, Refused):\n        pass\n")
    assert list(catchers(page)) == ["save"]
    view = ast.parse("class Lots(APIView):\n    @paged('x')\n    def post(self, request):\n        pass\n")
    assert [name for name, _ in writers(view)] == ["Lots.post"]
