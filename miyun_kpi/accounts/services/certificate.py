"""The client certificate of an account: bound and taken away by two administrators, the security administrator proposes."""

from datetime import datetime

from miyun_kpi.accounts.access import require_power
from miyun_kpi.accounts.certificates import certificate_of, fingerprint, pem_of
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.accounts.models import ClientCertificate, User
from miyun_kpi.accounts.registry import Told, Waiting, proposed, tell
from miyun_kpi.accounts.services.shutting import account_locked, end_sessions
from miyun_kpi.acts.acting import acting, unless_taken
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.routes import to

TAKEN = Conflict("certificate-taken", "这张证书已登记在别的账号上，没有执行。一人一证，请核对是谁的 UKey。")


def bind_certificate(
    *, actor: Actor, username: str, pem: str, reason: str, at: datetime, released: bool = False
) -> User | Waiting:
    """Another one takes the place of what was bound; an empty `pem` takes it away. The sessions of the account end."""
    require_power(actor, Verb.GRANT_POSTS, released=released)
    said = read_reason(reason, "请写登记或取消证书的理由（如本人来领 UKey，已核对身份证件）")
    found = certificate_of(pem) if pem.strip() else None
    if actor is not SYSTEM and not released:
        kept = pem_of(found) if found else ""
        return proposed("certificate-bound", actor=actor, at=at, username=username, pem=kept, reason=said)
    with acting(actor, at) as act:
        user = account_locked(username)
        before = ClientCertificate.objects.filter(user=user).first()
        mark = fingerprint(found) if found else ""
        if (before.fingerprint if before else "") == mark:
            word = "已经登记的就是这张证书" if mark else f"{user}没有登记证书"
            raise Conflict("nothing-to-change", f"{word}，没有执行。")
        if found is not None and found.not_valid_after_utc <= at:
            until = f"{found.not_valid_after_utc.astimezone():%Y-%m-%d}"
            raise Refused("certificate-expired", f"这张证书已于 {until} 到期，没有执行。请用新发的证书。")
        if before is not None:
            before.delete()
        if mark:
            with unless_taken(TAKEN):
                ClientCertificate.objects.create(user=user, fingerprint=mark, bound_at=at)
        end_sessions(user, at)
        done = "bound" if mark else "dropped"
        act.record(f"accounts.certificate.{done}", f"user:{user.username}", reason=said, fingerprint=mark)
        word = "已登记证书" if mark else "证书登记已取消"
        body = f"{actor.label}放行，理由：{said}。不是本人申请的，请立即告知安全管理员。"
        key = f"certificate-{done}:{user.pk}:{at.isoformat()}"
        tell(Told(key, user, f"{word}：{user}", body, to("accounts:me")), at)
    return user
