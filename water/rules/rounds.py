"""三（二）: the five “无” of a small water body. Pure."""

from collections.abc import Mapping

# “实现无污水排入、无集中漂浮物、无垃圾渣土、无臭味、无违法建设的“五无”目标”, in this order.
FIVE: tuple[tuple[str, str], ...] = (
    ("no_sewage", "无污水排入"),
    ("no_floating", "无集中漂浮物"),
    ("no_rubbish", "无垃圾渣土"),
    ("no_smell", "无臭味"),
    ("no_building", "无违法建设"),
)


def passed(found: Mapping[str, bool]) -> bool:
    """All five; four are not enough."""
    return all(found[name] for name, _ in FIVE)


def stage_of(found: Mapping[str, bool] | None) -> str:
    """The stage of the body after its latest round, None when there is none."""
    if found is None:
        return "unchecked"
    return "reached" if passed(found) else "failing"
