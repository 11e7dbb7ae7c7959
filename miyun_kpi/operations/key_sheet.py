"""The printed copy of both keys: without it a broken disk takes the proof of every result and all sealed personal data."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.acts.acting import acting
from miyun_kpi.audit.seals import Purpose, keys, mac, writing_key
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from miyun_kpi.operations.identity import fingerprint
from miyun_kpi.operations.models import Site
from miyun_kpi.site import WORDS

CHECK = 8
WRONG = "核对码不是现在这把密钥的，没有登记。请照新打印的那一页最下面一行填，共 8 位；换过密钥的要重新打印。"


@dataclass(frozen=True)
class Copy:
    """How things stand with the printed copy of the key that writes now."""

    is_kept: bool
    at: datetime | None
    by: str


def sheet(at: datetime) -> str:
    """The page for the safe: each key in groups of eight with its fingerprint, and the 核对码 that proves it was printed."""
    lines = [
        f"密云区绩效考评 {WORDS[settings.SITE]} 密钥存档",
        f"打印时间 {at:%Y-%m-%d %H:%M}",
        "",
        "一式两份，封好：一份放办公室保险柜，一份由运行维护的人另处保管；不和备份放在一起。",
        "",
    ]
    for name, several in (("审计密钥 audit-key", keys()), ("个人信息密钥 personal-key", settings.PERSONAL_KEYS)):
        for number, key in enumerate(several):
            earlier = f"，换下的第 {number} 把，写在后面" if number else ""
            lines += [f"{name}（指纹 {fingerprint(key)}{earlier}）", *_in_groups(key), ""]
    return "\n".join([*lines, f"核对码 {_check()}", ""])


def _in_groups(key: str) -> list[str]:
    """Long enough to be copied by hand without losing the place; the blanks are not part of the key."""
    groups = [key[place : place + 8] for place in range(0, len(key), 8)]
    return ["  " + " ".join(groups[place : place + 4]) for place in range(0, len(groups), 4)]


def _check() -> str:
    """Stands on the sheet and nowhere else."""
    return f"{mac(Purpose.KEYLESS, b'printed', writing_key().encode()):.{CHECK}}"


def copy() -> Copy:
    site = Site.objects.filter(pk=1).first()
    if site is None or site.printed_key != fingerprint(writing_key()):
        return Copy(False, None, "")
    return Copy(True, site.printed_at, site.printed_by)


def keep_copy(*, actor: Actor, typed: str, at: datetime) -> None:
    """Somebody who holds the sheet says where it is: its 核对码 shows that it was printed and is of the key of now."""
    require(actor, Verb.MANAGE_ACCOUNTS)
    if "".join(typed.lower().split()) != _check():
        raise Refused("wrong-check", WRONG)
    with acting(actor, at) as act:
        site = act.lock(Site.objects.all(), 1)
        site.printed_key, site.printed_at, site.printed_by = fingerprint(writing_key()), at, actor.label[:200]
        act.save(site)
        act.record("operations.keys.printed", "site:1", key=site.printed_key)
