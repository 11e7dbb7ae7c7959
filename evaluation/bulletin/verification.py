"""Every final bulletin held against its seal and against the act by which it became final (engine 23)."""

from collections.abc import Iterator

from evaluation.bulletin.models import Bulletin
from evaluation.bulletin.queries import bulletin_seal_holds
from evaluation.enums import BulletinState
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.telling import read
from miyun_kpi.audit.verifying import Fault

FINALISED = "evaluation.bulletin.finalised"


def bulletin_faults() -> Iterator[Fault]:
    acts = {entry.subject: entry for entry in AuditEntry.objects.filter(action=FINALISED).order_by("seq")}
    for bulletin in Bulletin.objects.select_related("period").order_by("pk").iterator(chunk_size=100):
        entry = acts.pop(f"bulletin:{bulletin.pk}", None)
        where = f"通报 {bulletin.number or f'第 {bulletin.pk} 号'}"
        for what in _of(bulletin, entry):
            yield Fault(where, what)
    for subject, entry in acts.items():
        yield Fault(f"通报 {read(entry).get('number', subject)}", "审计里已定稿，库里没有了")


def _of(bulletin: Bulletin, entry: AuditEntry | None) -> Iterator[str]:
    final = bulletin.state == BulletinState.FINAL
    if entry is None:
        if final:
            yield "写着定稿，审计里没有定稿"
        return
    if not final:
        yield "审计里已定稿，状态却不是定稿"
        return
    if not bulletin.seal:
        yield "没有封存"
    elif not bulletin.versions.exists() or not bulletin_seal_holds(bulletin):
        yield "文稿与定稿时封存的不符"
    data = read(entry)
    if (entry.at, entry.actor_label) != (bulletin.finalised_at, bulletin.finalised_by):
        yield "定稿人或定稿时间与审计所记不符"
    if data.get("number") != bulletin.number:
        yield "发文字号与审计所记不符"
    if data.get("seal", bulletin.seal) != bulletin.seal:
        yield "封与审计所记不符"
    taken = list(bulletin.sources.order_by("order").values_list("digest", "ranking__digest"))
    if [digest for digest, _ in taken] != data.get("digests") or any(one != other for one, other in taken):
        yield "所引排名的结果摘要与审计所记不符"
