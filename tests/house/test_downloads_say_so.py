"""Whatever leaves the demonstration or a rehearsal says so in name and body, and nothing of a real site does.

The routes are found in the code: every page whose view comes to `download` or `FileResponse`, every address of the API that
answers a GET. Each is asked as the first who may, in the world of the role matrix.
"""

import inspect
import io
import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from evaluation.bulletin.services.bulletin_pdf import pdf_path
from evaluation.clock.tasks import year_archive
from evaluation.models import Bulletin, Scheme
from evaluation.year.services.year_archive import request_archive
from miyun_kpi import site as sites
from miyun_kpi.attachments.models import Attachment
from miyun_kpi.attachments.queries import place_of
from miyun_kpi.documents import printing
from miyun_kpi.jobs.models import Job
from miyun_kpi.site import DEMO, REAL, REHEARSAL, TAGS
from tests.evaluation.conftest import _demo_of_module, actor_named, demo
from tests.factories.printing import Printer
from tests.house.role_matrix import API, CLIENTS, OFFICES, PAGES, ROLES
from tests.house.test_role_matrix import NAMES, Walker, _world, arguments, is_api, world

__all__ = ["_demo_of_module", "_world", "demo", "world"]
# The file comes after a reason was given.
AFTER_A_REASON = {"postdoc:names"}
SITES = [DEMO, REHEARSAL, REAL]
# In the world of the role matrix no job has run.
MADE_BY_JOBS = {"evaluation:bulletin-pdf": "zhengfuban2", "evaluation:fetch-year-archive": "zhengfuban2"}
# The frozen bytes are compared by their digest: their name says it, and the field of their own.
FROZEN = {"api:ranking", "api:ranking-latest", "api:receipt"}


def _functions() -> dict[str, set[str]]:
    """Of each function of the product's views: the names it uses."""
    found: dict[str, set[str]] = {}
    for module in [one for name, one in sys.modules.items() if ".views" in name and _ours(one)]:
        for function in vars(module).values():
            if inspect.isfunction(function) and (plain := inspect.unwrap(function)).__module__ == module.__name__:
                found[f"{plain.__module__}.{plain.__name__}"] = set(plain.__code__.co_names)
    return found


def _ours(module: Any) -> bool:
    return str(getattr(module, "__file__", "")).startswith(str(settings.BASE_DIR))


def routes() -> list[str]:
    """Pages whose view comes to a file, by itself or by a helper of the views."""
    views = {}
    for name, pattern in NAMES.items():
        if not is_api(name) and (plain := inspect.unwrap(pattern.callback)):
            views[name] = f"{plain.__module__}.{plain.__name__}"
    functions, senders = _functions(), {"download", "FileResponse"}
    while True:
        helpers = {
            one.rpartition(".")[2] for one, used in functions.items() if used & senders and one not in views.values()
        }
        if helpers <= senders:
            break
        senders |= helpers
    return sorted(name for name, view in views.items() if functions.get(view, set()) & senders)


def _who(name: str) -> str:
    table, first = (API, list(CLIENTS)) if is_api(name) else (PAGES, list(ROLES))
    row = table.get((name, "GET"), "").replace(" ", "")
    people = [*first, *(f"office {one}" for one in OFFICES.get(name, ()))]
    return people[row.find("A")] if "A" in row else MADE_BY_JOBS.get(name, "")


@pytest.fixture
def site(request, monkeypatch, world, settings, tmp_path):
    """The world, on the site of that name; with the two files that jobs make."""
    monkeypatch.setattr(sites, "_current", [request.param])
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(printing, "_weasyprint", Printer)
    return request.param


def _ask(name: str, world: dict[str, Any], walkers: dict[str, Walker]) -> Any:
    who = _who(name)
    walker = walkers.setdefault(who, Walker(who, world, is_api(name)))
    address = walker_address(name, world)
    return walker.answer(name, "POST" if name in AFTER_A_REASON else "GET", address)


def walker_address(name: str, world: dict[str, Any]) -> str:
    return reverse(name, kwargs=arguments(name, world))


def _name(response: HttpResponse) -> str:
    said = response.headers.get("Content-Disposition", "")
    return unquote(re.split(r"(?i)utf-8''", said)[-1]) if "''" in said else said.partition('filename="')[2].rstrip('"')


