"""The printed figures of 21号 as dated rows. What an office enters beside them is left alone."""

from datetime import datetime
from decimal import Decimal

from farmland.enums import DOCUMENT, RateKind
from farmland.models import Pool, Rate, RulePeriod
from farmland.rules.fees import FIRST_DAY, LAST_DAY
from miyun_kpi.gazette.registry import Loaded
from miyun_kpi.lib.citations import cite

PRINTED = (
    (RateKind.RECLAMATION, "15000", cite(DOCUMENT, "第八条（一）")),
    (RateKind.REWARD_FIRST, "50000", cite(DOCUMENT, "第九条（一）")),
    (RateKind.REWARD_SECOND, "100000", cite(DOCUMENT, "第九条（二）")),
    (RateKind.MAINTENANCE, "3000", cite(DOCUMENT, "第十条")),
    (RateKind.PROFIT_CAP, "20", cite(DOCUMENT, "第十条")),
)


def load_printed(at: datetime) -> Loaded:
    made = 0
    Pool.objects.get_or_create(pk=Pool.ONLY)
    stamps = {"created_at": at, "created_by": "公报", "printed": True}
    for kind, value, basis in PRINTED:
        _, new = Rate.objects.get_or_create(
            kind=kind,
            starts_on=FIRST_DAY,
            defaults=stamps | {"value": Decimal(value), "ends_on": LAST_DAY, "basis": basis},
        )
        made += new
    _, new = RulePeriod.objects.get_or_create(
        starts_on=FIRST_DAY,
        defaults=stamps | {"ends_on": LAST_DAY, "basis": f"{cite(DOCUMENT, '第十六条')}，试行期 2 年"},
    )
    made += new
    return Loaded(created=made, counts=(("耕地占补原文数字", len(PRINTED)),))
