"""核验: everything that apps have registered is held against seals, chains and the audit; at night, by command, by page."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import get_current_timezone

from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.accounts.models import Post
from miyun_kpi.audit.models import AuditMaster
from miyun_kpi.audit.queries import held_anchor, last_master, last_seq
from miyun_kpi.audit.services import chain_heads, record
from miyun_kpi.audit.verifying import Fault, faults
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.inbox.services import Message, send
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.lib.lists import first
from miyun_kpi.operations.models import VerificationRun
from miyun_kpi.routes import to

# Who is told: the two that can do something about it. They also see the page.
TOLD = (Role.EVALUATION_OFFICE, Role.AUDITOR)
WITHOUT_ANCHOR = (
    "没有给外部对照：整个库退回到从前某一刻的完整状态，这里查不出来。请用打印或导出的总链头（--anchor 文件）再核一次。"
)
_ANCHOR = re.compile(r"^\s*第?\s*(\d{1,11})\s*号?\s.*?\b([0-9a-f]{64})\b")
# From this hour on the night's look is due; a site that was off makes it up as soon as it runs.
HOUR = 2
# Of so many a notice names the first.
NAMED = 5


@dataclass(frozen=True)
class Anchored:
    """A line of an anchor file."""

    number: int
    hash: str


def anchor_line(master: AuditMaster) -> str:
    return f"第 {master.number} 号  {master.at.astimezone():%Y-%m-%d %H:%M:%S}  {master.hash}"


def read_anchors(text: str) -> list[Anchored]:
    """Lines as `manage.py anchor` writes them, or number and hash alone. Refuses what holds none."""
    found = [Anchored(int(match[1]), match[2]) for line in text.splitlines() if (match := _ANCHOR.match(line))]
    if not found:
        raise Refused(
            "bad-anchor",
            "对照文件里没有读到总链头，没有核验。每行要有号和 64 位校验值，manage.py anchor 写出的就是。",
        )
    return found


def write_anchor(path: Path | None, *, at: datetime) -> str:
    """The master head of now, made if the hour's is older; appended to the file, so that it holds all that were taken."""
    chain_heads(at=at)
    master = last_master()
    if master is None:
        raise Refused("no-anchor", "审计里还一条也没有，没有总链头可写。请先启动一次。")
    line = anchor_line(master)
    if path is not None:
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"{line}\n")
    return line


def anchor_faults(anchors: Iterable[Anchored]) -> list[Fault]:
    found = [held_anchor(one.number, one.hash) for one in anchors]
    return [Fault("外部对照", one.fault) for one in found if one.fault]


def verify_all(anchors: Sequence[Anchored] = ()) -> list[Fault]:
    """Every fault of every check that is registered. Writes nothing."""
    return [*faults(), *anchor_faults(anchors)]


def run(*, actor: Actor, at: datetime, anchors: Sequence[Anchored] = ()) -> VerificationRun:
    """A look that is kept, told to office and auditor where it finds something new, and recorded.

    `anchors`: master heads that lie outside this database, held against it.
    """
    if actor is not SYSTEM and not may_see(actor):
        raise NotAllowed("verb-lacking", "您的岗位不能核验，没有执行。由区政府办或审计员办理。")
    chain_heads(at=at)
    found = verify_all(anchors)
    master = last_master()
    with transaction.atomic():
        before = VerificationRun.objects.select_for_update(no_key=True).first()
        made = VerificationRun.objects.create(
            at=at,
            by=actor.label[:200],
            entries=last_seq(),
            master=master.number if master else 0,
            faults=[[one.where, one.what] for one in found],
        )
        known = {tuple(one) for one in before.faults} if before else set()
        fresh = [one for one in found if (one.where, one.what) not in known]
        if fresh:
            _tell(made, fresh, at)
        data = {"faults": len(found), "master": made.master}
        record(actor=actor, action="operations.site.verified", subject="site:1", data=data, at=at)
    return made


def run_tonight(*, at: datetime, anchors: Sequence[Anchored] = ()) -> int:
    """Once a day; a second call, and one before the hour, does nothing."""
    zone = get_current_timezone()
    due = datetime.combine(at.astimezone(zone).date(), time(HOUR), zone)
    if at < due:
        due -= timedelta(days=1)
    if VerificationRun.objects.filter(by=SYSTEM.label, at__gte=due, at__lte=at).exists():
        return 0
    return len(run(actor=SYSTEM, at=at, anchors=anchors).faults)


def _tell(made: VerificationRun, fresh: Sequence[Fault], at: datetime) -> None:
    named = first([one.sentence for one in fresh], NAMED)
    words, more = "；".join(named), f"；另有 {named.rest} 处" if named.rest else ""
    posts = Post.objects.on(at.astimezone().date()).filter(role__in=TOLD)
    send(
        [
            Message(
                key=f"verified/{made.pk}/{organisation}/{role}",
                organisation_id=organisation,
                role=role,
                title=f"核验发现 {len(fresh)} 处与封存或审计不符",
                body=f"{words}{more}。请保存现场，报告审计员和安全管理员；查明以前不要引用所涉的数字。",
                url=to("operations:verification"),
            )
            for organisation, role in sorted(set(posts.order_by().values_list("organisation_id", "role")))
        ],
        at=at,
    )


def may_see(actor: Actor) -> bool:
    return actor.role in TOLD


def runs(actor: Actor) -> QuerySet[VerificationRun]:
    if not may_see(actor):
        require(actor, Verb.READ_AUDIT)
    return VerificationRun.objects.order_by("-at", "-pk")


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    """While the last look has found something it stands on the desk."""
    last = VerificationRun.objects.order_by("-at", "-pk").first() if may_see(actor) else None
    if last is None or not last.faults:
        return []
    where, what = last.faults[0]
    return [
        DeskItem(
            group="to-check",
            subject="desk",
            state="refused",
            title=f"核验发现 {len(last.faults)} 处与封存或审计不符",
            context=f"{where}：{what}" + ("等" if len(last.faults) > 1 else ""),
            url=to("operations:verification"),
            action="看",
            kind=ItemKind.STANDING,
        )
    ]
