"""Reads of organisations, shared by pages, API and imports."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from miyun_kpi.audit.queries import entries
from miyun_kpi.audit.telling import Teller
from miyun_kpi.db.asked import asked
from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.errors import NotFound
from miyun_kpi.organisations.enums import Category
from miyun_kpi.organisations.models import (
    Affiliation,
    Alias,
    Group,
    GroupMember,
    Organisation,
    OrganisationName,
    OrganisationQuerySet,
)

# A township is also called without the last word of its name, as long as that names one only.
PLACE_ENDS = ("镇", "街道", "地区")
SHORTEST_PLACE = 2


def resolve(text: str) -> Organisation | None:
    """The organisation a text names: canonical name, code or alias, whatever its width of characters and blanks.

    Failing these a township without 镇, 街道 or 地区 at the end of its name.
    """
    key = squeeze(text)
    if not key:
        return None
    found = Organisation.objects.filter(Q(key=key) | Q(aliases__key=key) | Q(code=key.lower())).distinct()
    rows = list(found)
    if not rows and len(key) >= SHORTEST_PLACE:
        rows = list(Organisation.objects.filter(category=Category.TOWNSHIP, key__in=[key + end for end in PLACE_ENDS]))
        return rows[0] if len(rows) == 1 else None
    return next((row for row in rows if row.key == key), rows[0] if rows else None)


def resolver() -> Callable[[str], Organisation | None]:
    """Like `resolve`, with everything loaded once (two queries): for imports."""
    by_key: dict[str, Organisation] = {}
    places: dict[str, list[Organisation]] = {}
    rows = {row.pk: row for row in Organisation.objects.all()}
    for alias_key, pk in Alias.objects.values_list("key", "organisation_id"):
        by_key[alias_key] = rows[pk]
    for row in rows.values():
        by_key[row.code] = row
    for row in rows.values():
        by_key[row.key] = row
        end = next((end for end in PLACE_ENDS if row.key.endswith(end)), "")
        if end and row.category == Category.TOWNSHIP and len(row.key) - len(end) >= SHORTEST_PLACE:
            places.setdefault(row.key.removesuffix(end), []).append(row)
    for place, found in places.items():
        if len(found) == 1:
            by_key.setdefault(place, found[0])
    return lambda text: by_key.get(squeeze(text)) or by_key.get(squeeze(text).lower())


def offered_names() -> list[tuple[str, str]]:
    """(name, aliases) of the organisations that stand, in the printed order; in two queries."""
    found = Organisation.objects.filter(valid_to__isnull=True).in_printed_order().prefetch_related("aliases")
    return [(row.name, "、".join(alias.text for alias in row.aliases.all())) for row in found]


def filtered(
    *, category: str = "", zone: str = "", words: str = "", evaluated: bool | None = None
) -> OrganisationQuerySet:
    """The list in the order of 附件1; `words` are looked for in names, codes and aliases."""
    found = Organisation.objects.in_printed_order()
    if category:
        found = found.filter(category=category)
    if zone:
        found = found.filter(zone=zone)
    if evaluated is not None:
        found = found.filter(evaluated=evaluated)
    key = squeeze(words)
    if key:
        bearers = Alias.objects.filter(key__contains=key).values("organisation_id")
        found = found.filter(Q(key__contains=key) | Q(code__contains=key.lower()) | Q(pk__in=bearers))
    return found


def with_details(found: OrganisationQuerySet) -> OrganisationQuerySet:
    """Aliases, dated names and parts, in three further queries for any number of organisations."""
    return found.select_related("part_of").prefetch_related(
        Prefetch("aliases", Alias.objects.order_by("pk")),
        Prefetch("names", OrganisationName.objects.order_by("valid_from", "pk")),
        Prefetch("parts", Organisation.objects.order_by("order")),
    )


def counts() -> tuple[dict[str, int], dict[str, int]]:
    """Numbers of organisations by category and by zone, in one query."""
    by_category: dict[str, int] = {}
    by_zone: dict[str, int] = {}
    for category, zone, number in Organisation.objects.values_list("category", "zone").annotate(Count("pk")).order_by():
        by_category[category] = by_category.get(category, 0) + number
        if zone:
            by_zone[zone] = by_zone.get(zone, 0) + number
    return by_category, by_zone


def organisation_by(text: str) -> Organisation:
    """By code, name or alias, with details. Raises NotFound."""
    row = with_details(Organisation.objects.in_printed_order()).filter(code=text.lower()).first()
    if row is None:
        other = resolve(text)
        row = with_details(Organisation.objects.in_printed_order()).filter(pk=other.pk).first() if other else None
    if row is None:
        raise NotFound("没有这个机构。")
    return row


@dataclass(frozen=True)
class PastAct:
    """One line of an organisation's history, from the audit."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True)
class OrganisationView:
    """`affiliations` are (kind, the other, note); `successors` took this one over or were made from it."""

    organisation: Organisation
    groups: Sequence[Group]
    affiliations: Sequence[tuple[str, Organisation, str]]
    history: Sequence[PastAct]


