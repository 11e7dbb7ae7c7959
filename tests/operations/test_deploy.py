"""What deploy/ holds belongs together and is said in the manual of operations. The tools read it in `make deployment`."""

import re
import subprocess
import sys

import pytest
from django.conf import settings

from scripts import deployment
from tests.operations.test_strength import ROOT, process

DEPLOY = ROOT / "deploy"
CONF = (DEPLOY / "nginx" / "miyun-kpi.conf").read_text()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
EXAMPLE = dict(
    line.split("=", 1)
    for line in (DEPLOY / "miyun-kpi.env.example").read_text().splitlines()
    if line and line[0] != "#"
)
FAULTS = """
import django; django.setup()
from miyun_kpi.operations.strength import faults
from django.conf import settings
print(settings.SERVED, settings.PASSWORD_PROFILE, list(faults()))
"""


def test_the_example_of_the_environment_starts_once_its_names_are_right(tmp_path):
    told = process(
        tmp_path, "-c", FAULTS, DJANGO_SETTINGS_MODULE="miyun_kpi.settings", **EXAMPLE | {"KPI_VAR": str(tmp_path)}
    )
    assert told.stdout.strip() == "True dengbao []", told.stderr


def test_every_variable_of_the_example_and_every_file_is_said():
    assert [name for name in EXAMPLE if f"`{name}`" not in OPERATIONS] == []
    for word in (
        "deploy/systemd/",
        "deploy/nginx/miyun-kpi.conf",
        "deploy/logrotate",
        "deploy/journald",
        "deploy/Containerfile",
    ):
        assert word in OPERATIONS, word


def test_nginx_lets_through_what_the_application_takes_and_reads_what_is_collected():
    (limit,) = re.findall(r"client_max_body_size (\d+)m;", CONF)
    assert int(limit) * 1024 * 1024 >= settings.BODY_WITH_FILES
    assert f"alias {EXAMPLE['KPI_STATIC_ROOT']}/;" in CONF


@pytest.mark.parametrize("code", ["413", "502", "503", "504"])
def test_where_nginx_answers_itself_it_answers_in_chinese(code):
    (page,) = re.findall(rf"error_page [\d ]*\b{code}\b[\d ]* (\S+);", CONF)
    text = (DEPLOY / "nginx" / page.lstrip("/")).read_text()
    assert '<html lang="zh-CN">' in text and "<script" not in text and re.search(r"[一-龥]{10}", text)


@pytest.mark.parametrize(
    "header",
    [
        "X-Forwarded-Host",
        "X-Forwarded-Port",
        "X-Real-IP",
        "Forwarded",
        "X-SSL-Client-Verify",
        "X-SSL-Client-S-DN",
    ],
)
def test_what_a_client_says_about_itself_is_dropped(header):
    assert f'proxy_set_header {header} "";' in CONF


def test_a_certificate_is_passed_on_only_where_nginx_has_verified_it():
    assert CONF.count("X-SSL-Client-Cert $miyun_kpi_client_cert;") == 1
    (held,) = re.findall(r"map \$ssl_client_verify \$miyun_kpi_client_cert \{([^}]*)\}", CONF)
    assert held.split() == ["default", '"";', "SUCCESS", "$ssl_client_escaped_cert;"]


def test_the_address_of_the_client_is_that_of_the_connection():
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in CONF and "proxy_add_x_forwarded_for" not in CONF


def test_the_units_of_this_checkout_start_what_is_there(tmp_path):
    found = deployment.units(tmp_path)
    assert {unit.name for unit in found if unit.suffix == ".timer"} == {
        "miyun-kpi-backup.timer",
        "miyun-kpi-drill.timer",
    }
    services = [unit for unit in found if unit.suffix == ".service"]
    assert len(services) == 5 and (tmp_path / "miyun-kpi-.service.d" / "hardened.conf").exists()
    for unit in services:
        (start,) = re.findall(r"^ExecStart=(?:/bin/sh -c ')?(\S+)", unit.read_text(), re.M)
        assert start.startswith(str(ROOT / ".venv" / "bin")), start


def test_static_files_are_for_everybody_and_nothing_else_is(tmp_path):
    static = tmp_path / "static-for-nginx"
    done = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "KPI_VAR": str(tmp_path / "var"),
            "KPI_STATIC": "plain",
            "KPI_STATIC_ROOT": str(static),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    every = [static, *static.rglob("*")]
    assert len(every) > 20
    assert {oct(one.stat().st_mode & 0o777) for one in every} == {"0o755", "0o644"}
    assert (tmp_path / "var" / "secret-key").stat().st_mode & 0o777 == 0o600
