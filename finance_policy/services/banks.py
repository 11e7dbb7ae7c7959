"""The list of banks, kept by 区金融办: 驻区银行机构 are named nowhere in the text."""

from datetime import datetime

from django.db import IntegrityError

from finance_policy import access
from finance_policy.models import Bank
from finance_policy.rules.quarters import read_quarter
from miyun_kpi.acts.acting import acting
from miyun_kpi.acts.acting import record as audit
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.organisations.registry import Reorganised


def save_bank(
    *,
    actor: Actor,
    bank_id: int | None,
    version: int,
    code: str,
    name: str,
    organisation: str,
    active: bool,
    from_period: str = "",
    at: datetime,
) -> Bank:
    """`organisation`: what the administrator has added for the bank, so that its reporters can hold a post there; "" none yet.
    `from_period`: the quarter from which on it reports; "" always.
    """
    access.require_office(actor, "银行名单")
    if not code.strip() or not name.strip():
        raise Refused("not-filled", "请填代码和名称，没有保存。")
    found = resolve(organisation.strip()) if organisation.strip() else None
    if organisation.strip() and found is None:
        raise Refused(
            "unknown-organisation",
            f"没有叫“{organisation.strip()[:30]}”的机构，没有保存。请先由系统管理员在“机构”里增加。",
        )
    if found is not None and found.evaluated:
        raise Refused("evaluated", f"{found.name}是考评对象，不能作为银行的机构，没有保存。请核对。")
    first = str(read_quarter(from_period)) if from_period.strip() else ""
    with acting(actor, at) as act:
        row = Bank() if bank_id is None else act.lock(Bank.objects.all(), bank_id)
        if bank_id is not None and row.version != version:
            raise Conflict("stale", f"这家银行刚被{row.changed_by}改过，没有保存。请刷新后再改。")
        row.version = 1 if bank_id is None else row.version + 1
        row.code, row.name, row.organisation, row.active = code.strip(), name.strip(), found, active
        row.from_period = first
        row.changed_at, row.changed_by = at, actor.label
        try:
            with acting(actor, at):
                row.save()
        except IntegrityError as error:
            raise Conflict("bank-taken", "代码、名称或机构已属于另一家银行，没有保存。请核对。") from error
        data = {"code": row.code, "active": active, "organisation": found.code if found else ""}
        act.record("finance.bank.saved", f"bank:{row.pk}", **data)
    return row


def move_on_merge(done: Reorganised) -> int:
    """For organisations.registry: a bank whose organisation went into another is reported from there, unless that has one."""
    if Bank.objects.filter(organisation=done.target).exists():
        return 0
    found = done.of_these(Bank.objects.filter(organisation=done.source))
    done.went(found.values_list("pk", flat=True))
    moved = found.update(organisation=done.target)
    if moved:
        data = {"from": done.source.code, "to": done.target.code}
        subject = f"bank:{done.source.code}"
        audit(actor=done.actor, action="finance.bank.saved", subject=subject, data=data, at=done.at)
    return moved
