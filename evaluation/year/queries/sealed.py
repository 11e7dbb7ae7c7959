"""The seal of 报区委: what was sent, under which number, on which day, and the meeting it stands on (engine 23)."""

from collections.abc import Iterator

from evaluation.engine.queries.sealed import text
from evaluation.year.models.year_end import CommitteeReport
from miyun_kpi.audit.keyless import SealedThing, seal_holds
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.seals import Purpose, key_id, mac
from miyun_kpi.audit.telling import read
from miyun_kpi.audit.verifying import Fault

REPORTED = "evaluation.year.reported"


def seal_report(report: CommitteeReport) -> None:
    report.seal, report.seal_key = mac(Purpose.SEAL, *_parts(report)), key_id(Purpose.SEAL)


def report_seal_holds(report: CommitteeReport) -> bool:
    return seal_holds(report.seal, *_parts(report))


def sealed_reports() -> Iterator[SealedThing]:
    found = CommitteeReport.objects.select_related("ranking").defer("ranking__document", "ranking__inputs")
    for report in found.exclude(seal="").order_by("pk"):
        yield SealedThing(report.seal, report.seal_key, _parts(report))


def _parts(report: CommitteeReport) -> tuple[bytes, ...]:
    ranking = report.ranking
    identity = (
        *(report.ranking_id, ranking.digest, ranking.inputs_hash, report.deliberation_id, report.number),
        *(report.sent_on, report.reported_by, report.reported_by_id, report.reported_at, report.computed_by_id),
    )
    return (b"committee-report", *(text(one) for one in identity))


def report_faults() -> Iterator[Fault]:
    """Every report to 区委, against its seal and against the act that the audit has of it."""
    said = ((entry.subject, read(entry)) for entry in AuditEntry.objects.filter(action=REPORTED).order_by("seq"))
    acts = {(subject, data.get("number")): data for subject, data in said}
    found = CommitteeReport.objects.select_related("ranking").defer("ranking__document", "ranking__inputs")
    for report in found.order_by("pk"):
        data, where = acts.pop((f"ranking:{report.ranking_id}", report.number), None), f"报区委 {report.number}"
        if not report_seal_holds(report):
            yield Fault(where, "与封存的不符" if report.seal else "没有封存")
        if data is None:
            yield Fault(where, "审计里没有这次报送")
        elif (data.get("sent_on"), data.get("digest")) != (report.sent_on.isoformat(), report.ranking.digest):
            yield Fault(where, "日期或结果与审计所记不符")
    for data in acts.values():
        yield Fault(f"报区委 {data.get('number', '')}", "审计里已报送，库里没有了")
