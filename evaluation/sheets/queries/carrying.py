"""沿用: what the scheme that a year was copied from had, offered to the year that follows; nothing is taken over by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.enums import ConditionState, FigureKind
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.sheets.models.conditions import MarkCondition
from evaluation.sheets.models.record import RecordLine
from evaluation.sheets.queries.record import KeptLine, kept_lines


@dataclass(frozen=True)
class Offered:
    """A line of the year before, with the share that continues its own."""

    kept: KeptLine
    share: Figure


def offered_lines(scheme: Scheme) -> list[Offered]:
    """Those in force whose share goes on and whose source is still answered, without what stands already."""
    if scheme.copied_from is None:
        return []
    shares = Figure.objects.filter(scheme=scheme, kind=FigureKind.SHARE).select_related("indicator")
    goes_on = {(one.indicator.from_indicator_id, one.organisation_id, one.part): one for one in shares if one.indicator}
    standing = set(
        RecordLine.objects.filter(share_figure__scheme=scheme, withdrawn_at__isnull=True).values_list(
            "share_figure", "provider", "source"
        )
    )
    found = []
    for kept in kept_lines(scheme.copied_from):
        line, old = kept.line, kept.line.share_figure
        share = goes_on.get((old.indicator_id, old.organisation_id, old.part))
        if line.withdrawn_at or kept.source is None or share is None:
            continue
        if (share.pk, line.provider, line.source) not in standing:
            found.append(Offered(kept, share))
    return found


def offered_conditions(scheme: Scheme) -> Sequence[MarkCondition]:
    if scheme.copied_from is None:
        return []
    withdrawn = ConditionState.WITHDRAWN
    standing = MarkCondition.objects.filter(scheme=scheme).exclude(state=withdrawn)
    before = MarkCondition.objects.filter(scheme=scheme.copied_from_id).exclude(state=withdrawn)
    return list(before.exclude(kind__in=standing.values("kind")))
