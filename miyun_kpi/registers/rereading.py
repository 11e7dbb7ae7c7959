"""Stored records read again by the types their fields have now: for the migration that follows when a field gets one."""

from typing import Any

from miyun_kpi.db.sealed import HIDDEN, at_rest
from miyun_kpi.registers.registry import all_kinds
from miyun_kpi.registers.rules.kinds import Field, Kind
from miyun_kpi.registers.rules.stored import REREAD, Old, reread, search_words


def reread_all(apps: Any) -> tuple[int, int]:
    """With the models of a migration. Returns how many records changed and how many texts stay in doubt; again it is 0."""
    changed = doubts = 0
    for kind, _ in all_kinds():
        if any(one.type in REREAD for one in kind.fields):
            more, open_ones = _reread_kind(apps, kind)
            changed, doubts = changed + more, doubts + open_ones
    return changed, doubts


def _sealed(one: Field, text: str) -> str:
    return at_rest(text, findable=one.findable)


def _reread_kind(apps: Any, kind: Kind) -> tuple[int, int]:
    records, doubt = apps.get_model("registers", "Record").objects, apps.get_model("registers", "Doubt")
    rows = list(records.filter(kind=kind.key).select_related("owner", "town").order_by("number"))
    changed = []
    old = [Old(row.pk, row.number, row.values, row.struck_at is None, row.unique_key) for row in rows]
    found = reread(kind, old, _sealed)
    moved = []
    for row, one in zip(rows, found, strict=True):
        names = [place.name for place in (row.owner, row.town) if place]
        words = search_words(kind, one.values, names)
        if (one.values, one.key, words) != (row.values, row.unique_key, row.words):
            moved += [row.pk] if one.key != row.unique_key else []
            row.values, row.unique_key, row.words = one.values, one.key, words
            changed.append(row)
    # One may get the key that another still has: the database looks at each row, not at the end of the statement.
    without = [records.model(pk=pk, unique_key=None) for pk in moved]
    records.bulk_update(without, ["unique_key"], batch_size=500)
    records.bulk_update(changed, ["values", "unique_key", "words"], batch_size=500)
    doubt.objects.filter(record__kind=kind.key).delete()
    open_ones = [doubt(record_id=one.old.pk, field=name, why=why) for one in found for name, why in one.doubts.items()]
    doubt.objects.bulk_create(open_ones, batch_size=500)
    _seal_trail(apps, kind)
    return len(changed), len(open_ones)


def _seal_trail(apps: Any, kind: Kind) -> None:
    """What stood in a sealed field before a change lies in the trail of the record: sealed as well, not lost."""
    if not any(one.sealed for one in kind.fields):
        return
    for event in apps.get_model("registers", "RecordEvent").objects.filter(record__kind=kind.key).exclude(before={}):
        before = _sealed_values(kind, event.before)
        if before != event.before:
            event.before = before
            event.save(update_fields=["before"])


def _sealed_values(kind: Kind, values: dict[str, str]) -> dict[str, str]:
    known = {one.name: one for one in kind.fields if one.sealed}
    return {name: _sealed(known[name], text) if name in known else text for name, text in values.items()}


def seal_papers(apps: Any) -> None:
    """The same texts in what two persons decided or still have to: 期初 holds tokens, a 勘正 that they were changed.

    A 勘正 of such a field that still waits is refused when it is confirmed: the field is put right on the page of the record.
    """
    record, fact = apps.get_model("registers", "Record").objects, apps.get_model("emendations", "EmendedFact").objects
    for kind, _ in all_kinds():
        names = [one.name for one in kind.fields if one.sealed]
        if not names:
            continue
        emended = record.filter(kind=kind.key).values("pk")
        found = fact.filter(emendation__subject="record", emendation__subject_id__in=emended, field__in=names)
        found.update(**dict.fromkeys(("before", "after", "before_words", "after_words"), HIDDEN))
        for row in apps.get_model("proposals", "Proposal").objects.filter(
            code="registers-opening", given__app=kind.app, given__kind=kind.code
        ):
            for one in row.given["rows"]:
                one["values"] = _sealed_values(kind, one["values"])
            row.save(update_fields=["given"])
