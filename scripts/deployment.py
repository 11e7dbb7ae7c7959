"""What `deploy/` holds, read by the tools that will read it: `nginx -t`, `systemd-analyze verify` and `security`.

`python3 scripts/dev.py deployment`, a part of `.ci/run`. A tool that is missing is installed by root, or fails the check.
Standard library only, like dev.py.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
THRESHOLD = "40"
INSTALLED = "/opt/miyun-kpi"
PLAIN = "daemon off; pid {0}/nginx.pid; error_log stderr warn; events {{ worker_connections 64; }}\n"
HTTP = "http {{ types {{ text/html html; text/css css; }} access_log off; {2}\n  include {0}/site.conf; }}\n"
TEMPORARY = " ".join(f"{one}_temp_path {{0}}/{one};" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))


def nginx_conf(scratch: Path, *, https: int, http: int, upstream: str = "127.0.0.1:8000", static: str = "") -> Path:
    """The site as nginx reads it here: own ports, a certificate of a day, and paths of this machine."""
    key, certificate = scratch / "kpi.key", scratch / "kpi.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=kpi.example.gov.cn"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    text = (DEPLOY / "nginx" / "miyun-kpi.conf").read_text()
    for there, here in {
        "/etc/ssl/private/kpi.key": str(key),
        "/etc/ssl/kpi.pem": str(certificate),
        "/var/log/miyun-kpi": str(scratch),
        "/var/lib/miyun-kpi-static/": static or f"{scratch}/static/",
        INSTALLED: str(ROOT),
        "127.0.0.1:8000": upstream,
        "listen 443": f"listen 127.0.0.1:{https}",
        "listen 80": f"listen 127.0.0.1:{http}",
    }.items():
        assert there in text, f"deploy/nginx/miyun-kpi.conf does not say {there}"
        text = text.replace(there, here)
    (scratch / "site.conf").write_text(text)
    conf = scratch / "nginx.conf"
    temporary = TEMPORARY.format(scratch)
    conf.write_text(PLAIN.format(scratch) + HTTP.format(scratch, "", temporary))
    return conf


def units(scratch: Path) -> list[Path]:
    """The units with the paths of this checkout, so that what they start is there."""
    made = []
    for unit in sorted((DEPLOY / "systemd").rglob("*")):
        if unit.is_file():
            copy = scratch / unit.relative_to(DEPLOY / "systemd")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(unit.read_text().replace(INSTALLED, str(ROOT)))
            made.append(copy)
    return [unit for unit in made if unit.suffix in (".service", ".timer")]


def check(scratch: Path) -> list[str]:
    """What the tools found; nothing is well."""
    conf = nginx_conf(scratch, https=18443, http=18080)
    commands = [["nginx", "-t", "-q", "-p", str(scratch), "-c", str(conf)]]
    (scratch / "units").mkdir()
    found = units(scratch / "units")
    commands.append(["systemd-analyze", "verify", "--man=no", *map(str, found)])
    services = [str(unit) for unit in found if unit.suffix == ".service"]
    commands += [["systemd-analyze", "security", "--offline=yes", f"--threshold={THRESHOLD}", one] for one in services]
    problems = []
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True)
        # systemd-analyze verify says what it does not know and still ends with 0.
        said = done.stderr.strip() if command[1] == "verify" else ""
        if done.returncode or said:
            problems.append(f"{' '.join(command[:3])}: {done.stderr.strip() or done.stdout.strip()[-400:]}")
    return problems


def main(scratch: str) -> int:
    problems = check(Path(scratch))
    for one in problems:
        print(one, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
