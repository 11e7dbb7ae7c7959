"""Every guard of tests/guards.toml, taken out in a copy of the tree, must turn its test red (make night PART=mutate)."""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT = shutil.ignore_patterns(".venv", ".git", "var", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis")


def guards(root: Path = ROOT) -> list[dict[str, str]]:
    with open(root / "tests" / "guards.toml", "rb") as file:
        return [placed(guard, root) for guard in tomllib.load(file)["guard"]]


def placed(guard: dict[str, str], root: Path) -> dict[str, str]:
    """The entry with its test where it is now: found by name when its file has moved to another folder of tests/."""
    test, _, name = guard["test"].partition("::")
    if not (root / test).exists():
        found = list((root / "tests").rglob(Path(test).name))
        test = str(found[0].relative_to(root)) if len(found) == 1 else test
    return guard | {"test": f"{test}::{name}"}


def wrong(guard: dict[str, str], root: Path = ROOT) -> str:
    """Why an entry cannot be tried, "" when it can: the text must stand in the file once."""
    file = root / guard["file"]
    count = file.read_text().count(guard["text"]) if file.exists() else 0
    if count != 1:
        return f"{guard['file']}: the text stands there {count} times"
    test, _, name = guard["test"].partition("::")
    stands = (root / test).exists() and f"def {name.partition('[')[0]}(" in (root / test).read_text()
    return "" if stands else f"no such test: {guard['test']}"


def tried(guard: dict[str, str], tree: Path) -> str:
    """ "red", or what else came of the test with the guard taken out."""
    file = tree / guard["file"]
    whole = file.read_text()
    file.write_text(whole.replace(guard["text"], guard["replacement"]))
    environment = os.environ | {"KPI_TEST_DB": guard.get("database", "sqlite")}
    command = [sys.executable, "-m", "pytest", "-q", "--tb=line", "-p", "no:cacheprovider", guard["test"]]
    try:
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=600)
    finally:
        file.write_text(whole)
    # 1: tests ran and failed. Anything else (0 green, 2 broken, 4 not found, 5 nothing ran) proves nothing.
    last = (done.stdout.splitlines() or [""])[-1]
    return "red" if done.returncode == 1 and " error" not in last else (done.stdout + done.stderr)[-800:]


def main(wanted: list[str]) -> int:
    listed = [guard for guard in guards() if not wanted or guard["name"] in wanted]
    faults = [f"{guard['name']}: {why}" for guard in listed if (why := wrong(guard))]
    with tempfile.TemporaryDirectory(prefix="kpi-mutate-") as scratch:
        tree = Path(scratch) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT)
        for guard in listed if not faults else []:
            result = tried(guard, tree)
            print(f"{guard['name']}: {result if result == 'red' else 'NOT RED'}", flush=True)
            if result != "red":
                faults.append(f"{guard['name']}: not red\n{result}")
    print("\n".join(faults))
    print(f"{len(listed)} guards taken out: {len(listed) - len(faults)} passed, {len(faults)} failed")
    return 1 if faults or not listed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