def _body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def _says(body: bytes, name: str, word: str) -> bool:
    """Whether a file says the word to who opens it."""
    if name.endswith(".xlsx"):
        page = load_workbook(io.BytesIO(body)).worksheets[0]
        # A form to be filled in has no line above its head: the head of the printed page says it.
        return f"{word}数据，不得引用" in f"{page['A1'].value}{page.oddHeader.center.text}"
    if name.endswith((".docx", ".zip")):
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            if name.endswith(".zip"):
                return package.namelist()[0] == f"{word}.txt"
            headers = [package.read(one).decode() for one in package.namelist() if "header" in one]
            return bool(headers) and all(f"{word}件　不得引用" in header for header in headers)
    return f"【{word}" in body.decode()


def _job_files(world: dict[str, Any]) -> None:
    """A PDF of the bulletin and the archive of the year, as the jobs leave them."""
    one = Bulletin.objects.get(pk=world["bulletin_id"])
    pdf_path(one).parent.mkdir(exist_ok=True)
    pdf_path(one).write_bytes(b"%PDF-1.7\n")
    for attachment in Attachment.objects.all():
        place = Path(place_of(attachment))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"evidence")
    scheme = Scheme.objects.get(pk=world["scheme_id"])
    job = request_archive(actor=actor_named("zhengfuban1"), scheme_id=scheme.pk, at=timezone.now())
    year_archive(job.key)
    assert Job.objects.get(pk=job.pk).state == "done"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("site", SITES, indirect=True)
def test_every_file_says_of_which_site_it_is(site, world):
    _job_files(world)
    walkers: dict[str, Walker] = {}
    wrong, kinds = [], set()
    for route in routes():
        response = _ask(route, world, walkers)
        name = _name(response)
        if not response.headers.get("Content-Disposition", "").startswith("attachment"):
            wrong.append(f"{route}: no file but {response.status_code}")
            continue
        kind = "evidence" if "attachment" in route or "evidence" in route else name.rpartition(".")[2]
        kinds.add(kind)
        body = _body(response)
        for word in TAGS.values():
            own = TAGS.get(site) == word
            if name.startswith(f"{word}_") != own:
                wrong.append(f"{route}: {name}")
            # A PDF is made from the marked .docx; evidence is kept as it was sent.
            if kind not in ("pdf", "evidence") and _says(body, name, word) != own:
                wrong.append(f"{route}: {word} in the body of {name}")
    assert not wrong, "\n".join(wrong)
    assert {"xlsx", "docx", "zip", "html", "pdf", "evidence"} <= kinds and len(routes()) > 30


@pytest.mark.timeout(300)
@pytest.mark.parametrize("site", SITES, indirect=True)
def test_every_answer_of_the_interface_says_of_which_site_it_is(site, world):
    walkers: dict[str, Walker] = {}
    wrong, asked = [], 0
    for route in sorted(name for name in NAMES if is_api(name) and _who(name)):
        response = _ask(route, world, walkers)
        if response.status_code != 200 or not response["Content-Type"].startswith("application/json"):
            continue
        asked += 1
        body, name = json.loads(response.content), _name(response)
        for other, (word, field) in {DEMO: ("演示", "demo"), REHEARSAL: ("演练", "rehearsal")}.items():
            if name.startswith(f"{word}_") != (site == other):
                wrong.append(f"{route}: {name}")
            if site == other and route not in FROZEN and body.get(field) is not True:
                wrong.append(f"{route}: {sorted(body)[:5]}")
            if site != other and field == "rehearsal" and field in body:
                wrong.append(f"{route}: {field} on {site}")
    assert not wrong, "\n".join(wrong)
    assert asked > 40


def test_no_other_place_sends_files():
    """A file that leaves by another way would not be marked."""
    root, allowed = Path(settings.BASE_DIR), {"miyun_kpi/web/answers.py", "miyun_kpi/web/middleware.py"}
    allowed |= {"miyun_kpi/attachments/views.py", "evaluation/year/views/year_archive.py"}
    found = set()
    for path in root.rglob("*.py"):
        place = path.relative_to(root).as_posix()
        if place.split("/")[0] in {"tests", ".venv", "var", "scripts"} or "/migrations/" in place:
            continue
        text = path.read_text(encoding="utf-8")
        if any(word in text for word in ("FileResponse(", "Content-Disposition", "StreamingHttpResponse(")):
            found.add(place)
    assert found == allowed
