"""Figures that demonstration accounts confirmed or replaced go back: a real scheme never rests on their word."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from evaluation.enums import BatchState, FigureKind
from evaluation.figures.services.following import bring_sheets_along
from evaluation.scheme.models.scheme import Figure, FigureBatch, FigureChange, Scheme
from evaluation.scheme.rules.figures import split_share
from miyun_kpi.lib.errors import Refused
from miyun_kpi.organisations.models import Organisation


def take_back_figures(user_ids: Sequence[int], at: datetime) -> int:
    """Undo the batches that these users proposed or checked, and remove them. Returns how many figures went back.

    What real persons have settled since stays. Where real marks rest on a replaced figure, its value stays too and
    stands unconfirmed.
    """
    theirs = FigureBatch.objects.filter(Q(proposed_by_id__in=user_ids) | Q(checked_by_id__in=user_ids))
    ids = set(theirs.values_list("pk", flat=True))
    touched = FigureChange.objects.filter(batch__in=ids, batch__state=BatchState.CHECKED).values("figure_id")
    changes = FigureChange.objects.filter(figure__in=touched, batch__state=BatchState.CHECKED)
    history: dict[int, list[FigureChange]] = {}
    for change in changes.select_related("figure", "figure__scheme").order_by("batch_id"):
        history.setdefault(change.figure_id, []).append(change)
    back = [_restored(past, ids) for past in history.values() if past[-1].batch_id in ids]
    for scheme in Scheme.objects.filter(pk__in={figure.scheme_id for figure, _ in back}):
        own = [(figure, value) for figure, value in back if figure.scheme_id == scheme.pk]
        try:
            with transaction.atomic():
                _write(own)
                bring_sheets_along(scheme, [figure for figure, value in own if value], at)
        except Refused:
            # The objects in hand carry values that were rolled back.
            kept = {figure.pk: figure.confirmed for figure, _ in own}
            fresh = list(Figure.objects.filter(pk__in=kept))
            for figure in fresh:
                figure.confirmed = kept[figure.pk]
            _write([(figure, "") for figure in fresh])
    theirs.delete()
    return len(back)


def _restored(past: Sequence[FigureChange], ids: set[int]) -> tuple[Figure, str]:
    """The figure with whether it is confirmed, and the value to go back to ("" where it does not change)."""
    figure = past[0].figure
    real = [change for change in past if change.batch_id not in ids]
    value = real[-1].new_value if real else past[0].old_value
    figure.confirmed = bool(real)
    return figure, value if value != figure.value else ""


def _write(back: Sequence[tuple[Figure, str]]) -> None:
    codes = {split_share(v)[0] for figure, v in back if v and figure.kind == FigureKind.SHARE}
    evaluators = {o.code: o for o in Organisation.objects.filter(code__in=codes)}
    for figure, value in back:
        figure.version += 1
        if value:
            figure.value = value
            if figure.kind == FigureKind.SHARE:
                figure.organisation = evaluators[split_share(value)[0]]
    fields = ["value", "confirmed", "version", "organisation"]
    Figure.objects.bulk_update([figure for figure, _ in back], fields, batch_size=200)
