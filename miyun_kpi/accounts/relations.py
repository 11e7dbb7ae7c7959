"""Posts, portfolios and tokens are people's and clients': who takes them over is for the security administrator to say."""

from django.db.models import Q

from miyun_kpi.accounts.models import ApiToken, Portfolio, Post
from miyun_kpi.organisations.registry import asks, register_relations

OPEN = Q(ends_on__isnull=True)


def register() -> None:
    register_relations(
        Post,
        {
            "organisation": asks(
                "岗位", "由安全管理员逐人交接，撤并的单位不再办事。", rows=OPEN, address="accounts:posts"
            )
        },
    )
    register_relations(
        Portfolio,
        {
            "organisation": asks(
                "区领导分管", "分管谁由区里决定，安全管理员登记。", rows=OPEN, address="accounts:portfolios"
            )
        },
    )
    register_relations(
        ApiToken,
        {"organisation": asks("接口令牌", "令牌不改单位：吊销后给接收的单位另发。", address="accounts:tokens")},
    )
