"""A served site starts with nothing weak: what would be a warning on one's own machine ends the process here.

The same list is `manage.py check --deploy`, where a site on loopback sees it as warnings.
"""

import sys
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from celery.signals import beat_init, celeryd_init
from django.conf import settings
from django.core.checks import ERROR, WARNING, CheckMessage, Tags, register

from miyun_kpi.audit.seals import keys, writing_key

LEAST_LENGTH, LEAST_VARIETY = 32, 10
PLACEHOLDERS = (
    "django-insecure",
    "changeme",
    "change-me",
    "replace",
    "placeholder",
    "example",
    "your-",
    "请改",
    "请填",
)
# gunicorn ends as a whole on this code, and does not start the next process that would end the same way.
REFUSED = 3

KEYS = (("KPI_SECRET_KEY", "登录密钥"), ("KPI_AUDIT_KEY", "审计密钥"), ("KPI_PERSONAL_KEY", "个人信息密钥"))


def _keys() -> tuple[str, str, str]:
    # The first of the audit and of the personal keys writes; older ones only read what was written before them.
    return settings.SECRET_KEY, writing_key() if keys() else "", settings.PERSONAL_KEYS[0]


def faults() -> Iterator[tuple[str, str]]:
    """(code, one sentence) for each weakness of this process."""
    yield from _weak_keys()
    yield from _weak_doors()
    for variable, address in (("KPI_BROKER_URL", settings.CELERY_BROKER_URL), ("KPI_CACHE_URL", _cache())):
        parts = urlsplit(address)
        if parts.scheme in ("redis", "rediss") and not parts.password:
            yield (
                f"{variable}-password",
                f"{variable} 里的 Redis 没有密码。请在 Redis 设 requirepass 并写成 redis://:密码@主机:6379/0，"
                "或改用 unix socket（redis+socket://）。",
            )


def _cache() -> str:
    return str(settings.CACHES["default"].get("LOCATION", ""))


def _weak_keys() -> Iterator[tuple[str, str]]:
    found = _keys()
    for (variable, called), key in zip(KEYS, found, strict=True):
        if len(key) < LEAST_LENGTH or len(set(key)) < LEAST_VARIETY:
            yield (
                f"{variable}-weak",
                f"{called}（{variable}）太弱：至少 {LEAST_LENGTH} 个字符、{LEAST_VARIETY} 种不同的字符。"
                "请用 openssl rand -base64 48 另造一把；已在用的不要去掉：新的写在前面，旧的留在后面，用逗号隔开。",
            )
        elif any(word in key.lower() for word in PLACEHOLDERS):
            yield (
                f"{variable}-placeholder",
                f"{called}（{variable}）还是样例里的占位文字。请用 openssl rand -base64 48 造一把。",
            )
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < LEAST_LENGTH:
        yield (
            "KPI_METRICS_TOKEN-weak",
            f"KPI_METRICS_TOKEN 太短：至少 {LEAST_LENGTH} 个字符。请用 openssl rand -base64 48 造一个。",
        )
    if len(set(found)) < len(found):
        yield "keys-equal", "登录密钥、审计密钥、个人信息密钥里有两把相同。请各用各的，一把外泄不连累另一把。"


def _weak_doors() -> Iterator[tuple[str, str]]:
    hosts: Sequence[str] = settings.ALLOWED_HOSTS
    if "*" in hosts or not any(host for host in hosts):
        yield "hosts", "KPI_HOSTS 不能是 *，也不能空着。请写明本站的域名，例如 kpi.example.gov.cn,127.0.0.1。"
    if settings.DEBUG:
        yield "debug", "KPI_DEBUG 开着：出错的页面会露出程序和数据。请去掉这个变量。"
    if not settings.HTTPS:
        yield "https", "KPI_HTTPS 没有打开：密码和登录凭据会明文传送。请在 nginx 配好证书，再写 KPI_HTTPS=true。"
    if settings.SECURE_HSTS_SECONDS < 1:
        yield "hsts", "KPI_HSTS_SECONDS 是 0：浏览器不会坚持用 https。请去掉这个变量（默认一年），或写正数。"
    if settings.TRUSTED_PROXIES < 1:
        yield (
            "proxies",
            "KPI_TRUSTED_PROXIES 是 0：前面的 nginx 会被当成所有人的地址，登录锁定和审计都认不出谁。一台 nginx 请写 1。",
        )


@register(Tags.security, deploy=True)
def check_strength(app_configs: Any, **_: Any) -> list[CheckMessage]:
    level = ERROR if settings.SERVED else WARNING
    return [CheckMessage(level, sentence, id=f"kpi.{code}") for code, sentence in faults()]


def require_strong(*_: Any, **__: Any) -> None:
    """At the start of web, worker and beat. Ends the process with one sentence for each fault."""
    if not settings.SERVED:
        return
    found = [sentence for _, sentence in faults()]
    if found:
        # The console itself: beat turns its standard error into lines of the log.
        (sys.__stderr__ or sys.stderr).write(
            "\n  ".join(["本站对外提供服务，下面各项不够安全，没有启动：", *found]) + "\n"
        )
        raise SystemExit(REFUSED)


def refuse_weak_starts() -> None:
    """Hooks of the queue's own processes; web has it in wsgi.py."""
    from miyun_kpi.operations.identity import require_own_keys

    for begins in (celeryd_init, beat_init):
        begins.connect(require_strong, dispatch_uid="strong")
        begins.connect(require_own_keys, dispatch_uid="own-keys")
