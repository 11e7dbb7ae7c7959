"""The striped notice on every page while demonstration data are loaded."""

from django.http import HttpRequest

from evaluation.models import Period
from miyun_kpi.web.registry import Notice


def notice_of_page(request: HttpRequest) -> Notice | None:
    if not Period.objects.filter(demo=True).exists():
        return None
    return Notice("demo", "演示数据：得分全部为虚构，不得引用。")
