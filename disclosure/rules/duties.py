"""Which duty of 14号 a record helps to fulfil. Pure."""

from collections.abc import Mapping
from datetime import date

from disclosure.enums import duty_key


def fulfilled(kind: str, values: Mapping[str, str]) -> tuple[str, str] | None:
    """Key of the duty and code of its span: 每季度 a 会议开放 (三（六）), 每年 a “一把手解读” (三（三）)."""
    if not values.get("held_on"):
        return None
    day = date.fromisoformat(values["held_on"])
    if kind == "meetings":
        return duty_key("三（六）/1/1"), f"{day.year}Q{(day.month - 1) // 3 + 1}"
    if kind == "interpretations" and values.get("head") == "yes":
        return duty_key("三（三）/2/1"), str(day.year)
    return None
