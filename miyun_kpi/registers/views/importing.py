"""Import of a register: template, upload, preview of the differences, acceptance of exactly what was previewed."""

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miyun_kpi.lib.errors import NotAllowed, Refused, listed
from miyun_kpi.registers import access
from miyun_kpi.registers.excel import LIMITS, read_records, template
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.queries.records import MASK, names_of, shown
from miyun_kpi.registers.registry import Rights, kind_by
from miyun_kpi.registers.rules.kinds import Kind
from miyun_kpi.registers.services.records import ImportRow, import_records, only_owner, organisation_resolver
from miyun_kpi.registers.views.records import frame, workbook_answer
from miyun_kpi.requests import KpiRequest

SALT = "registers.import"
VALID_SECONDS = 2 * 3600


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


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: KpiRequest, app: str, kind: str) -> HttpResponse:
    """A POST reads and compares; it writes nothing."""
    declared, rights = _importing(request, app, kind)
    context = {**frame(app, declared)}
    if request.method != "POST":
        return render(request, "registers/import.html", context)
    sent = request.FILES.get("workbook")
    try:
        if sent is None:
            raise Refused("no-file", "没有选工作簿，没有导入。请先选一个 .xlsx 文件。")
        standing = access.visible_to(request.actor, declared, rights)
        # One byte more than allowed is enough to be refused.
        preview = read_records(
            declared,
            sent.read(LIMITS.file + 1),
            standing,
            organisation_resolver(),
            today=timezone.localdate(),
            only=only_owner(declared, rights, request.actor),
        )
    except Refused as refusal:
        if refusal.status in (400, 403, 404):
            raise
        return render(request, "registers/import.html", context | {"refusal": refusal}, status=refusal.status)
    if preview.errors:
        context |= {"errors": listed(preview.errors, 200), "number": len(preview.errors), "file": sent.name}
        return render(request, "registers/import.html", context, status=422)
    rows = [[one.record_id, one.version, one.values] for one in preview.rows]
    packed = signing.dumps(
        {"kind": declared.key, "user": request.actor.user_id, "rows": rows}, salt=SALT, compress=True
    )
    records = [record for record, _ in preview.changed]
    names = names_of(declared, records)
    read = [Record(values=one.values) for one in preview.rows]
    places = names | names_of(declared, read)

    def words(name: str, value: str) -> str:
        one = declared.field(name)
        return MASK if one.sealed and value else places.get(value) or one.words(value)

    context |= {
        "preview": preview,
        "packed": packed,
        "file": sent.name,
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


@require_POST
def accept(request: KpiRequest, app: str, kind: str) -> HttpResponse:
    declared, _ = _importing(request, app, kind)
    try:
        data = signing.loads(request.POST.get("read", ""), salt=SALT, max_age=VALID_SECONDS)
    except signing.BadSignature:
        raise Refused("preview-gone", "预览已超过两小时或不完整，没有导入。请重新上传工作簿。") from None
    if (data["kind"], data["user"]) != (declared.key, request.actor.user_id):
        raise Refused("preview-gone", "这份预览不是为您、为这个登记簿作的，没有导入。请重新上传工作簿。")
    rows = [ImportRow(record_id, version, values) for record_id, version, values in data["rows"]]
    import_records(actor=request.actor, app=app, kind=kind, rows=rows, at=timezone.now())
    return redirect(f"/{app}/records/{declared.code}/")
