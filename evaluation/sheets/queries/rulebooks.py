"""考评细则 as the pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from evaluation.scheme.models.scheme import Figure
from evaluation.scheme.rules.figures import split_share
from evaluation.sheets.models.marks import Rulebook, RulebookLine


@dataclass(frozen=True)
class ListedShare:
    """A share with its newest 考评细则, None while there is none."""

    figure: Figure
    share: str
    newest: Rulebook | None
    lines: int


def versions_of(figure: Figure) -> list[Rulebook]:
    """All versions, the newest first, with their lines: two queries."""
    lines = Prefetch("lines", RulebookLine.objects.order_by("order"))
    return list(Rulebook.objects.filter(share_figure=figure).prefetch_related(lines).order_by("-number"))


def listed_shares(shares: QuerySet[Figure], *, track: str = "") -> Sequence[ListedShare]:
    """The shares with their newest version, in printed order: three queries whatever their number."""
    if track:
        shares = shares.filter(scheme__track=track)
    figures = shares.select_related("scheme", "indicator", "organisation").prefetch_related(
        Prefetch("rulebooks", Rulebook.objects.order_by("-number").prefetch_related("lines"))
    )
    listed = []
    for figure in figures.order_by("-scheme__year", "-scheme__track", "indicator__number", "order"):
        _, share = split_share(figure.value)
        newest = next(iter(figure.rulebooks.all()), None)
        text = "100%" if share == 1 else f"{share.numerator}/{share.denominator}"
        listed.append(ListedShare(figure, text, newest, len(newest.lines.all()) if newest else 0))
    return listed
