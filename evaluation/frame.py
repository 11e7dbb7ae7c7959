"""The striped notice on every page while demonstration data are loaded."""

from evaluation.periods.models import Period
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.requests import OpenRequest
from miyun_kpi.site import is_demonstration
from miyun_kpi.web.registry import Notice


def notice_of_page(request: OpenRequest) -> Notice | None:
    """Names the invented periods, so that the sentence stays true beside real ones."""
    if is_demonstration():
        return Notice("demo", "演示站：数据全部为虚构，不得引用；每一步都可以办到底。")
    codes = [PeriodCode.parse(code) for code in Period.objects.filter(demo=True).values_list("code", flat=True)]
    if not codes:
        return None
    quarters = sorted(code for code in codes if code.quarter)
    names = "、".join(code.label for code in quarters) or "演示期间"
    invented = "得分和月报" if any(code.month for code in codes) else "得分"
    return Notice("demo", f"演示数据：{names}的{invented}为虚构，不得引用；演示账号不分岗位都能看演示排名。")
