"""记录对照: which facts of other documents stand beside which marks. The product fills none in."""

from datetime import datetime

from evaluation.enums import FigureKind
from evaluation.scheme.access.office import require_office
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.sheets.models.record import RecordLine
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.acts.acting import acting
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.on_record import source_of

LONGEST = 300


def add_line(
    *, actor: Actor, figure_id: int, provider: str, source: str, basis: str, assumed: bool, at: datetime
) -> RecordLine:
    """From now on the evaluator of the share sees these facts beside each of its marks.

    Refuses what nobody answers, a protected register among it, and a line that stands already.
    """
    with acting(actor, at) as act:
        found = Figure.objects.filter(kind=FigureKind.SHARE, scheme__in=Scheme.objects.issued())
        share = act.lock(found.select_related("scheme", "indicator"), figure_id)
        require_office(actor, Verb.KEEP_SETTINGS, track=share.scheme.track)
        told = source_of(provider, source)
        if told is None:
            raise Refused("unknown-source", "没有这个来源，或它是受保护的登记簿，没有增加。请从列出的来源中选。")
        basis = read_reason(basis, "对照要写依据：哪份文件怎样说，或为什么推定", most=LONGEST)
        if RecordLine.objects.filter(
            share_figure=share, provider=provider, source=source, withdrawn_at__isnull=True
        ).exists():
            raise Conflict("line-stands", f"这一项下已有“{told.label}”，没有再增加。要改依据请先撤回原来的一条。")
        line = RecordLine.objects.create(
            share_figure=share,
            provider=provider,
            source=source,
            basis=basis,
            assumed=assumed,
            **act.signed(RecordLine, "added"),
        )
        act.record("evaluation.record-line.added", line, told=told.label, basis=basis, assumed=assumed)
    return line


def withdraw_line(*, actor: Actor, line_id: int, version: int, reason: str, at: datetime) -> RecordLine:
    """Its facts leave the marks at once; the line stays to be read."""
    with acting(actor, at) as act:
        line = act.lock(
            RecordLine.objects.select_related("share_figure__scheme", "share_figure__indicator"),
            line_id,
            version,
            may=lambda row: require_office(actor, Verb.KEEP_SETTINGS, track=row.share_figure.scheme.track),
        )
        if line.withdrawn_at is not None:
            raise Conflict("line-withdrawn", f"这条对照已由{line.withdrawn_by}撤回，没有再次撤回。")
        line.withdrawn_reason = read_reason(reason, "撤回对照要写理由", most=LONGEST)
        act.sign(line, "withdrawn")
        act.save(line)
        told = source_of(line.provider, line.source)
        said = told.label if told else line.source
        act.record("evaluation.record-line.withdrawn", line, told=said, reason=line.withdrawn_reason)
    return line
