"""Reads of organisations, shared by pages, API and imports."""

from collections.abc import Callable
from datetime import date

from django.db.models import Q

from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.organisations.models import Alias, Organisation, OrganisationName


def resolve(text: str) -> Organisation | None:
    """The organisation a text names: canonical name, code or alias, whatever its width of characters and blanks."""
    key = squeeze(text)
    if not key:
        return None
    found = Organisation.objects.filter(Q(key=key) | Q(aliases__key=key) | Q(code=key.lower())).distinct()
    rows = list(found)
    return next((row for row in rows if row.key == key), rows[0] if rows else None)


def resolver() -> Callable[[str], Organisation | None]:
    """Like `resolve`, with everything loaded once (two queries): for imports."""
    by_key: dict[str, Organisation] = {}
    rows = {row.pk: row for row in Organisation.objects.all()}
    for alias_key, pk in Alias.objects.values_list("key", "organisation_id"):
        by_key[alias_key] = rows[pk]
    for row in rows.values():
        by_key[row.code] = row
    for row in rows.values():
        by_key[row.key] = row
    return lambda text: by_key.get(squeeze(text)) or by_key.get(squeeze(text).lower())


def name_on(organisation: Organisation, day: date) -> str:
    """The name valid on the day; the present name where no other is recorded."""
    found = (
        OrganisationName.objects.filter(organisation=organisation)
        .filter(Q(valid_from__isnull=True) | Q(valid_from__lte=day))
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
        .order_by("-valid_from")
        .values_list("name", flat=True)
        .first()
    )
    return found or organisation.name