def view_organisation(code: str) -> OrganisationView:
    """Everything on the page of an organisation, in a fixed number of queries."""
    row = organisation_by(code)
    found = Affiliation.objects.filter(Q(organisation=row) | Q(other=row)).select_related("organisation", "other")
    affiliations = [
        (one.kind, one.other, one.note)
        if one.organisation_id == row.pk
        else (REVERSED.get(one.kind, one.kind), one.organisation, one.note)
        for one in found.order_by("pk")
    ]
    groups_of = list(Group.objects.filter(members__organisation=row).order_by("pk"))
    return OrganisationView(row, groups_of, affiliations, _history(row))


def name_on(row: Organisation, day: date) -> str:
    """What it was called on the day; its name of today where no other is recorded."""
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    found = row.names.filter(begun, Q(valid_to__isnull=True) | Q(valid_to__gt=day)).values_list("name", flat=True)
    return found.first() or row.name


REVERSED = {"并入": "由其并入", "分设": "由其分设", "设在": "设有"}


def _history(row: Organisation) -> list[PastAct]:
    found = list(entries().filter(subject=f"organisation:{row.code}"))
    told = zip(found, Teller(found).sentences(), strict=True)
    return [PastAct(entry.at, one.who, one.act) for entry, one in told]


def groups() -> QuerySet[Group]:
    """Group phrases with their members, in two queries."""
    members = GroupMember.objects.select_related("organisation").order_by("organisation__order")
    return Group.objects.prefetch_related(Prefetch("members", members)).order_by("-resolution", "pk")


def choices_to_merge(target: Organisation) -> list[tuple[str, str]]:
    """Organisations that can go into the target, as ("code:version", name)."""
    found = Organisation.objects.in_printed_order().filter(valid_to__isnull=True).exclude(pk=target.pk)
    return [(f"{code}:{version}", name) for code, version, name in found.values_list("code", "version", "name")]


def choices_of_wholes() -> list[tuple[str, str]]:
    """Organisations that another can be part of."""
    return list(Organisation.objects.in_printed_order().filter(valid_to__isnull=True).values_list("code", "name"))


def found_by_name(words: str) -> Sequence[Organisation]:
    """For the search of the whole site: a dozen at most."""
    return list(filtered(words=words)[:12]) if squeeze(words) else []


def related_bodies() -> dict[int, set[int]]:
    """Each organisation with what belongs to it: its parts or the body it is part of, and its 合署 bodies."""
    related: dict[int, set[int]] = {}

    def link(one: int, other: int) -> None:
        related.setdefault(one, {one}).add(other)
        related.setdefault(other, {other}).add(one)

    pairs: Iterable[tuple[int, int]] = Organisation.objects.filter(part_of__isnull=False).values_list(
        "pk", "part_of_id"
    )
    for one, other in [*pairs, *Affiliation.objects.values_list("organisation_id", "other_id")]:
        link(one, other)
    return related


def related_codes() -> dict[str, list[str]]:
    """`related_bodies` by code, in order: for what is kept."""
    codes = dict(Organisation.objects.values_list("pk", "code"))
    return {codes[pk]: sorted(codes[other] for other in others) for pk, others in related_bodies().items()}


# How an organisation that ended goes on: in one other, or in several.
MERGED, SPLIT = "并入", "分设"
# How one ended that goes on in nobody.
CLOSED = "撤并"


def in_place_of(organisation_id: int | None) -> QuerySet[Organisation, int]:
    """Primary keys of ended organisations that this one stands for: merged into it or split into it, three times over.

    As a subquery, so that a scope stays one statement.
    """
    links = Affiliation.objects.filter(kind__in=(MERGED, SPLIT))
    first = links.filter(other=organisation_id).values("organisation_id")
    second = links.filter(other__in=first).values("organisation_id")
    third = links.filter(other__in=second).values("organisation_id")
    ended = Organisation.objects.filter(valid_to__isnull=False)
    return ended.filter(Q(pk__in=first) | Q(pk__in=second) | Q(pk__in=third)).values_list("pk", flat=True)


def change_between(ended: Organisation, other: Organisation) -> str:
    """By what change something of the one goes to the other, in a word: 并入, 分设, or 撤并 where nobody took the ended one over."""
    kinds = set(Affiliation.objects.filter(organisation=ended, other=other).values_list("kind", flat=True))
    return next((kind for kind in (MERGED, SPLIT) if kind in kinds), CLOSED)


def how_it_went(ended: Organisation, other: Organisation, change: str, when: str = "") -> str:
    """The same in a sentence; `when` stands before the verb (“于2020-11-02”)."""
    return f"{ended.name}{when}{change}{'' if change == MERGED else '，转给'}{other.name}"


