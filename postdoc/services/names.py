"""Personal data opened: of one stay, or the names of the own people of a unit; each time with a reason, audited."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from miyun_kpi.acts.acting import acting
from miyun_kpi.acts.proof import require_proof
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Refused
from postdoc import access
from postdoc.models import Person, Stay
from postdoc.services._common import note, require_reason
from postdoc.services.stays import stay_event

GROUND = "退站情形和说明"


@dataclass(frozen=True)
class Revealed:
    """What a handler asked to see, for one page."""

    rows: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return "Revealed(＊＊＊)"


def reveal(*, actor: Actor, stay_id: int, reason: str, at: datetime) -> Revealed:
    """Open the personal data of a stay once. Who, when and why is audited; what was seen is not.

    By the keeper of its station too, without the ground of 退站: that may tell of illness or crime.
    """
    row = access.visible_stay(actor, stay_id)
    if not access.opens_names(actor, row):
        access.require_handler(actor, "查看个人信息")
    require_proof(actor, at)
    said = require_reason(reason, "查看个人信息")
    person, whole = row.person, access.is_handler(actor)
    opened = {name: sealed.open() for name, sealed in _sealed(row, person) if whole or name != GROUND}
    for name, text in opened.items():
        if text and name != GROUND and text in said:
            raise Refused("reason-tells", "事由里不写个人信息，没有显示。请改写事由，例如“核对拨付账号”。")
    with acting(actor, at):
        stay_event(actor, row, "查看个人信息", "", at)
        note(actor, "person.shown", row, {"reason": said}, at)
    return Revealed(tuple((name, text) for name, text in opened.items() if text))


@dataclass(frozen=True)
class Named:
    """One line of a list of names, for as long as the page is made."""

    row: Stay
    name: str

    def __repr__(self) -> str:
        return "Named(＊＊＊)"


def open_names(*, actor: Actor, reason: str, at: datetime) -> list[Named]:
    """The names of the own people of a unit, as a list; audited once, with the reason and how many."""
    access.require_own_names(actor)
    require_proof(actor, at)
    said = require_reason(reason, "查看姓名")
    rows = list(access.own_stays(actor).order_by("number"))
    made = [Named(row, row.person.name.open()) for row in rows]
    if any(one.name in said for one in made):
        raise Refused("reason-tells", "事由里不写个人信息，没有显示。请改写事由，例如“核对拨付账号”。")
    with acting(actor, at):
        for station in {row.station_id: row.station for row in rows}.values():
            number = sum(row.station_id == station.pk for row in rows)
            note(actor, "people.listed", station, {"reason": said, "rows": number}, at)
    return made


def _sealed(row: Stay, person: Person) -> list[tuple[str, Any]]:
    return [
        ("姓名", person.name),
        (person.get_document_kind_display(), person.document_number),
        ("出生日期", person.born_on),
        ("电话", person.phone),
        ("银行账号", person.account),
        ("工作站导师", row.station_mentor),
        ("流动站导师", row.flow_mentor),
        (GROUND, row.ground_sealed),
    ]
