"""勘正 of a record that nobody may simply change any more: one in a locked stage, or of a unit whose record has ended."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from miyun_kpi.acts.acting import locked, record
from miyun_kpi.db.finding import one_of
from miyun_kpi.emendations.enums import Way
from miyun_kpi.emendations.registry import Emendable, Fact, Facts, Place, Rest
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, NotFound, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.access import is_locked, may_change, visible_record
from miyun_kpi.registers.enums import Act, FieldType
from miyun_kpi.registers.models import Record, RecordEvent
from miyun_kpi.registers.registry import kind_of, record_address
from miyun_kpi.registers.rules.kinds import YES, Field, Kind
from miyun_kpi.registers.services.keeping import still_sealed, typed_again
from miyun_kpi.registers.services.records import checked, write

CODE = "record"
WAYS = {FieldType.DATE: Way.DATE, FieldType.LONG: Way.LONG, FieldType.CHOICE: Way.CHOICE, FieldType.BOOL: Way.CHOICE}
PLACES = (FieldType.ORGANISATION, FieldType.TOWN)


def find(actor: Actor, record_id: int) -> Record:
    """A protected record is read with a reason, page by page: its facts stand in no form of another page."""
    kind, rights = kind_of(one_of(Record.objects.filter(pk=record_id)))
    if kind.protected:
        raise NotFound
    return visible_record(actor, kind, rights, record_id)


def lock(record_id: int, wanted: Facts) -> Record:
    return locked(Record.objects.select_related("owner", "town"), record_id)


def may(actor: Actor, row: Record) -> bool:
    """Whoever keeps the register, and the unit whose record it is; not what was struck: the right one is entered anew."""
    return row.struck_at is None and reads(actor, row)


def reads(actor: Actor, row: Record) -> bool:
    """Facts stand in a 勘正 as they are stored, also those that only who writes the record sees."""
    kind, rights = kind_of(row)
    return not kind.protected and (rights.keeper(actor) or rights.changes(actor, row))


def still_open(actor: Actor, row: Record) -> Refused | None:
    kind, rights = kind_of(row)
    if may_change(actor, kind, rights, row) and not is_locked(kind, row):
        return Refused("still-open", "这一条还可以直接修改，不用勘正，没有提出。请在它的页面上按“修改”。")
    return _before_audit(kind, row)


def _before_audit(kind: Kind, row: Record) -> Refused | None:
    """A 勘正 there would change what is being audited, or send out what nobody audited (14号 二（六）)."""
    stage = kind.stage(row.stage)
    if stage is None or not stage.back:
        return None
    said = f"这一条现在是“{stage.label}”，不办勘正，没有执行。请先办“{stage.back}”，改好后重新报审。"
    return Conflict("wrong-state", said)


def name_of(row: Record) -> str:
    kind, _ = kind_of(row)
    return f"{kind.name}第 {row.number} 号"


def facts_of(row: Record) -> list[Fact]:
    """Every field but those that are sealed."""
    kind, _ = kind_of(row)
    names = dict(Organisation.objects.filter(code__in=row.values.values()).values_list("code", "name"))
    return [_fact(one, row.values.get(one.name, ""), names) for one in kind.fields if not one.sealed]


def _fact(field: Field, value: str, names: Mapping[str, str]) -> Fact:
    way = Way.ORGANISATION if field.type in PLACES else WAYS.get(field.type, Way.TEXT)
    choices = ((YES, YES), ("否", "否")) if field.type == FieldType.BOOL else tuple(field.choices)
    words = names.get(value, value) if field.type in PLACES else field.words(value)
    return Fact(field.name, field.label, value, words, way, choices, 5000 if way == Way.LONG else field.longest)


def read(row: Record, wanted: Facts, today: date) -> dict[str, str]:
    kind, _ = kind_of(row)
    barred = _before_audit(kind, row)
    if barred is not None:
        raise barred
    typed = {name: text for name, text in wanted.items() if text != row.values.get(name, "")}
    values = checked(
        kind, {**typed_again(kind, row.values), **typed}, today, kept=still_sealed(kind, typed, row.values)
    )
    return {name: values.get(name, "") for name in wanted}


def rests_on(row: Record, wanted: Facts, today: date) -> Sequence[Rest]:
    kind, _ = kind_of(row)
    found = []
    if kind.stage_of is not None and (stage := kind.stage_of({**row.values, **wanted})) != row.stage:
        found.append(Rest("阶段", f"由“{_stage(kind, row.stage)}”变为“{_stage(kind, stage)}”"))
    if kind.due and (due := wanted.get(kind.due, "")) != row.values.get(kind.due, ""):
        found.append(Rest(kind.field(kind.due).label, f"期限按 {due or '（没有）'} 重新计算，工作台随之改变"))
    return [*found, Rest("列表、合计和导出", "自确认起按改后的内容；以前导出的文件不会自己改")]


def _stage(kind: Kind, code: str) -> str:
    found = kind.stage(code)
    return found.label if found else "没有阶段"


def apply(row: Record, wanted: Facts, actor: Actor, words: str, at: datetime) -> None:
    """The stage stays, unless it follows from the values."""
    kind, _ = kind_of(row)
    before = {name: row.values.get(name, "") for name, text in wanted.items() if text != row.values.get(name, "")}
    write(kind, row, {**row.values, **wanted}, actor, at, read=list(before))
    RecordEvent.objects.create(
        record=row, act=Act.EMENDED, at=at, by=actor.label, by_id=actor.user_id, reason=words[:500], before=before
    )
    data = {"fields": sorted(before), "version": row.version}
    record(actor=actor, action="registers.record.emended", subject=f"record:{row.pk}", data=data, at=at)


def place_of(row: Record) -> Place:
    kind, _ = kind_of(row)
    return Place(kind.subject or kind.app, kind.document, kind.clause)


def address_of(row: Record) -> str:
    return record_address(kind_of(row)[0], row.pk)


RECORD = Emendable(
    code=CODE,
    word="登记",
    place=place_of,
    find=find,
    lock=lock,
    may=may,
    reads=reads,
    name=name_of,
    address=address_of,
    facts=facts_of,
    read=read,
    rests=rests_on,
    apply=apply,
    open_refusal=still_open,
)
