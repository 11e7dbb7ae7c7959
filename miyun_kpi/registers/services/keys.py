"""What no two standing records share: kept while nobody reads it anew, and passed on when it becomes free."""

from collections.abc import Collection, Mapping

from miyun_kpi.acts.acting import lock_all
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.rules.kinds import Kind
from miyun_kpi.registers.rules.stored import LONGEST_KEY, twice_words, unique_key

# Longer than the place that tells a twin's key apart.
_BESIDE = 20


def key_after(kind: Kind, row: Record, values: Mapping[str, str], read: Collection[str] | None) -> str | None:
    """Of a record that gets these values; `read`: the fields that were read now, None for all.

    One that stands twice has a key beside the other's: steps, handing over and taking down leave it, an edit of its whole reads
    its number again.
    """
    if read is not None and all(values.get(name, "") == row.values.get(name, "") for name in kind.unique):
        return row.unique_key
    return unique_key(kind, values)


def pass_on(kind: Kind, freed: str | None, number: int) -> None:
    """The key that the record of this number has given up: of those that stand twice beside it the first has it now, and is
    in doubt no more; the others are told that it is this one."""
    if freed is None:
        return
    standing = Record.objects.filter(kind=kind.key, struck_at__isnull=True)
    beside = standing.filter(unique_key__startswith=f"{freed:.{LONGEST_KEY - _BESIDE}}").exclude(unique_key=freed)
    found = sorted(lock_all(beside), key=lambda row: row.number)
    twins = [row for row in found if unique_key(kind, row.values) == freed]
    said = twice_words(kind, number)
    for row in twins:
        about = row.doubts.filter(field__in=kind.unique, why=said)
        if row is twins[0]:
            row.unique_key = freed
            row.save(update_fields=["unique_key"])
            about.delete()
        else:
            about.update(why=twice_words(kind, twins[0].number))


def registered_twice(kind: Kind, values: Mapping[str, str]) -> Refused:
    """What to say when the store refused a record for its key."""
    key = unique_key(kind, values)
    if key is None or not Record.objects.filter(kind=kind.key, unique_key=key).exists():
        # Not this record again, only the same running number taken at the same moment.
        return Conflict("busy", "同一时刻有别人在登记，没有保存。请再按一次。")
    places = dict(Organisation.objects.filter(code__in=values.values()).values_list("code", "name"))
    shown = {name: kind.field(name).words(values.get(name, "")) for name in kind.unique}
    said = "、".join(f"{kind.field(name).label}“{places.get(text, text)}”" for name, text in shown.items())
    return Refused("already-registered", f"{said}已经登记过，没有保存。请打开原来的那一条修改。")
