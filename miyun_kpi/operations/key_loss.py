"""The audit key is lost: two administrators at the server let another one take over (docs/decisions/0105)."""

from dataclasses import dataclass
from datetime import datetime

from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Post, User
from miyun_kpi.accounts.services.console import at_the_console
from miyun_kpi.acts.acting import acting, lock_one
from miyun_kpi.audit.keyless import key_is_missing, open_segment
from miyun_kpi.audit.models import KeyLoss
from miyun_kpi.audit.queries import verify
from miyun_kpi.audit.seals import writing_key
from miyun_kpi.inbox.services import Message
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.operations.identity import fingerprint, own_audit_keys
from miyun_kpi.operations.models import Site, VerificationRun
from miyun_kpi.routes import to

# Who adopts: neither of them alone.
TWO = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
TOLD = (*TWO, Role.AUDITOR, Role.EVALUATION_OFFICE)


@dataclass(frozen=True)
class Shown:
    """What somebody typed at the console."""

    username: str
    password: str
    code: str


def require_lost() -> None:
    """Refused where no key is missing. A database of before the row of the site says it by its audit alone."""
    written = Site.objects.filter(pk=1).values_list("audit_key", flat=True).first()
    if (written is None or written in own_audit_keys()) and not key_is_missing():
        raise Refused(
            "key-is-here",
            "审计用的密钥都在，没有执行。要换密钥的，把新的写在前面、旧的留在后面（逗号隔开），重新启动即可。",
        )


def adopt_key(*, system: Shown, security: Shown, reason: str, at: datetime) -> KeyLoss:
    """The key of this process writes from now on; what the lost one wrote is marked 无钥，不能核对. Nothing else may run."""
    said = read_reason(reason, "请写密钥怎样丢失、谁查过")
    with acting(SYSTEM, at) as act:
        two = [_shown(one, role, at) for one, role in zip((system, security), TWO, strict=True)]
        if two[0].pk == two[1].pk:
            raise Refused("same-person", "两名管理员须是两个人，没有执行。")
        require_lost()
        site = lock_one(Site.objects.filter(pk=1))
        require_lost()
        by = "、".join(f"{user}（{user.username} {role.label}）" for user, role in zip(two, TWO, strict=True))
        last = VerificationRun.objects.order_by("-at", "-pk").first()
        known = len(last.faults) if last else None
        taken = fingerprint(writing_key())
        lost = site.audit_key if site and site.audit_key != taken else ""
        loss = open_segment(lost=lost, taken=taken, reason=said, by=by, faults=known, at=at)
        if site:
            site.audit_key = taken
            act.save(site)
        broken = len(verify().faults)
        act.record(
            "operations.audit-key.adopted",
            "site:1",
            before=lost or "（更早的一把）",
            after=taken,
            reason=said,
            two=by,
            seals=loss.seals,
            known=known,
            faults=broken,
        )
        act.tell(_messages(loss, broken, at))
    return loss


def _shown(said: Shown, role: Role, at: datetime) -> User:
    return at_the_console(username=said.username, password=said.password, code=said.code, role=role, at=at)


def _messages(loss: KeyLoss, broken: int, at: datetime) -> list[Message]:
    posts = Post.objects.on(at.astimezone().date()).filter(role__in=TOLD)
    body = (
        f"{loss.by}在服务器上办理，理由：{loss.reason}。此前的审计和 {loss.seals} 件封存的材料标为“无钥，不能核对”，"
        "以后有改动仍能查出。"
    )
    body += f"接上时另有 {broken} 处不符，见核验。" if broken else ""
    return [
        Message(
            key=f"key-adopted/{loss.pk}/{organisation}/{role}",
            organisation_id=organisation,
            role=role,
            title="审计密钥丢失，已换用新的一把",
            body=body,
            url=to("operations:verification"),
        )
        for organisation, role in sorted(set(posts.order_by().values_list("organisation_id", "role")))
    ]
