from datetime import datetime


def _line(viewer: str, at: datetime) -> str:
    return f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"


def _stamp(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else ""
