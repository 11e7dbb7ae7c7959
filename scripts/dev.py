#!/usr/bin/env python3
"""The commands of the Makefile, with nothing but the standard library: builds the environment, then runs the tool in it.

python3 scripts/dev.py run | quick | test [pytest arguments] | deployment | night | prove | fuzz | simulate | bench | lint | lock
(`night` reads PART from the environment, `simulate` SEED, STEPS, REPLAY and MUTANTS)
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from ctypes.util import find_library
from pathlib import Path
from typing import NoReturn

import tiers

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
REQUIREMENTS = ROOT / "requirements"
SUPPORTED = ((3, 11), (3, 13))
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
APT_LISTS_FRESH = False


def say(text: str) -> None:
    print(f"» {text}", flush=True)


def give_up(text: str) -> NoReturn:
    print(f"\n{text}", file=sys.stderr)
    raise SystemExit(2)


# Environment ---------------------------------------------------------------------------------------------------------
def right_python() -> None:
    """Run again under a supported Python if this one is not."""
    if SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        return
    for minor in range(SUPPORTED[1][1], SUPPORTED[0][1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            os.execv(found, [found, str(Path(__file__).resolve()), *sys.argv[1:]])
    give_up(
        f"需要 Python 3.11、3.12 或 3.13，这里是 {sys.version.split()[0]}。请安装后用 make PYTHON=python3.13 … 再来。"
    )


def install_packages(packages: Sequence[str], purpose: str) -> None:
    """Debian packages: installed when we are root, else named in one sentence."""
    global APT_LISTS_FRESH
    command = f"apt-get install {' '.join(packages)}"
    if os.getuid() != 0 or not shutil.which("apt-get"):
        give_up(f"{purpose}需要这些软件包，本机没有：{' '.join(packages)}。请以 root 运行：{command}")
    say(f"安装系统软件包：{' '.join(packages)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    if not APT_LISTS_FRESH:
        subprocess.run(["apt-get", "update", "-q"], env=environment, stdout=subprocess.DEVNULL, check=False)
        APT_LISTS_FRESH = True
    done = subprocess.run(
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    if done.returncode:
        give_up(f"软件包没有装上：{' '.join(packages)}。请看上面的原因，或自行运行：{command}")


def python_of_venv() -> str:
    """The version of a usable .venv that lies where it was made, "" for none or a broken one."""
    question = "import sys, pip; print('%d.%d' % sys.version_info[:2], sys.prefix)"
    try:
        answer = subprocess.run([BIN / "python", "-c", question], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    version, _, prefix = answer.stdout.strip().partition(" ")
    return version if answer.returncode == 0 and Path(prefix).resolve() == VENV.resolve() else ""


def make_venv() -> None:
    wanted = "{}.{}".format(*sys.version_info[:2])
    if python_of_venv() == wanted:
        return
    if VENV.exists():
        say(".venv 已不能用，重建")
        shutil.rmtree(VENV)
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        install_packages(["python3-venv"], "建立运行环境")
    say(f"建立运行环境 .venv（Python {wanted}）")
    if subprocess.run([sys.executable, "-m", "venv", VENV]).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        give_up("运行环境没有建成。请以 root 运行：apt-get install python3-venv，然后再来。")


def stamp(name: str) -> str:
    lock = (REQUIREMENTS / f"{name}.txt").read_bytes()
    return hashlib.sha256(lock + repr(sys.version_info[:2]).encode()).hexdigest()


def stamped(name: str) -> bool:
    file = VENV / f"stamp-{name}"
    return file.exists() and file.read_text() == stamp(name)


def pip_s_index() -> dict[str, str]:
    """What is configured for pip (a mirror, say) holds for uv too, and so do the certificates of the system."""
    listed = subprocess.run([BIN / "python", "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    found = {"UV_SYSTEM_CERTS": "true"}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        # The environment is listed last and wins, as it does for pip.
        if key.endswith(".index-url"):
            found["UV_DEFAULT_INDEX"] = value.strip("'\"")
    return found


def prepare(name: str) -> None:
    """The environment with the locked set `base` or `test`; nothing to do when its stamp says so."""
    make_venv()
    # The larger set holds the smaller one.
    if stamped(name) or (name == "base" and stamped("test")):
        return
    say(f"安装锁定的 Python 软件包（requirements/{name}.txt）")
    lock = ["--require-hashes", "-r", str(REQUIREMENTS / f"{name}.txt")]
    pip = [str(BIN / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    bootstrap = ["--require-hashes", "-r", str(REQUIREMENTS / "bootstrap.txt")]
    uv = [str(BIN / "uv"), "pip", "install", "--quiet", "--python", str(BIN / "python")]
    # uv takes a second where pip takes six; pip alone will do.
    with_uv = (BIN / "uv").exists() or subprocess.run([*pip, *bootstrap]).returncode == 0
    if not (with_uv and subprocess.run([*uv, *lock], env=os.environ | pip_s_index()).returncode == 0):
        say("改用 pip 安装")
        if subprocess.run([*pip, *lock]).returncode:
            give_up("Python 软件包没有装上。请检查能否访问软件包服务器（pip 的 index-url），再运行一次。")
    for one in ("base", "test") if name == "test" else ("base",):
        (VENV / f"stamp-{one}").write_text(stamp(one))


def prepare_test_services() -> None:
    missing = []
    if not list(Path("/usr/lib/postgresql").glob("*/bin/postgres")) and not shutil.which("postgres"):
        missing.append("postgresql")
    if not (shutil.which("redis-server") or shutil.which("valkey-server")):
        missing.append("redis-server")
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        missing.append("chromium")
    fonts = shutil.which("fc-list")
    listed = subprocess.run([fonts], capture_output=True, text=True).stdout if fonts else ""
    if not Path(FONT).exists() and "CJK" not in listed:
        missing.append("fonts-noto-cjk")
    # Of WeasyPrint, which makes the PDF of 领导首页.
    if not find_library("pangoft2-1.0") or not find_library("harfbuzz-subset"):
        missing += ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]
    if missing:
        install_packages(missing, "测试")


# Commands ------------------------------------------------------------------------------------------------------------
def python(*arguments: str) -> list[str]:
    return [str(BIN / "python"), *arguments]


def steps(named: dict[str, list[str]], environments: dict[str, dict[str, str]] | None = None) -> int:
    """Run every step, whatever the others say; fails when one of them did."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="kpi-check-") as scratch:
        # Tools that load the settings must not touch the data of the site beside them.
        quiet = {"KPI_VAR": scratch, "KPI_STATIC": "plain"}
        for name, command in named.items():
            say(name)
            extra = (environments or {}).get(name, quiet)
            if subprocess.run(command, cwd=ROOT, env=os.environ | extra).returncode:
                failed.append(name)
    if failed:
        print(f"\n没有通过：{'；'.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


CHECKS = {
    "ruff check": python("-m", "ruff", "check", "--quiet", "--output-format", "concise", "."),
    "ruff format": python("-m", "ruff", "format", "--check", "--output-format", "concise", "."),
    "templates": python("-m", "scripts.templates", "--check"),
    "mypy": python("-m", "mypy", "--no-error-summary"),
    "unused code": python("-m", "scripts.unused"),
    "unused packages": [str(BIN / "deptry"), "--no-ansi", "."],
    "glossary": python("-m", "scripts.glossary"),
    "import contracts": [str(BIN / "lint-imports"), "--no-cache"],
    "manage.py check": python("manage.py", "check", "--fail-level", "WARNING"),
    "makemigrations --check": python("manage.py", "makemigrations", "--check", "--dry-run", "--verbosity", "1"),
}
NOTHING_SELECTED = 5  # pytest's exit code
SQLITE, POSTGRES = "pytest on SQLite", "pytest on PostgreSQL"


def run(arguments: list[str]) -> int:
    """The demonstration, in var/demo/."""
    return up("demo", arguments)


def start(arguments: list[str]) -> int:
    """A real site that starts empty, in var/site/."""
    return up("real", arguments)


def up(site: str, arguments: list[str]) -> int:
    prepare("base")
    sys.stdout.flush()
    os.chdir(ROOT)
    os.environ |= {"PYTHONUNBUFFERED": "1", "KPI_SITE": site}
    os.execv(BIN / "python", python("manage.py", "up", *arguments))


def some_tests(arguments: list[str]) -> int:
    """The named tests on SQLite; then on PostgreSQL, with browser and worker, only those marked for it, if there are."""
    with tempfile.TemporaryDirectory(prefix="kpi-tests-") as scratch:
        counted = Path(scratch) / "left-to-postgres"
        pytest = python("-m", "pytest", "-q", *arguments)
        environment = os.environ | {"KPI_TEST_DB": "sqlite", "KPI_TEST_COUNTED": str(counted)}
        code = subprocess.run(pytest, cwd=ROOT, env=environment).returncode
        if not counted.exists():
            return code
    prepare_test_services()
    say(POSTGRES)
    again = subprocess.run(pytest, cwd=ROOT, env=os.environ | {"KPI_TEST_PAIR": "elsewhere"}).returncode
    # Nothing selected is a failure only when it is so on both (-k may leave out what was counted).
    return 0 if {code, again} <= {0, NOTHING_SELECTED} and 0 in (code, again) else 1


def test(arguments: list[str]) -> int:
    """Everything; with arguments only pytest with them."""
    prepare("test")
    if arguments:
        return some_tests(arguments)
    prepare_test_services()
    # Two processes are worth it from here on; every one has its own database and its own number in Redis. Each takes
    # one half of the list and helps the other at the end, so that what a module prepares is prepared once.
    split = ["-n", "2", "--dist", "worksteal"] if (os.cpu_count() or 1) > 1 else []
    pytest = python("-m", "pytest", "-q", "--durations", "25", *split)
    with tempfile.TemporaryDirectory(prefix="kpi-statements-") as statements:
        both = {"KPI_TEST_STATEMENTS": statements}
        return steps(
            CHECKS | {SQLITE: pytest, POSTGRES: pytest},
            {SQLITE: both | {"KPI_TEST_DB": "sqlite"}, POSTGRES: both | {"KPI_TEST_PAIR": "1"}},
        )


def prepare_tools(part: str) -> None:
    wanted, purpose = tiers.TOOLS.get(part, ({}, ""))
    missing = [package for tool, package in wanted.items() if not shutil.which(tool, path=f"{os.defpath}:/usr/sbin")]
    if missing:
        install_packages(missing, purpose)


def deployment(arguments: list[str]) -> int:
    """The files of deploy/ by the tools that will read them."""
    prepare("base")
    prepare_tools("kills")
    with tempfile.TemporaryDirectory(prefix="kpi-deploy-") as scratch:
        path = {"PATH": f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"}
        return steps({"deployment files": python("scripts/deployment.py", scratch)}, {"deployment files": path})


def quick(arguments: list[str]) -> int:
    """Within a minute: lint, types from the cache, contracts, rules, and the tests nearest to what was changed."""
    prepare("test")
    chosen, left = tiers.quick_selection()
    checks = {name: command for name, command in CHECKS.items() if not name.startswith(("manage", "makemig"))}
    checks["import contracts"] = [str(BIN / "lint-imports")]
    name = "pytest on SQLite: rules, house, and what is near the changes"
    code = steps(
        checks | {name: python("-m", "pytest", "-q", "--durations", "5", *chosen, *arguments)},
        {name: {"KPI_TEST_DB": "sqlite"}},
    )
    if left:
        say(f"改动还涉及 {len(left)} 个测试文件，没有运行：{' '.join(left)}")
    return code


def night(arguments: list[str]) -> int:
    """One part of the long runs; its figures go to docs/night.md."""
    part, rest = os.environ.get("PART", ""), arguments
    if part != "mutate" and part not in tiers.PARTS:
        give_up(f"用法：make night PART={'|'.join([*tiers.PARTS, 'mutate'])}")
    prepare("test")
    prepare_test_services()
    prepare_tools(part)
    if part != "mutate":
        return tiers.run_part(str(BIN / "python"), part, rest)
    done = subprocess.run(python("scripts/mutate.py", *rest), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    print(done.stdout)
    tiers.note("mutate", tiers.figures(done.stdout))
    return done.returncode


def prove(arguments: list[str]) -> int:
    """The random comparisons, twenty times as many as `test` draws, on both databases."""
    prepare("test")
    prepare_test_services()
    command = python("-m", "pytest", "-q", "-m", "prove", "--timeout", "3600", *arguments)
    many = {"KPI_TEST_EXAMPLES": "1000"}
    on_sqlite, on_postgres = "pytest -m prove on SQLite", "pytest -m prove on PostgreSQL"
    return steps(
        {on_sqlite: command, on_postgres: command}, {on_sqlite: many | {"KPI_TEST_DB": "sqlite"}, on_postgres: many}
    )


def fuzz(arguments: list[str]) -> int:
    """10,000 mutated workbooks against a running server; `test` sends a few hundred."""
    prepare("test")
    prepare_test_services()
    name = "10,000 mutated workbooks"
    many = {"KPI_FUZZ": os.environ.get("KPI_FUZZ", "10000")}
    return steps({name: python("-m", "pytest", "-q", "tests/fuzz/test_workbooks.py", *arguments)}, {name: many})


def simulate(arguments: list[str]) -> int:
    """A year in random acts from a seed, or the steps of a failure again; on SQLite unless KPI_TEST_DB says otherwise."""
    prepare("test")
    database = os.environ.get("KPI_TEST_DB", "sqlite")
    if database != "sqlite":
        prepare_test_services()
    chosen, extra = tiers.simulation(dict(os.environ))
    name = "a year in random acts"
    return steps(
        {name: python("-m", "pytest", "-q", "-s", "--timeout", "3600", *chosen, *arguments)},
        {name: extra | {"KPI_TEST_DB": database}},
    )


def bench(arguments: list[str]) -> int:
    """Ratios on both databases into var/bench.json and docs/performance.md; they judge nothing. ARGS="-k name" for one."""
    prepare("test")
    prepare_test_services()
    prepare_tools("bench")
    command = python("-m", "pytest", "-q", *tiers.PARTS["bench"][0], *arguments)
    write = {"KPI_TEST_BENCH": "write"}
    on_sqlite, on_postgres = "benchmarks on SQLite", "benchmarks on PostgreSQL"
    return steps(
        {on_sqlite: command, on_postgres: command},
        {on_sqlite: write | {"KPI_TEST_DB": "sqlite"}, on_postgres: write},
    )


def lint(arguments: list[str]) -> int:
    prepare("test")
    return steps(CHECKS)


def lock(arguments: list[str]) -> int:
    """Write the locks anew within the bounds of pyproject.toml. No registry address goes into them."""
    prepare("test")
    common = [
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-emit-index-url",
        "--quiet",
        "--custom-compile-command",
        "make lock",
        *arguments,
    ]
    compile_ = [str(BIN / "uv"), "pip", "compile", *common]
    groups = ["--group", "test", "--group", "lint"]
    code = steps(
        {
            "bootstrap": [*compile_, "requirements/bootstrap.in", "-o", "requirements/bootstrap.txt"],
            "base": [*compile_, "pyproject.toml", "-o", "requirements/base.txt"],
            "test": [
                *compile_,
                "pyproject.toml",
                *groups,
                "-c",
                "requirements/base.txt",
                "-o",
                "requirements/test.txt",
            ],
        }
    )
    return code


def main() -> int:
    every = (run, start, quick, test, deployment, night, prove, fuzz, simulate, bench, lint, lock)
    commands = {command.__name__: command for command in every}
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in commands:
        give_up(f"用法：python3 scripts/dev.py {' | '.join(commands)}")
    right_python()
    return commands[name](sys.argv[2:])


if __name__ == "__main__":
    raise SystemExit(main())
