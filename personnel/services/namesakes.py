"""同一人？ is asked whenever somebody of that name is known: two people of one name are never made one in silence (16号、23号、32号)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.organisations.queries import resolve
from personnel.enums import ActKind
from personnel.models import Act, Person
from personnel.queries.terms import book

SAME, OTHER = "yes", "no"
T = TypeVar("T", bound=Any)


def known_as(name: str) -> list[Person]:
    """Everybody of this name whom a standing act names."""
    said = "".join(name.split())
    return list(Person.objects.filter(name=said, acts__in=Act.objects.standing()).distinct().order_by("note", "pk"))


def question(people: Sequence[Person]) -> str:
    """Who is known, each with the posts held last."""
    lines = [line for line in book().lines if line.person in people]
    said = []
    for one in people:
        own = [line for line in lines if line.person == one]
        held = [line for line in own if line.ended is None] or own[-1:]
        posts = "、".join(
            f"{line.position}（{line.term.since or '期初'}{'起' if line.ended is None else '任，已免'}）"
            for line in held
        )
        said.append(f"{one}：{posts or '没有现任职务'}")
    return "；".join(said)


def told_apart(given: T, notice_id: int | None = None) -> T:
    """`given` (a dataclass with person, note, organisation, title, kind, same) as the answer makes it.

    Not asked where the post itself says who is meant (a removal of the one who holds it), nor for somebody whom the same
    draft names already. 是同一人 takes the 区别 of the only one known; 不是 must bear a 区别 that nobody of the name has.
    """
    known = known_as(given.person)
    if not known or _says_itself(given, known, notice_id):
        return given
    notes = {one.note for one in known}
    if given.same == SAME:
        if given.note.strip() in notes:
            return given
        if len(known) == 1 and not given.note.strip():
            return replace(given, note=known[0].note)
        raise _refused(f"已有{question(known)}。是同一人的，“区别”要与其中一个相同，没有保存。", "note")
    if given.same == OTHER:
        if given.note.strip() and given.note.strip() not in notes:
            return given
        said = (
            f"已有{question(known)}。不是同一人的，请在“区别”里写明能认出的字（如原单位），不与已有的相同；没有保存。"
        )
        raise _refused(said, "note")
    raise _refused(f"已有同名的人，{question(known)}。请先答“同一人？”，没有保存。", "same")


def _says_itself(given: Any, known: Sequence[Person], notice_id: int | None) -> bool:
    ids = [one.pk for one in known if one.note == given.note.strip()]
    if notice_id is not None and Act.objects.filter(notice=notice_id, person_id__in=ids).exists():
        return True
    if given.kind != ActKind.REMOVE:
        return False
    organisation, title = resolve(given.organisation), "".join(given.title.split())
    return any(
        line.ended is None
        and line.person.pk in ids
        and line.position.organisation == organisation
        and line.position.title == title
        for line in book().lines
    )


def _refused(said: str, field: str) -> Refused:
    return Refused("same-person", said, errors=[FieldError(said, "same-person", field=field)])
