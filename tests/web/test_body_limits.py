"""What one request may send: by who sends it and where to. Too much is refused before a byte of it is read."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client

from miyun_kpi.accounts.enums import Role
from tests.accounts.people import person

ROOT = Path(settings.BASE_DIR)
KB, MB = 1024, 1024 * 1024
MULTIPART = "multipart/form-data; boundary=x"
# Another form of the same name, without a file.
NAMESAKES = ["evaluation/sheets/views/sheets.py:paper"]
APPS = (
    "miyun_kpi",
    "evaluation",
    "disclosure",
    "safety",
    "finance_policy",
    "farmland",
    "water",
    "postdoc",
    "personnel",
)


class Body:
    """A body that says how much was read of it, and that is as long as the client claims."""

    def __init__(self, content=b""):
        self.content, self.read_bytes = content, 0

    def read(self, size=-1):
        given = self.content[self.read_bytes :][: size if size >= 0 else None]
        self.read_bytes += len(given)
        return given

    readline = read


def send(client, path, length, kind=MULTIPART, **extra):
    body = Body(b"x" * min(length, 200 * KB))
    answer = client.generic(
        "POST", path, **{"CONTENT_LENGTH": str(length), "wsgi.input": body, "CONTENT_TYPE": kind} | extra
    )
    return answer, body.read_bytes


@pytest.fixture
def spooled(monkeypatch):
    """Every file that Django begins to write while it reads a body."""
    begun = []
    new_file = TemporaryFileUploadHandler.new_file
    monkeypatch.setattr(
        TemporaryFileUploadHandler, "new_file", lambda self, *a, **k: begun.append(a) or new_file(self, *a, **k)
    )
    return begun


@pytest.fixture
def somebody(gazette):
    client = Client()
    client.force_login(person("guan", Role.SYSTEM_ADMIN))
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", [True, False])
def test_a_stranger_sends_64_kilobytes_and_no_more(client, spooled, cookie):
    client = Client(enforce_csrf_checks=True)
    if cookie:
        client.get("/sign-in/")
    answer, read = send(client, "/sign-in/", 64 * KB + 1)
    assert (answer.status_code, read, spooled) == (413, 0, [])
    assert "发送的内容太大，没有接收，也没有保存。这里一次最多 64 KB" in answer.content.decode()
    answer, read = send(client, "/sign-in/", 64 * KB, "application/x-www-form-urlencoded")
    # Without the cookie nothing is read even then.
    assert answer.status_code == 403 and read == (64 * KB if cookie else 0)


@pytest.mark.django_db
def test_a_stranger_to_a_page_is_sent_to_the_door_unread(client, spooled):
    for path in ("/accounts/people/new/", "/registers/none/import/"):
        answer, read = send(client, path, 30 * MB)
        assert answer.status_code in (302, 404) and (read, spooled) == (0, [])


@pytest.mark.django_db
def test_a_page_takes_four_megabytes_and_one_with_files_a_little_more_than_a_file(somebody, spooled):
    answer, read = send(somebody, "/accounts/people/new/", 4 * MB + 1)
    assert (answer.status_code, read, spooled) == (413, 0, []) and "最多 4 MB" in answer.content.decode()
    answer, read = send(somebody, "/accounts/people/new/", 10**12)
    assert (answer.status_code, read) == (413, 0)
    files = "/organisations/import/"
    answer, read = send(somebody, files, settings.EVIDENCE_LARGEST + MB + 1)
    assert (answer.status_code, read) == (413, 0) and "最多 21 MB" in answer.content.decode()
    answer, read = send(somebody, files, settings.EVIDENCE_LARGEST + MB)
    assert answer.status_code != 413 and read > 0


@pytest.mark.django_db
def test_a_fragment_and_the_api_are_told_in_their_own_form(somebody):
    answer, read = send(somebody, "/accounts/people/new/", 5 * MB, HTTP_HX_REQUEST="true")
    assert (answer.status_code, answer["HX-Retarget"], read) == (413, "#refusal", 0)
    answer, read = send(Client(), "/api/v1/rankings/", 5 * MB, "application/json")
    assert (answer.status_code, answer.json()["code"], read) == (413, "too-large", 0)


def test_without_a_length_nothing_is_read_and_with_one_nothing_beyond_it():
    for length, read in (("", b""), ("4", b"abcd"), ("no number", b"")):
        environ = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": length, "wsgi.input": Body(b"abcdefgh")}
        request = WSGIRequest(environ | {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True})
        assert request.read() == read


def _reads_files(function, forms):
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and node.attr in ("FILES", "sent_file", "sent_workbook"):
            return True
        if isinstance(node, ast.Name) and node.id in ("sent_file", "sent_workbook"):
            return True
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("sent", "kept_sent"):
            if any(getattr(one, "id", "") in forms for one in node.args):
                return True
    return False


def test_every_page_that_reads_a_file_says_so():
    trees = {p: ast.parse(p.read_text()) for app in APPS for p in (ROOT / app).rglob("*.py")}
    forms = {
        c.name
        for tree in trees.values()
        for c in ast.walk(tree)
        if isinstance(c, ast.ClassDef)
        and any(
            getattr(n, "attr", "") == "FileField" and isinstance(n, ast.Attribute) for b in c.body for n in ast.walk(b)
        )
    }
    silent, marked = [], 0
    for path, tree in trees.items():
        inside = path.relative_to(ROOT).as_posix()
        if "views" not in inside or inside.startswith("miyun_kpi/web/"):
            continue
        for function in (one for one in tree.body if isinstance(one, ast.FunctionDef)):
            marks = " ".join(ast.unparse(one) for one in function.decorator_list)
            marked += "takes_files" in marks
            if _reads_files(function, forms) and not function.name.startswith("_") and "takes_files" not in marks:
                silent.append(f"{inside}:{function.name}")
    assert silent == NAMESAKES and marked >= 24
