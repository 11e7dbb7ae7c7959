"""Which site a process works on: the demonstration, the real one or its rehearsal, each with data, keys and files of its own.

Read once, when the settings are; without Django, because what writes workbooks and papers asks too.
"""

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

DEMO, REAL, REHEARSAL = "demo", "real", "rehearsal"
# Below var/.
FOLDERS = {DEMO: "demo", REAL: "site", REHEARSAL: "rehearsal"}
WORDS = {DEMO: "演示站", REAL: "正式站", REHEARSAL: "演练站"}
# What leaves a site that is not the real one says so with this word.
TAGS = {DEMO: "演示", REHEARSAL: "演练"}
OLD_DATABASE = "kpi.sqlite3"
# A rehearsal never works on what the environment names for the real site: its database, keys and broker are its own,
# and it answers on loopback alone.
OF_THE_REAL_SITE = (
    "KPI_DATABASE_URL",
    "KPI_BROKER_URL",
    "KPI_CACHE_URL",
    "KPI_SECRET_KEY",
    "KPI_AUDIT_KEY",
    "KPI_PERSONAL_KEY",
    "KPI_HOSTS",
    "KPI_ORIGINS",
    "KPI_HTTPS",
    "KPI_TRUSTED_PROXIES",
    "KPI_CLIENT_CERT_HEADER",
    "KPI_STATIC_ROOT",
)
# Set by the command that makes a rehearsal: the folder it is made in.
MADE_IN = "KPI_REHEARSAL_MADE_IN"


@dataclass(frozen=True)
class Site:
    name: str
    var: Path


def begun(folder: Path) -> bool:
    """Whether a site has ever been started here: its first act is to make its key."""
    return (folder / "secret-key").exists()


def chosen(base: Path, environ: Mapping[str, str]) -> Site:
    """KPI_VAR and KPI_SITE decide; else the only site there is, and where there is none the real one.

    Ends the process with one sentence where several are there: a command must not work on the wrong data by accident.
    """
    name = environ.get("KPI_SITE", "")
    if name not in ("", *FOLDERS):
        *known, last = (f"{one}（{word}）" for one, word in WORDS.items())
        raise SystemExit(f"KPI_SITE=“{name[:20]}”不认识，没有执行。请写 {'、'.join(known)}或 {last}。")
    if name == REHEARSAL:
        return Site(name, _rehearsal(base, environ))
    if environ.get("KPI_VAR"):
        return Site(name or REAL, Path(environ["KPI_VAR"]))
    if not name:
        there = [one for one, folder in FOLDERS.items() if begun(base / "var" / folder)]
        if len(there) > 1:
            listed = "、".join(f"{WORDS[one]}（var/{FOLDERS[one]}/）" for one in there)
            options = " 或 ".join(f"--site {one}" for one in there)
            raise SystemExit(f"这里有{listed}几套数据，没有执行。请写明是哪一个：{options}。")
        name = there[0] if there else REAL
    return Site(name, base / "var" / FOLDERS[name])


def rehearsal_folder(base: Path, environ: Mapping[str, str]) -> Path:
    """Beside the real site of var/, or inside the folder that KPI_VAR names: there the service may write."""
    return Path(environ["KPI_VAR"] if environ.get("KPI_VAR") else base / "var") / FOLDERS[REHEARSAL]


def _rehearsal(base: Path, environ: Mapping[str, str]) -> Path:
    if environ.get(MADE_IN):
        return Path(environ[MADE_IN])
    folder = rehearsal_folder(base, environ)
    if not begun(folder):
        raise SystemExit(f"还没有演练站（{folder}），没有执行。请先在正式站执行 manage.py rehearse --site real。")
    return folder


def take_option(arguments: list[str], environ: MutableMapping[str, str]) -> list[str]:
    """`--site demo` anywhere on the command line of manage.py, before Django reads it; the rest comes back."""
    rest, wanted = [], iter(arguments)
    for one in wanted:
        if one == "--site":
            environ["KPI_SITE"] = next(wanted, "")
        elif one.startswith("--site="):
            environ["KPI_SITE"] = one.partition("=")[2]
        else:
            rest.append(one)
    return rest


_current: list[str] = []


def settle(site: Site) -> Site:
    """What the settings have read holds for the process and for every process it starts."""
    _current[:] = [site.name]
    os.environ["KPI_SITE"] = site.name
    if site.name == REHEARSAL:
        for name in OF_THE_REAL_SITE:
            os.environ.pop(name, None)
    return site


def is_demonstration() -> bool:
    """Everything of the demonstration is invented: what leaves it says so, and in it everything can be done to the end."""
    return _current == [DEMO]


def is_real() -> bool:
    return _current in ([], [REAL])


def tag() -> str:
    """演示 or 演练 for what leaves a site that is not the real one; "" for the real site."""
    return TAGS.get(_current[0], "") if _current else ""


def named(name: str) -> str:
    """The name of a file that leaves the site."""
    return f"{tag()}_{name}" if tag() else name
