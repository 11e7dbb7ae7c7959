"""What `make quick`, `make test ARGS=…` and `make night` choose to run. Standard library only, like dev.py."""

import os
import re
import subprocess
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NIGHT = ROOT / "docs" / "night.md"
MOST = 6
# Too long for a minute: said, and left to `make test`.
SLOW = re.compile(
    r"tests/(fuzz|consistency|journeys|races|bench)/|house/test_(role_matrix|prepared|make_run)|broker_kills|test_worker"
)
# Parts of the night with the command of scripts/dev.py, or the arguments of pytest, and what the environment says.
PARTS: dict[str, tuple[list[str], dict[str, str]]] = {
    "prove": (
        # The canaries are not found by their name: of the suite they would be a quarter.
        [
            *("-m", "prove", "--timeout", "3600", "tests/consistency"),
            *("tests/house/night_canaries.py", "tests/journeys/night_lost_text.py"),
        ],
        {"KPI_TEST_EXAMPLES": "1000"},
    ),
    "fuzz": (["tests/fuzz", "--timeout", "3600"], {"KPI_FUZZ": "10000"}),
    "bench": (["tests/bench", "-s", "-o", "python_files=bench_*.py", "--timeout", "3600"], {"KPI_TEST_BENCH": "gate"}),
    "kills": (
        [
            "tests/jobs/test_broker_kills.py",
            "tests/jobs/test_worker.py",
        ],
        {},
    ),
    "simulate": (
        [
            "tests/evaluation/clock/test_simulated_year.py",
            "tests/races/test_changes.py",
            "tests/doors",
            "--timeout",
            "3600",
        ],
        {"KPI_TEST_SIMULATE": "6", "KPI_TEST_CHANGES": "100000", "KPI_TEST_DOORS": "all"},
    ),
}
# Part → what it runs besides Python and the servers (program: package), and what for. The bench compares with a spreadsheet.
TOOLS = {
    "kills": ({"nginx": "nginx", "systemd-analyze": "systemd", "openssl": "openssl"}, "部署文件的检查"),
    "bench": ({"soffice": "libreoffice-calc"}, "与电子表格的比较"),
}
NIGHTS_YEARS = ",".join(str(seed) for seed in range(1, 21))
# Run once before the rounds of a part.
BEFORE: dict[str, tuple[list[str], dict[str, str]]] = {
    "kills": (
        [
            "tests/races/test_mixed_acts.py",
            "tests/operations/behind_nginx.py",
            "tests/operations/test_wal.py",
            "tests/web/test_cache.py",
            # Not found by its name: it builds the environment of a release.
            "tests/releases/night_old_code.py",
            "-s",
        ],
        # Behind nginx 50, and five in each of ten rounds: 100 over both ways of running.
        {"KPI_TEST_MIXED": "10000", "KPI_TEST_KILLS": "50"},
    ),
    "simulate": (
        ["tests/simulation/test_year.py", "tests/simulation/test_mutants.py", "-s", "--timeout", "3600"],
        {"KPI_TEST_DB": "sqlite", "KPI_TEST_YEARS": NIGHTS_YEARS, "KPI_TEST_STEPS": "300", "KPI_TEST_MUTANTS": "all"},
    ),
}
# Lines of the output that belong into the row, so many of each run.
FIGURES = {
    "bench": re.compile(r"^bench "),
    "kills": re.compile(r"^(mixed acts|behind nginx), "),
    "simulate": re.compile(r"^(simulated in all|mutant A\d)"),
}
MOST_FIGURES = {"simulate": 8, "bench": 20}


def git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else []


def changed_files() -> list[str]:
    """Against the point where this branch left main (on main: against HEAD), and what is not committed."""
    base = git("merge-base", "HEAD", "main") or git("merge-base", "HEAD", "origin/main") or ["HEAD"]
    return sorted({*git("diff", "--name-only", base[0]), *git("ls-files", "--others", "--exclude-standard")})


def tests_of(changed: list[str]) -> list[str]:
    """Changed test files, and those that name a changed module; the nearest first."""
    tests = {str(file.relative_to(ROOT)): file.read_text() for file in sorted((ROOT / "tests").rglob("test_*.py"))}
    own = [name for name in changed if name in tests]
    naming: dict[str, int] = {}
    for name in changed:
        if not name.endswith(".py") or name.startswith("tests/") or not (ROOT / name).exists():
            continue
        module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        package, _, last = module.rpartition(".")
        wanted = re.compile(rf"\b{re.escape(module)}\b|from {re.escape(package)} import [^\n]*\b{last}\b")
        for test, text in tests.items():
            if test not in own and wanted.search(text):
                naming[test] = naming.get(test, 0) + 1
    return own + sorted(naming, key=lambda test: (-naming[test], test))


