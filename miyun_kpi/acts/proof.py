"""动态口令 at an act that counts: whoever acts has shown the second factor within the last quarter of an hour."""

from datetime import datetime, timedelta

from django.conf import settings

from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import Refused

HOLDS = timedelta(minutes=15)
OFF = "off"
CODE = "second-factor"


def require_proof(actor: Actor, at: datetime) -> None:
    """Raises where the site asks for a second factor and this session has not shown one within `HOLDS`.

    Of sessions alone: a token never comes here (acting.require_other_hand), and the server's own acts have no session.
    """
    if settings.SECOND_FACTOR == OFF or actor is SYSTEM or actor.user_id is None:
        return
    if actor.proven_at is None or not timedelta(0) <= at - actor.proven_at <= HOLDS:
        minutes = int(HOLDS.total_seconds() // 60)
        raise Refused(
            CODE, f"这一步要先输动态口令，{minutes} 分钟内输一次即可，没有执行。输过以后请再办一次，填写的内容还在。"
        )
