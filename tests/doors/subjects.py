"""Acts of the other subjects by model, as tests/doors/table.py has them of the evaluation."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import models

from farmland.models import Application as Land
from farmland.services import applications as land
from finance_policy.models import BankReturn
from finance_policy.services import returns
from miyun_kpi.lib.actors import Actor
from personnel.models import Notice
from personnel.services import drafts as notices
from personnel.services import issue
from postdoc.models import Application as Asked
from postdoc.services import applications as asked
from postdoc.services import stations
from tests.doors.table import REPORTER, WHY, Act, day, plain
from tests.evaluation.conftest import actor_named
from tests.postdoc.conftest import STATION, enter

KEEPER = "register_office"


def of_first_act(row: Notice, actor: Actor, at: datetime) -> Any:
    act = row.acts.filter(struck_at=None).order_by("pk")[0]
    return issue.strike_act(actor=actor, act_id=act.pk, reason=WHY, at=at)


def reclaim(row: Land, actor: Actor, at: datetime) -> Any:
    land.reclaim(
        actor=actor,
        application_id=row.pk,
        version=row.version,
        approval_number="密政批〔2026〕9号",
        approval_on=day(at),
        force_majeure=False,
        coordination="",
        at=at,
    )


ACTS: dict[type[models.Model], list[Act]] = {
    Notice: [
        plain(notices.submit, KEEPER, "notice_id"),
        plain(notices.send_back, KEEPER, "notice_id", reason=WHY),
        plain(notices.discard, KEEPER, "notice_id"),
        Act("strike_act", KEEPER, of_first_act),
    ],
    Asked: [
        plain(asked.send, REPORTER, "application_id", materials=[], submit=True),
        plain(asked.review, KEEPER, "application_id", name="returned", decision="returned", opinion=WHY),
        plain(asked.review, KEEPER, "application_id", name="refuse", decision="refuse", opinion=WHY),
        plain(asked.review, KEEPER, "application_id", name="approve", decision="approve", opinion=""),
        plain(asked.cancel, "", "application_id", reason=WHY),
    ],
    Land: [
        plain(land.strike_application, KEEPER, "application_id", reason=WHY),
        plain(land.reserve, KEEPER, "application_id"),
        plain(land.release, KEEPER, "application_id", reason=WHY),
        Act("reclaim", KEEPER, reclaim),
    ],
    BankReturn: [
        plain(returns.save_return, REPORTER, "return_id", figures={}, note="先存着"),
        plain(returns.submit_return, REPORTER, "return_id"),
        plain(returns.decide_return, KEEPER, "return_id", name="back", accept=False, opinion=WHY),
        plain(returns.decide_return, KEEPER, "return_id", name="accept", accept=True, opinion=""),
    ],
}


def a_return(actor: Actor, at: datetime) -> Any:
    return returns.open_return(actor=actor, period="2020Q1", at=at)


def a_grant(actor: Actor, at: datetime) -> Any:
    """设站补助 of a station just registered with its first stay, as a draft."""
    handler = actor_named("renshe")
    station = stations.register_station(actor=handler, given=STATION | {"name": "走一遍的站"}, at=at)
    who = {
        "name": "某人",
        "document_kind": "passport",
        "document_number": "E00000001",
        "born_on": day(at).replace(year=1992),
        "phone": "",
        "account": "",
    }
    enter(actor, station, who=who)
    return asked.create_application(
        actor=actor, grant="station", station_id=station.pk, materials=[], submit=False, at=at
    )


# Of what their demonstration shows no row.
MAKERS: dict[type[models.Model], tuple[str, Callable[[Actor, datetime], Any]]] = {
    BankReturn: (REPORTER, a_return),
    Asked: (REPORTER, a_grant),
}
