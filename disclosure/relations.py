"""依申请公开 runs on at the successor under the same clock; what was published stays under the name it bore."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from disclosure.models import Application, ApplicationEvent, Consultation, FormerNumber, Package, PackageItem
from disclosure.queries.applications import next_number
from disclosure.services.handing import told_of_transfer
from miyun_kpi.acts.acting import record, tell
from miyun_kpi.organisations.registry import Reorganised, audited, moves, register_relations, stays


def _numbered_anew(row: Application, done: Reorganised) -> None:
    row.moved_from = row.number
    # Where it was before it has the number that its letters of then bear.
    former = row.former_numbers.filter(organisation=done.target).order_by("-pk").first()
    row.number = former.number if former else next_number(done.target.pk)
    if former:
        former.delete()
    row.changed_at, row.changed_by = done.at, done.actor.label


def _note(rows: Sequence[Any], done: Reorganised) -> None:
    FormerNumber.objects.bulk_create(
        FormerNumber(application=row, organisation=done.source, number=row.moved_from) for row in rows
    )
    ApplicationEvent.objects.bulk_create(
        ApplicationEvent(
            application=row,
            act=done.step,
            note=f"{done.words}；原编号第 {row.moved_from} 号",
            at=done.at,
            by=done.actor.label,
        )
        for row in rows
    )
    tell([told_of_transfer(row, done.source, done.at.astimezone().date()) for row in rows], at=done.at)
    for row in rows:
        data = done.data | {"number": row.number, "before": row.moved_from}
        subject = f"application:{row.pk}"
        record(actor=done.actor, action="disclosure.application.handed-over", subject=subject, data=data, at=done.at)


def _note_organs(rows: Sequence[Any], done: Reorganised) -> None:
    for row in rows:
        subject = f"record:{row.record_id}"
        record(actor=done.actor, action="disclosure.organ.handed-over", subject=subject, data=done.data, at=done.at)


def register() -> None:
    register_relations(
        FormerNumber,
        {"organisation": stays("公开申请的原编号", why="编号由当时的机关给出，信件上印的就是它。")},
    )
    unfinished = PackageItem.objects.filter(link="").values("package_id")
    register_relations(
        Application,
        {
            "organisation": moves(
                "公开申请",
                why="没有归档的转由接收的机关办理，答复期限照旧计算。",
                rows=Q(archived_on__isnull=True),
                settle=_numbered_anew,
                noted=_note,
                address="disclosure:applications",
            )
        },
    )
    register_relations(
        Consultation,
        {"organisation": moves("待协商确认的公开信息", rows=Q(confirmed_on__isnull=True), noted=_note_organs)},
    )
    register_relations(
        Package,
        {
            "organisation": moves(
                "没有回填地址的发布包",
                rows=Q(pk__in=unfinished),
                noted=audited("disclosure.package.handed-over", "package"),
                address="disclosure:packages",
            )
        },
    )
