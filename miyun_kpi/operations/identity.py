"""A database belongs to one site and its keys: another site, another var/ or another key is refused in words."""

from datetime import datetime
from hashlib import sha256

from django.conf import settings

from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations.models import Site
from miyun_kpi.site import FOLDERS, WORDS


def fingerprint(key: str) -> str:
    """Tells keys apart and says nothing of them."""
    return sha256(b"miyun-kpi site " + key.encode()).hexdigest()[:16]


def require_own_site(*, at: datetime, empty: bool = False) -> Site:
    """The row of this database, written at its first start; `empty`: a real site begins, its first steps are due.

    Refuses a database of the other site, and one whose audit or personal data were written with another key.
    """
    site, _ = Site.objects.get_or_create(
        pk=1,
        defaults={
            "name": settings.SITE,
            "audit_key": fingerprint(settings.AUDIT_KEY),
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
    if site.audit_key != fingerprint(settings.AUDIT_KEY):
        raise Refused(
            "other-audit-key",
            f"审计密钥（{settings.VAR_DIR}/audit-key 或 KPI_AUDIT_KEY）不是这个数据库的，没有启动："
            "用别的密钥，旧的审计记录一条也核验不了。请放回原来的密钥。",
        )
    if site.personal_key not in {fingerprint(key) for key in settings.PERSONAL_KEYS}:
        raise Refused(
            "other-personal-key",
            f"个人信息的密钥（{settings.VAR_DIR}/{settings.PERSONAL_KEY_FILE} 或 KPI_PERSONAL_KEY）里没有这个数据库用的那一把，"
            "没有启动：封存的个人信息读不出来。请把原来的密钥放回，换过的写在后面。",
        )
    return site
