from evaluation.models.marks import DeductionLine, Mark, MarkSheet, Period, Rulebook, RulebookLine
from evaluation.models.ranking import Ranking, RankingRow, Signing
from evaluation.models.scheme import (
    Dimension,
    DimensionTotal,
    Figure,
    FigureBatch,
    FigureChange,
    Indicator,
    PrintedEvaluator,
    Scheme,
    SubIndicator,
)

__all__ = [
    "DeductionLine",
    "Dimension",
    "DimensionTotal",
    "Figure",
    "FigureBatch",
    "FigureChange",
    "Indicator",
    "Mark",
    "MarkSheet",
    "Period",
    "PrintedEvaluator",
    "Ranking",
    "RankingRow",
    "Rulebook",
    "RulebookLine",
    "Scheme",
    "Signing",
    "SubIndicator",
]
