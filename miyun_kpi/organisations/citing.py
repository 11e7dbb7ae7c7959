from collections.abc import Sequence

from miyun_kpi.gazette.registry import Citing
from miyun_kpi.lib.citations import code_of
from miyun_kpi.organisations.models import Alias, Organisation
from miyun_kpi.organisations.queries import found_by_name
from miyun_kpi.routes import to


def organisations_named_in(document: str, ref: str) -> Sequence[Citing]:
    """Organisations and aliases whose recorded source is this clause."""
    source = f"{code_of(document)}·{ref}"
    found = [
        Citing(
            "机构",
            row.name,
            to("organisations:organisation", row.code),
        )
        for row in Organisation.objects.filter(clause=source).in_printed_order()
    ]
    for alias in Alias.objects.filter(source=source).select_related("organisation").order_by("text"):
        url = to("organisations:organisation", alias.organisation.code)
        found.append(Citing("别名", f"{alias.text}（{alias.organisation.name}）", url))
    return found


def organisations_called(words: str) -> Sequence[Citing]:
    """For the search page: organisations whose name, code or alias contains the words."""
    return [Citing("机构", row.name, to("organisations:organisation", row.code)) for row in found_by_name(words)]
