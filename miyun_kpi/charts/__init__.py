"""Geometry of the pictures: numbers in, positions in pixels (or per cent) out. Nothing is drawn here, and Django is unknown.

Templates draw: `templates/charts/`, by the tags of `miyun_kpi/web/templatetags/charts.py`.
"""

from miyun_kpi.charts.bars import stacked
from miyun_kpi.charts.countdown import DESIGN_WIDTH, duration, window
from miyun_kpi.charts.dots import strip
from miyun_kpi.charts.periods import Trend, trend
from miyun_kpi.charts.scale import Number, scale, text_width
from miyun_kpi.charts.shared import Row, rows

__all__ = [
    "DESIGN_WIDTH",
    "Number",
    "Row",
    "Trend",
    "duration",
    "rows",
    "scale",
    "stacked",
    "strip",
    "text_width",
    "trend",
    "window",
]
