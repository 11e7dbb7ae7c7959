"""Which places are a 镇. Pure."""

from miyun_kpi.lib.errors import Refused


def is_town(name: str) -> bool:
    """第四至九条 speak of 镇 and 镇政府 only: a 街道, a 地区 and 中关村密云园 are none."""
    return name.endswith("镇")


def require_town(name: str, coordination: str) -> None:
    """第十四条: what the text does not settle is coordinated by 区规自分局 and 区财政局, and the result is written down."""
    if not is_town(name) and not coordination.strip():
        raise Refused(
            "not-a-town",
            f"“{name}”不是镇，办法只写了镇和镇政府，没有保存。请由区规自分局、区财政局协调（第十四条），并填写协调意见。",
            "21·第十四条",
        )
