"""打分 of whichever quarter is open in the year: those of the race of mixed acts know only the quarter of their day."""

from typing import Any

from evaluation.enums import SheetState
from evaluation.models import MarkSheet
from evaluation.sheets.services import marks, sheets
from evaluation.sheets.services.periods import open_period
from miyun_kpi.accounts.models import Post
from miyun_kpi.lib.periods import PeriodCode
from tests.races.mixed.hands import WHY, Hand, Move

OFFICE = ("zhengfuban1", "zhengfuban2")


def a_sheet(hand: Hand) -> MarkSheet:
    marking = Post.objects.filter(role="evaluator").values("organisation_id")
    found = MarkSheet.objects.filter(state=SheetState.OPEN, evaluator__in=marking, period__starts_at__lte=hand.at)
    return hand.pick(found.select_related("period").order_by("-period__due_at", "indicator__number", "pk"), 6)


def marked(hand: Hand, sheet: MarkSheet, most: int) -> list[marks.RowInput]:
    """Blank cells first; now and then more than the full mark, or without a word of why it is less."""
    found = list(sheet.marks.select_related("organisation").order_by("value", "order")[:most])
    top = 130 if hand.chance.random() < 0.05 else 100
    return [
        marks.RowInput(
            one.organisation.code,
            hand.version(one),
            value=str(min(hand.chance.randint(91, top), one.full_mark)),
            problems=WHY if hand.chance.random() < 0.95 and not sheet.indicator.offline_only else None,
        )
        for one in found
    ]


def fill(hand: Hand) -> Any:
    sheet = a_sheet(hand)
    actor = hand.near([sheet.evaluator_id], "evaluator")
    rows = marked(hand, sheet, 400 if hand.coin() else 5)
    return marks.save_marks(actor=actor, sheet_id=sheet.pk, rows=rows, at=hand.at)


def file(hand: Hand) -> Any:
    sheet = a_sheet(hand)
    actor = hand.near([sheet.evaluator_id], "evaluator")
    codes = list(sheet.marks.values_list("organisation__code", flat=True))
    return sheets.file_sheet(
        actor=actor, sheet_id=sheet.pk, version=hand.version(sheet), reason=WHY, at=hand.at, confirmed=codes
    )


def opened(hand: Hand) -> Any:
    """A period by hand: mostly one that is there already, or that is not due."""
    code = PeriodCode(2020, quarter=hand.chance.randint(1, 4))
    return open_period(actor=hand.one_of(*OFFICE), code=code, at=hand.at)


MOVES = [Move("sheet/fill", fill, 4), Move("sheet/file", file, 3), Move("sheet/open-period", opened, 0.5)]
