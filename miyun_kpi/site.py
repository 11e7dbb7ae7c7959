"""Which site a process works on: the demonstration or the real one, each with data, keys and files of its own.

Read once, when the settings are; without Django, because what writes workbooks and papers asks too.
"""

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

DEMO, REAL = "demo", "real"
# Below var/.
FOLDERS = {DEMO: "demo", REAL: "site"}
WORDS = {DEMO: "演示站", REAL: "正式站"}
OLD_DATABASE = "kpi.sqlite3"


@dataclass(frozen=True)
class Site:
    name: str
    var: Path


def begun(folder: Path) -> bool:
    """Whether a site has ever been started here: its first act is to make its key."""
    return (folder / "secret-key").exists()


def chosen(base: Path, environ: Mapping[str, str]) -> Site:
    """KPI_VAR and KPI_SITE decide; else the only site there is, and where there is none the real one.

    Ends the process with one sentence where both are there: a command must not work on the wrong data by accident.
    """
    name = environ.get("KPI_SITE", "")
    if name not in ("", *FOLDERS):
        raise SystemExit(f"KPI_SITE=“{name[:20]}”不认识，没有执行。请写 demo（演示站）或 real（正式站）。")
    if environ.get("KPI_VAR"):
        return Site(name or REAL, Path(environ["KPI_VAR"]))
    if not name:
        there = [one for one, folder in FOLDERS.items() if begun(base / "var" / folder)]
        if len(there) > 1:
            raise SystemExit(
                "这里有演示站（var/demo/）和正式站（var/site/）两套数据，没有执行。请写明是哪一个：--site demo 或 --site real。"
            )
        name = there[0] if there else REAL
    return Site(name, base / "var" / FOLDERS[name])


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
    return site


def is_demonstration() -> bool:
    """Everything of the demonstration is invented: what leaves it says so, and in it everything can be done to the end."""
    return _current == [DEMO]
