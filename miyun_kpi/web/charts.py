"""The old name of miyun_kpi.charts, for what still points here."""

from miyun_kpi.charts import Row, Trend, rows, scale, strip, trend, window

__all__ = ["Row", "Trend", "rows", "scale", "strip", "trend", "window"]
