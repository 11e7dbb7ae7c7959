"""A request that could not be read: one clear sentence for whoever sent it, one line of warning in the log."""

import io
import json
import logging
import logging.config

import pytest
from django.test import Client

from miyun_kpi.lib import logs

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"
BROKEN = "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n"


def parts(count: int, more: str = "") -> str:
    one = f'--x\r\nContent-Disposition: form-data; name="a"{more}\r\n\r\n1\r\n'
    return one * count + "--x--\r\n"


ASKED = {
    "fields": (parts(1100), "超过 1000 项", {}),
    "files": (parts(120, '; filename="a"'), "超过 100 个", {}),
    "boundary": (BROKEN, "格式不对", {"CONTENT_TYPE": "multipart/form-data"}),
    "host": ("", "这个网址不是本系统的", {"HTTP_HOST": "evil.example\r\n" + "x" * 500}),
}


@pytest.fixture
def log(monkeypatch):
    """The log as a served site writes it."""
    written, root, before = io.StringIO(), logging.getLogger(), list(logging.getLogger().handlers)
    said = logs.configuration("json", "WARNING")
    said["handlers"]["stderr"]["stream"] = written
    logging.config.dictConfig(said)
    yield written
    root.handlers = before


@pytest.mark.parametrize("case", ASKED)
def test_whoever_sends_what_cannot_be_read_gets_one_sentence_and_leaves_one_line(case, log):
    body, sentence, extra = ASKED[case]
    kind = extra.get("CONTENT_TYPE", "multipart/form-data; boundary=x")
    answer = Client().generic("POST", SIGN_IN, body, content_type=kind, **extra)
    page = answer.content.decode()
    assert answer.status_code == 400 and sentence in page and page.count("没有执行") == 2
    (line,) = log.getvalue().splitlines()
    said = json.loads(line)
    assert said["level"] == "WARNING" and "exception" not in said and len(said["message"]) <= 200
    assert said["status"] == 400


def test_an_error_of_ours_keeps_its_level_and_its_stack(log):
    try:
        raise ValueError("ours")
    except ValueError:
        logging.getLogger("django.request").exception("broken", extra={"status_code": 500})
    said = json.loads(log.getvalue())
    assert said["level"] == "ERROR" and "ValueError: ours" in said["exception"]
