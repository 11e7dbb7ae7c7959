"""Import of a register: template, upload, preview of the differences, acceptance of exactly what was previewed."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from miyun_kpi.lib.errors import NotAllowed, Refused, listed
from miyun_kpi.proposals.services import propose
from miyun_kpi.registers import access
from miyun_kpi.registers.excel import LIMITS, read_records, template
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.queries.records import MASK, names_of, shown
from miyun_kpi.registers.registry import Rights, kind_by
from miyun_kpi.registers.rules.kinds import Kind
from miyun_kpi.registers.services.opening import CODE
from miyun_kpi.registers.services.records import ImportRow, import_records, only_owner, organisation_resolver
from miyun_kpi.registers.views.records import frame, workbook_answer
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web import previews
from miyun_kpi.web.acts import page_act, sent_workbook, takes_files
from miyun_kpi.web.acts import shown as page


def _importing(request: KpiRequest, app: str, kind: str) -> tuple[Kind, Rights]:
    declared, rights = kind_by(app, kind)
    access.require_add(request.actor, declared, rights)
    if declared.protected:
        raise NotAllowed("protected", f"“{declared.title}”不批量导入导出。请逐条登记。")
    return declared, rights


@require_safe
def template_file(request: KpiRequest, app: str, kind: str) -> HttpResponse:
    declared, _ = _importing(request, app, kind)
    return workbook_answer(template(declared, at=timezone.now()), f"{declared.title}导入模板")


def upload_page(request: KpiRequest, app: str, kind: str, refusal: Refused | None = None) -> HttpResponse:
    declared, _ = _importing(request, app, kind)
    return page(request, "registers/import.html", frame(app, declared), refusal)


@takes_files
@page_act(upload_page, opens=True)
def upload(request: KpiRequest, app: str, kind: str) -> HttpResponse:
    """A POST reads and compares; it writes nothing."""
    declared, rights = _importing(request, app, kind)
    context = {**frame(app, declared)}
    content, file = sent_workbook(request, LIMITS.file)
    preview = read_records(
        declared,
        content,
        access.visible_to(request.actor, declared, rights),
        organisation_resolver(),
        today=timezone.localdate(),
        only=only_owner(declared, rights, request.actor),
    )
    if preview.errors:
        context |= {"errors": listed(preview.errors, 200), "number": len(preview.errors), "file": file}
        return render(request, "registers/import.html", context, status=422)
    rows: Any = [[one.record_id, one.version, one.values] for one in preview.rows]
    rows = {"openings": preview.openings} if preview.openings else rows
    records = [record for record, _ in preview.changed]
    names = names_of(declared, records)
    read = [Record(values=values) for values in [*(one.values for one in preview.rows), *preview.new]]
    places = names | names_of(declared, read)

    def words(name: str, value: str) -> str:
        one = declared.field(name)
        return MASK if one.sealed and value else places.get(value) or one.words(value)

    context |= {
        "preview": preview,
        "packed": previews.packed(request, f"registers.import {declared.key}", rows),
        "file": file,
        "changed": [
            (
                record,
                [
                    (declared.field(name), words(name, old), words(name, fresh))
                    for name, (old, fresh) in differing.items()
                ],
                shown(declared, record, names, secrets=True)[:2],
            )
            for record, differing in preview.changed
        ],
        "new": [[words(name, value) for name, value in values.items()] for values in preview.new],
    }
    return render(request, "registers/import_preview.html", context)


@page_act(upload_page)
def accept(request: KpiRequest, app: str, kind: str) -> HttpResponse:
    declared, _ = _importing(request, app, kind)
    read = previews.unpacked(request, f"registers.import {declared.key}")
    if isinstance(read, dict):
        given = {"app": app, "kind": kind, "rows": read["openings"]}
        made = propose(actor=request.actor, code=CODE, at=timezone.now(), **given)
        return redirect("proposals:proposal", proposal_id=made.pk)
    rows = [ImportRow(record_id, version, values) for record_id, version, values in read]
    import_records(actor=request.actor, app=app, kind=kind, rows=rows, at=timezone.now())
    return redirect(f"/{app}/records/{declared.code}/")
