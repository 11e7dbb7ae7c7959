"""The acts of 21号 over money and rights that one person proposes and another of the deciding office carries out.

区规自分局 decides on quota, 区财政局 on money (第十一条); readings of the text by either (第十四条).
"""

from farmland.deciding.money import money
from farmland.deciding.projects import projects
from farmland.deciding.quota import quota
from farmland.deciding.tables import entries, strikes
from miyun_kpi.proposals.registry import register_decision


def register() -> None:
    register_decision(*entries(), *strikes(), *projects(), *quota(), *money())
