"""Two profiles: a site on loopback starts as it is, a served one starts with nothing weak (decision 0101)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import checks
from django.test import override_settings

from miyun_kpi.operations import strength
from miyun_kpi.profile import LOOPBACK_HOSTS, is_served, kept_secret

ROOT = Path(__file__).resolve().parents[2]
KEY = "q7Zr2mXv9LkT4wBn8HsYc3FdGp6JeUaQ{}"
STRONG = {
    "SERVED": True,
    "SECRET_KEY": KEY.format(1),
    "AUDIT_KEY": KEY.format(2),
    "PERSONAL_KEYS": [KEY.format(3), "old"],
    "ALLOWED_HOSTS": ["kpi.example.gov.cn", "127.0.0.1"],
    "DEBUG": False,
    "HTTPS": True,
    "SECURE_HSTS_SECONDS": 31536000,
    "TRUSTED_PROXIES": 1,
    "CELERY_BROKER_URL": "redis://:long-word@127.0.0.1:6379/0",
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
}
WEAK = [
    ({"SECRET_KEY": KEY[:31]}, "KPI_SECRET_KEY-weak"),
    ({"AUDIT_KEY": "ab" * 40}, "KPI_AUDIT_KEY-weak"),
    ({"PERSONAL_KEYS": ["a", KEY]}, "KPI_PERSONAL_KEY-weak"),
    ({"SECRET_KEY": f"changeme-{KEY}"}, "KPI_SECRET_KEY-placeholder"),
    ({"AUDIT_KEY": KEY.format(1)}, "keys-equal"),
    ({"ALLOWED_HOSTS": ["*"]}, "hosts"),
    ({"ALLOWED_HOSTS": []}, "hosts"),
    ({"DEBUG": True}, "debug"),
    ({"HTTPS": False}, "https"),
    ({"SECURE_HSTS_SECONDS": 0}, "hsts"),
    ({"TRUSTED_PROXIES": 0}, "proxies"),
    ({"CELERY_BROKER_URL": "redis://127.0.0.1:6379/0"}, "KPI_BROKER_URL-password"),
    ({"CELERY_BROKER_URL": "rediss://user@redis:6379/0"}, "KPI_BROKER_URL-password"),
    ({"CACHES": {"default": {"BACKEND": "x", "LOCATION": "redis://127.0.0.1:6379/1"}}}, "KPI_CACHE_URL-password"),
]


def found():
    return [code for code, _ in strength.faults()]


@pytest.mark.parametrize(
    "fine",
    [
        {},
        {"CELERY_BROKER_URL": "redis+socket:///run/redis/redis.sock?virtual_host=0"},
        {"CELERY_BROKER_URL": "filesystem://localhost//"},
        {"SECRET_KEY": KEY[:32]},
    ],
)
def test_a_strong_served_site_has_no_fault(fine):
    with override_settings(**STRONG | fine):
        assert found() == [] and strength.require_strong() is None


@pytest.mark.parametrize(("weak", "code"), WEAK)
def test_each_weakness_is_an_error_where_others_come_in_and_ends_the_process(weak, code, capfd):
    with override_settings(**STRONG | weak):
        assert found() == [code]
        (message,) = strength.check_strength(None)
        assert (message.level, message.id) == (checks.ERROR, f"kpi.{code}")
        with pytest.raises(SystemExit) as ended:
            strength.require_strong()
        assert ended.value.code == strength.REFUSED and message.msg in capfd.readouterr().err


@pytest.mark.parametrize(("weak", "code"), WEAK)
def test_on_ones_own_machine_it_is_a_warning_and_the_site_starts(weak, code):
    with override_settings(**STRONG | weak | {"SERVED": False}):
        (message,) = strength.check_strength(None)
        assert message.level == checks.WARNING and strength.require_strong() is None


@pytest.mark.parametrize(
    ("hosts", "https", "proxies", "served"),
    [
        (LOOPBACK_HOSTS, False, 0, False),
        (["127.0.0.1"], False, 0, False),
        (["127.0.0.1", "kpi.example.gov.cn"], False, 0, True),
        (["*"], False, 0, True),
        (LOOPBACK_HOSTS, True, 0, True),
        (LOOPBACK_HOSTS, False, 1, True),
    ],
)
def test_what_makes_a_site_served(hosts, https, proxies, served):
    assert is_served(hosts, https=https, proxies=proxies) is served


def test_an_empty_key_file_is_no_key(tmp_path):
    (tmp_path / "audit-key").write_text("\n")
    with pytest.raises(SystemExit, match="audit-key 是空的，没有启动"):
        kept_secret("", tmp_path, "audit-key")
    assert (tmp_path / "audit-key").read_text() == "\n", "no other key is made in its place"
    assert len(kept_secret("", tmp_path, "other")) == 64 and kept_secret("given", tmp_path, "x") == "given"


SERVED = {
    "KPI_HOSTS": "kpi.example.gov.cn,127.0.0.1",
    "KPI_HTTPS": "true",
    "KPI_TRUSTED_PROXIES": "1",
    "KPI_STATIC": "plain",
    "KPI_BROKER_URL": "filesystem://localhost//",
    "KPI_SITE": "real",
}


def process(tmp_path, *command, **environment):
    own = {name: value for name, value in os.environ.items() if not name.startswith("KPI_")}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=own | {"KPI_VAR": str(tmp_path)} | SERVED | environment,
        capture_output=True,
        text=True,
        timeout=90,
    )


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "gunicorn", "miyun_kpi.wsgi", "--bind", "127.0.0.1:0", "--no-control-socket"),
        ("-m", "gunicorn", "miyun_kpi.wsgi", "--bind", "127.0.0.1:0", "--no-control-socket", "--preload"),
        ("-m", "celery", "-A", "miyun_kpi.celery", "worker", "--pool", "solo"),
        ("-m", "celery", "-A", "miyun_kpi.celery", "beat", "--pidfile="),
        ("manage.py", "up"),
        ("manage.py", "check", "--deploy", "--fail-level", "ERROR"),
    ],
    ids=["web", "web loaded once", "worker", "beat", "up", "check"],
)
def test_the_process_itself_refuses(tmp_path, command):
    ended = process(tmp_path, *command, KPI_DEBUG="true", PORT="8997")
    assert (
        ended.returncode == (3 if "gunicorn" in command else ended.returncode) != 0
        and "KPI_DEBUG 开着" in ended.stdout + ended.stderr
    ), ended.stderr


LOOK = """
import django; django.setup()
from django.conf import settings
from django.test import Client
from miyun_kpi.operations.strength import require_strong
require_strong()
secure = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_HOST": "kpi.example.gov.cn"}
answer = Client().get("/healthz", **secure)
print(answer["Strict-Transport-Security"], answer["Permissions-Policy"], sep="|")
print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE,
      settings.SESSION_COOKIE_PATH, settings.CSRF_COOKIE_PATH, settings.SESSION_COOKIE_DOMAIN, settings.CSRF_COOKIE_DOMAIN)
"""


def test_a_served_site_gives_cookies_of_this_host_alone_and_asks_for_https_for_a_year(tmp_path):
    told = process(tmp_path, "-c", LOOK, DJANGO_SETTINGS_MODULE="miyun_kpi.settings")
    assert told.returncode == 0, told.stderr
    headers, cookies = told.stdout.splitlines()
    assert headers.startswith("max-age=31536000|camera=(), geolocation=()")
    assert cookies == "__Host-sessionid __Host-csrftoken True True / / None None"
