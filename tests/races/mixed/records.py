"""Acts on records of the registers, and on organisations and accounts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from miyun_kpi.accounts.models import Portfolio, Post, User
from miyun_kpi.accounts.services import people, posts
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations import services as organisations
from miyun_kpi.organisations.models import Alias, Organisation
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import Rights, all_kinds
from miyun_kpi.registers.rules.kinds import Kind
from miyun_kpi.registers.services import moving
from miyun_kpi.registers.services.records import (
    ImportRow,
    change_record,
    create_record,
    import_records,
    strike_record,
    take_step,
)
from tests.doors.examples import bodies, example, filled
from tests.races.mixed.hands import WHY, Hand, Move, NothingToDo

# Of these the demonstration shows rows, with persons who keep them.
KINDS = (
    "disclosure.welfare",
    "disclosure.relief",
    "disclosure.meetings",
    "safety.hazards",
    "safety.risks",
    "safety.drills",
    "safety.fire-stations",
    "water.body",
    "water.outfall",
    "water.project",
    "water.village",
    "finance.enterprises",
    "finance.risky",
    "finance.projects",
    "farmland.plans",
)


@dataclass(frozen=True)
class Register:
    kind: Kind
    rights: Rights
    enters: list[Actor]


_registers: list[Register] = []


def learn(everybody: list[Actor]) -> None:
    """Who enters which register, asked once."""
    _registers[:] = [
        Register(kind, rights, [actor for actor in everybody if rights.adds(actor)])
        for kind, rights in all_kinds()
        if kind.key in KINDS
    ]
    assert len(_registers) == len(KINDS) and all(one.enters for one in _registers)


def typed_of(hand: Hand, kind: Kind) -> dict[str, str]:
    values = example(kind, bodies(kind), hand.ago(20))
    for name in kind.unique:
        if kind.field(name).type in (FieldType.TEXT, FieldType.LONG):
            values[name] = f"{values[name][:10]}{hand.number(999)}"
    return values


def create(hand: Hand) -> Any:
    one = hand.chance.choice(_registers)
    actor = hand.signed(hand.chance.choice(one.enters))
    typed = typed_of(hand, one.kind)
    if one.kind.owner and not one.rights.keeper(actor) and hand.chance.random() < 0.9:
        # Whoever keeps no register enters the rows of the own unit.
        typed[one.kind.owner] = hand.people.code_of(actor)
    if hand.chance.random() < 0.2:
        rows = [ImportRow(None, 0, typed), ImportRow(None, 0, typed_of(hand, one.kind))]
        return import_records(actor=actor, app=one.kind.app, kind=one.kind.code, rows=rows, at=hand.at)
    return create_record(actor=actor, app=one.kind.app, kind=one.kind.code, typed=typed, at=hand.at)


def held(hand: Hand) -> tuple[Register, Record, dict[str, Any]]:
    one = hand.chance.choice(_registers)
    row = hand.newest(Record, kind=one.kind.key, struck_at=None)
    near = [place for place in (row.owner_id, row.town_id) if place]
    own = hand.people.near(near, "")
    who = hand.chance.choice(one.enters if hand.chance.random() < 0.8 or not near else own)
    given = {
        "actor": hand.signed(who),
        "app": one.kind.app,
        "kind": one.kind.code,
        "record_id": row.pk,
        "version": hand.version(row),
        "at": hand.at,
    }
    return one, row, given


def change(hand: Hand) -> Any:
    one, row, given = held(hand)
    texts = [
        field.name
        for field in one.kind.fields
        if field.type in (FieldType.TEXT, FieldType.LONG) and field.name not in one.kind.unique and not field.sealed
    ]
    if not texts:
        raise NothingToDo
    name = hand.chance.choice(texts)
    return change_record(typed={name: f"{row.values.get(name, '')[:10]}改{hand.number(9)}"}, **given)


def step(hand: Hand) -> Any:
    one, row, given = held(hand)
    steps = [known for known in one.kind.steps if row.stage in known.sources]
    if not steps:
        raise NothingToDo
    known = hand.chance.choice(steps)
    able = [actor for _, actor in hand.chance.sample(hand.people.posts, 8) if one.rights.steps(actor, row, known)]
    if able:
        given["actor"] = hand.signed(able[0])
    typed = filled(one.kind, known, row.values, bodies(one.kind), hand.today)
    return take_step(step=known.code, reason=WHY, typed=typed, **given)


def strike(hand: Hand) -> Any:
    _, _, given = held(hand)
    return strike_record(reason=WHY, **given)


def hand_over(hand: Hand) -> Any:
    one, _, given = held(hand)
    if hand.chance.random() < 0.8:
        given["actor"] = hand.signed(hand.chance.choice(one.enters))
    to = hand.chance.choice(["北庄镇", "太师屯镇", "溪翁庄镇", "区水务局", "区民政局"])
    return moving.hand_over(to=to, from_day=hand.today, reason=WHY, **given)


def _seen(hand: Hand, row: Organisation) -> organisations.Seen:
    return organisations.Seen(row.code, hand.version(row))


def organisation(hand: Hand) -> Any:
    actor = hand.one_of("guanliyuan")
    new = Organisation.objects.filter(code__startswith="hunhe-", valid_to=None).order_by("pk")
    if new.count() < 3 or hand.chance.random() < 0.1:
        number = hand.number()
        made = organisations.NewOrganisation(f"hunhe-{number}", f"混合机构{number}", "body")
        return organisations.create_organisation(actor=actor, new=made, valid_from=hand.ago(400), at=hand.at)
    row, act = hand.pick(new), hand.chance.random()
    if act < 0.4:
        name = f"更名机构{hand.number()}"
        return organisations.rename_organisation(
            number="密编〔2020〕1号", actor=actor, seen=_seen(hand, row), name=name, on=hand.today, at=hand.at
        )
    if act < 0.6:
        text = f"别名{hand.number(20)}"
        return organisations.add_alias(actor=actor, seen=_seen(hand, row), text=text, at=hand.at)
    if act < 0.8:
        alias = hand.pick(Alias.objects.filter(organisation=row).order_by("pk"))
        return organisations.remove_alias(actor=actor, seen=_seen(hand, row), text=alias.text, at=hand.at)
    into = hand.pick(Organisation.objects.filter(code__in=["shuiwu-ju", "minzheng-ju"]).order_by("pk"))
    return organisations.merge_organisations(
        number="密编〔2020〕1号",
        actor=actor,
        merged=[_seen(hand, row)],
        into=_seen(hand, into),
        on=hand.today,
        at=hand.at,
    )


def merger(hand: Hand) -> Any:
    """A body that works goes into one whose people are at work this moment; seldom, for it does not come back."""
    actor = hand.one_of("guanliyuan")
    kept = [actor.organisation_id for _, actor in hand.people.posts]
    sources = Organisation.objects.filter(valid_to=None, category__in=["agency", "township"]).exclude(pk__in=kept)
    row = hand.pick(sources.order_by("-pk"))
    into = hand.pick(Organisation.objects.filter(pk__in=kept, category=row.category, valid_to=None).order_by("pk"), 5)
    return organisations.merge_organisations(
        number="密编〔2020〕1号",
        actor=actor,
        merged=[_seen(hand, row)],
        into=_seen(hand, into),
        on=hand.today,
        at=hand.at,
    )


def post(hand: Hand) -> Any:
    """Posts of people who do nothing else here."""
    actor, made = hand.one_of("anquan"), User.objects.filter(username__startswith="hunhe").order_by("pk")
    if made.count() < 3:
        clerk = hand.one_of("guanliyuan")
        return people.create_account(actor=clerk, username=f"hunhe{hand.number()}", display_name="混合某", at=hand.at)
    user, act = hand.pick(made), hand.chance.random()
    places = Organisation.objects.filter(code__in=["minzheng-ju", "beizhuang-zhen"]).order_by("pk")
    if act < 0.4:
        return posts.grant_post(
            actor=actor,
            username=user.username,
            organisation=hand.pick(places),
            role="reporter",
            title="综合",
            starts_on=hand.today + timedelta(days=hand.number(3000)),
            ends_on=hand.today + timedelta(days=3100),
            at=hand.at,
        )
    if act < 0.5:
        return people.rename_account(
            actor=hand.one_of("guanliyuan"),
            username=user.username,
            display_name=f"混合某{hand.number(9)}",
            version=hand.version(user),
            at=hand.at,
        )
    row = hand.pick(Post.objects.filter(user__username__startswith="hunhe").order_by("-pk"))
    given: dict[str, Any] = {
        "actor": actor,
        "post_id": row.pk,
        "version": hand.version(row),
        "on": hand.today,
        "at": hand.at,
    }
    if act < 0.7:
        return posts.end_post(ends_on=row.starts_on + timedelta(days=hand.number(30)), **given)
    first = row.starts_on + timedelta(days=hand.chance.randint(1, 20))
    return posts.hand_over(to=hand.pick(made).username, first_day=first, **given)


def portfolio(hand: Hand) -> Any:
    actor, rows = hand.one_of("anquan"), Portfolio.objects.order_by("-pk")
    if hand.coin():
        place = hand.pick(Organisation.objects.filter(category="agency", valid_to=None).order_by("pk"))
        return posts.add_portfolio(
            actor=actor, leader="lingdao", organisation=place, starts_on=hand.today, ends_on=None, at=hand.at
        )
    return posts.end_portfolio(actor=actor, portfolio_id=hand.pick(rows).pk, ends_on=hand.today, at=hand.at)


REGISTERS = [
    Move("records/create", create, 5),
    Move("records/change", change, 7),
    Move("records/step", step, 7),
    Move("records/strike", strike, 1),
    Move("records/hand-over", hand_over, 2),
]
ORGANISATIONS = [Move("organisations/act", organisation, 3), Move("organisations/merge", merger, 0.1)]
ACCOUNTS = [Move("accounts/post", post, 3), Move("accounts/portfolio", portfolio)]