def heirs(organisations: Iterable[Organisation]) -> dict[int, Organisation]:
    """By primary key who acts for each today: itself while it stands, else what it was merged into, at the end of the chain.

    Of one that was split nobody knows which part goes on; it stays itself until somebody says so.
    """
    found = {one.pk: one for one in organisations}
    if all(one.valid_to is None for one in found.values()):
        return found
    links = Affiliation.objects.filter(kind=MERGED, organisation__valid_to__isnull=False)
    into = {link.organisation_id: link.other for link in links.select_related("other")}
    for pk, one in found.items():
        seen = {pk}
        while one.valid_to is not None and one.pk in into and into[one.pk].pk not in seen:
            one = into[one.pk]
            seen.add(one.pk)
        found[pk] = one
    return found


def successors(organisations: Iterable[Organisation]) -> dict[int, list[Organisation]]:
    """Of those that have ended, by primary key: the bodies that stand today and took them over, through however many changes,
    in printed order. Nobody where one was closed; who still stands is not among the keys."""
    ended = [one for one in organisations if one.valid_to is not None]
    if not ended:
        return {}
    links = Affiliation.objects.filter(kind__in=(MERGED, SPLIT), organisation__valid_to__isnull=False)
    went: dict[int, list[int]] = {}
    for one, other in links.values_list("organisation_id", "other_id"):
        went.setdefault(one, []).append(other)
    reached = {one.pk: _reached(one.pk, went) for one in ended}
    standing = Organisation.objects.filter(pk__in=set().union(*reached.values()), valid_to__isnull=True)
    ordered = list(standing.in_printed_order())
    return {pk: [one for one in ordered if one.pk in found] for pk, found in reached.items()}


@dataclass(frozen=True)
class Gone:
    """The first day on which a body was no more, and the codes of what it went into that day."""

    on: date
    into: Sequence[str]


def gone() -> dict[str, Gone]:
    """By code every body that was merged or split, one step each; one query."""
    links = Affiliation.objects.filter(kind__in=(MERGED, SPLIT), organisation__valid_to__isnull=False).order_by("pk")
    found: dict[str, Gone] = {}
    for code, on, other in links.values_list("organisation__code", "organisation__valid_to", "other__code"):
        assert on is not None, "of those that have ended"
        found[code] = Gone(on, [*(found[code].into if code in found else ()), other])
    return found


def _reached(start: int, went: Mapping[int, Sequence[int]]) -> set[int]:
    """Everything that can be come to from one by these links."""
    found: set[int] = set()
    waiting = [start]
    while waiting:
        new = set(went.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found


def heir_ids(ids: Iterable[int]) -> dict[int, int]:
    """`heirs` where only primary keys are at hand; one query while nobody has ended."""
    wanted = set(ids)
    ended = Organisation.objects.filter(pk__in=wanted, valid_to__isnull=False)
    gone = heirs(ended)
    return {pk: gone[pk].pk if pk in gone else pk for pk in wanted}


def told_for(ids: Iterable[int]) -> dict[int, list[int]]:
    """Who is told what concerns each: itself while it stands, its heir, or of one that was split all that took it over."""
    wanted = set(ids)
    ended = list(Organisation.objects.filter(pk__in=wanted, valid_to__isnull=False))
    found = {pk: [pk] for pk in wanted}
    for pk, one in heirs(ended).items():
        found[pk] = [one.pk]
        if one.valid_to is not None and (after := successors([one])[one.pk]):
            found[pk] = [each.pk for each in after]
    return found


def heir_id(pk: int) -> int:
    """`heir_ids` of one."""
    return heir_ids([pk])[pk]


def acts_for(organisation_id: int | None, other_id: int) -> bool:
    """Whether a post of the first acts for the second: its own body while it stands, or one that ended into it."""
    return organisation_id is not None and bool(_acting_for(organisation_id, other_id))


def acts_for_code(organisation_id: int | None, code: str) -> bool:
    """`acts_for` of a body that a rule names, or a record: by its code."""
    return organisation_id is not None and bool(_acting_for_code(organisation_id, code))


@asked
def _acting_for(organisation_id: int, other_id: int) -> QuerySet[Organisation, Any]:
    return stands_for(organisation_id).filter(pk=other_id).values_list("pk")


@asked
def _acting_for_code(organisation_id: int, code: str) -> QuerySet[Organisation, Any]:
    return stands_for(organisation_id).filter(code=code).values_list("pk")


def stands_for(organisation_id: int | None) -> QuerySet[Organisation, int]:
    """Primary keys of the organisations in whose name its posts act: itself while it stands, and those that ended into it.

    Nobody acts in the name of one that has ended from within it. As a subquery, so that a scope stays one statement.
    """
    return _standing_for(organisation_id).all()


# Every scope asks for it, several times a page; the statement of one post is the same until the process ends. It is never
# evaluated itself, so it holds no rows.
@lru_cache(maxsize=1024)
def _standing_for(organisation_id: int | None) -> QuerySet[Organisation, int]:
    own = Q(pk=organisation_id or 0, valid_to__isnull=True)
    return Organisation.objects.filter(own | Q(pk__in=in_place_of(organisation_id))).values_list("pk", flat=True)