def quick_selection() -> tuple[list[str], list[str]]:
    """(files to run, files that concern the change and are left to `make test`)."""
    pure = [str(file.relative_to(ROOT)) for file in sorted((ROOT / "tests").rglob("test_*rules*.py"))]
    house = [f"tests/house/test_{name}.py" for name in ("collecting", "files", "floors", "templates")]
    near = [name for name in tests_of(changed_files()) if name not in (*pure, *house)]
    short = [name for name in near if not SLOW.search(name)][:MOST]
    return [*house, *pure, *short], [name for name in near if name not in short]


def figures(output: str) -> str:
    """The last line of pytest: "12 passed in 3.21s"."""
    lines = [line.strip("= ") for line in output.splitlines() if re.search(r"\d+ (passed|failed|error)", line)]
    return lines[-1] if lines else "no figures"


def note(part: str, said: str) -> None:
    """A row of docs/night.md: day, commit (+ for changes that are in no commit), part, figures."""
    if not NIGHT.exists():
        NIGHT.write_text(
            "# Nightly runs\n\nEvery `make night PART=…` appends a row.\n\n"
            "| day | commit | part | figures |\n|---|---|---|---|\n"
        )
    own = [line for line in git("status", "--porcelain") if not line.endswith("docs/night.md")]
    commit = (git("rev-parse", "--short", "HEAD") or ["none"])[0] + ("+" if own else "")
    with open(NIGHT, "a") as file:
        file.write(f"| {date.today().isoformat()} | {commit} | {part} | {said.replace('|', '/')} |\n")


def runs_of(part: str) -> list[list[tuple[list[str], dict[str, str]]]]:
    """Rounds of a part, each of one run or more: arguments of pytest, and what the environment says."""
    arguments, extra = PARTS[part]
    before = [[BEFORE[part]]] if part in BEFORE else []
    if part == "kills":
        return before + [[(arguments, extra)]] * int(os.environ.get("ROUNDS", "10"))
    both: list[dict[str, str]] = [{"KPI_TEST_DB": "sqlite"}, {}] if part in ("prove", "bench") else [{}]
    return before + [[(arguments, extra | one) for one in both]]


def simulation(asked: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    """What `make simulate` runs for SEED, STEPS, REPLAY and MUTANTS: arguments of pytest, and what the environment says."""
    years = {"KPI_TEST_YEARS": asked.get("SEED") or "1", "KPI_TEST_STEPS": asked.get("STEPS") or "300"}
    if asked.get("MUTANTS"):
        seeds = {"KPI_TEST_YEARS": asked["SEED"]} if asked.get("SEED") else {}
        return ["tests/simulation/test_mutants.py"], {"KPI_TEST_MUTANTS": asked["MUTANTS"]} | seeds
    return ["tests/simulation/test_year.py"], years | {"KPI_TEST_REPLAY": asked.get("REPLAY", "")}


def shown(command: list[str], extra: dict[str, str]) -> tuple[list[str], int]:
    """Its output as it comes, kept for the figures, and its exit code."""
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | extra, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        print(line, end="", flush=True)
        lines.append(line)
    return lines, process.wait()


def run_part(python: str, part: str, rest: list[str]) -> int:
    """One part, its output shown as it comes; resumable by pytest's own `--lf` in ARGS."""
    rounds = runs_of(part)
    wanted, most = FIGURES.get(part), MOST_FIGURES.get(part, 6)
    said, failed, extracts = [], 0, []
    for number, one_round in enumerate(rounds, start=1):
        for arguments, extra in one_round:
            lines, code = shown([python, "-m", "pytest", "-q", *arguments, *rest], extra)
            failed |= code
            said.append(figures("".join(lines)))
            extracts += [line.strip() for line in lines if wanted and wanted.search(line)][:most]
        if failed:
            said.append(f"stopped in round {number}")
            break
    ended = [f"{len(rounds)} rounds: {said[0]} … {said[-1]}"] if len(rounds) > 1 else said
    note(part, "; ".join([*ended, *extracts]))
    return 1 if failed else 0
