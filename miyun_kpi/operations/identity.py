"""A database belongs to one site and its keys: another site, another var/ or another key is refused in words."""

import sys
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, transaction

from miyun_kpi.audit.keyless import heads_are_foreign
from miyun_kpi.audit.seals import keys, writing_key
from miyun_kpi.audit.services import record
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations.models import Site
from miyun_kpi.site import FOLDERS, WORDS

OTHER_KEY = (
    f"审计密钥（{settings.VAR_DIR}/audit-key 或 KPI_AUDIT_KEY）不是这个数据库的，没有启动："
    "用别的密钥，旧的审计记录一条也核验不了。请放回原来的密钥；要换的，新的写在前面，旧的留在后面，用逗号隔开；"
    "确已丢失的，由两名管理员用 manage.py adopt_key 换用新的。"
)
# gunicorn ends as a whole on this code, as on that of operations.strength.
REFUSED = 3


def fingerprint(key: str) -> str:
    """Tells keys apart and says nothing of them."""
    return sha256(b"miyun-kpi site " + key.encode()).hexdigest()[:16]


def require_own_keys(*_: Any, **__: Any) -> None:
    """At the start of web, worker and beat: what another var/ has made does not write into this database.

    A database that cannot be reached now says nothing; the process waits for it as for everything else.
    """
    try:
        site = Site.objects.filter(pk=1).first()
    except (DatabaseError, InterfaceError):
        return
    if site is not None and site.audit_key not in own_audit_keys():
        sys.stderr.write(f"{OTHER_KEY}\n")
        raise SystemExit(REFUSED)


def own_audit_keys() -> set[str]:
    """Fingerprints of the audit keys of this process."""
    return {fingerprint(key) for key in keys()}


def _take_up(site: Site, at: datetime) -> None:
    """Another key writes from now on; the one of before stays in the list, where it verifies what it wrote."""
    before, site.audit_key = site.audit_key, fingerprint(writing_key())
    with transaction.atomic():
        site.save(update_fields=["audit_key"])
        data = {"before": before, "after": site.audit_key}
        record(actor=SYSTEM, action="operations.audit-key.changed", subject="site:1", data=data, at=at)


def require_own_site(*, at: datetime, empty: bool = False) -> Site:
    """The row of this database, written at its first start; `empty`: a real site begins, its first steps are due.

    Refuses a database of the other site, and one whose audit or personal data were written with another key.
    """
    if not Site.objects.filter(pk=1).exists() and heads_are_foreign():
        # Of before the row of the site: an older version wrote this audit, with another key.
        raise Refused("other-audit-key", OTHER_KEY)
    site, _ = Site.objects.get_or_create(
        pk=1,
        defaults={
            "name": settings.SITE,
            "audit_key": fingerprint(writing_key()),
            "personal_key": fingerprint(settings.PERSONAL_KEYS[0]),
            "started_at": at,
            "first_steps": empty,
        },
    )
    if site.name != settings.SITE:
        own, other = WORDS.get(site.name, site.name), WORDS[settings.SITE]
        raise Refused(
            "other-site",
            f"这个数据库是{own}的，没有作为{other}启动。演示、演练和真实数据不能混在一起："
            f"演示站用 make run（var/{FOLDERS['demo']}/），正式站用 make start（var/{FOLDERS['real']}/），"
            "演练站用 manage.py up --site rehearsal。",
        )
    if site.audit_key not in own_audit_keys():
        raise Refused("other-audit-key", OTHER_KEY)
    if site.audit_key != fingerprint(writing_key()):
        _take_up(site, at)
    if site.personal_key not in {fingerprint(key) for key in settings.PERSONAL_KEYS}:
        raise Refused(
            "other-personal-key",
            f"个人信息的密钥（{settings.VAR_DIR}/{settings.PERSONAL_KEY_FILE} 或 KPI_PERSONAL_KEY）里没有这个数据库用的那一把，"
            "没有启动：封存的个人信息读不出来。请把原来的密钥放回，换过的写在后面。",
        )
    return site
