"""The 37 terms of 附件 from the clauses of the gazette, never retyped."""

from collections.abc import Sequence
from dataclasses import dataclass

from finance_policy.enums import DOCUMENT
from finance_policy.rules.terms import Explained, read_term
from miyun_kpi.gazette.models import Clause
from miyun_kpi.gazette.registry import Term
from miyun_kpi.routes import to


@dataclass(frozen=True)
class GlossaryLine:
    ref: str
    term: Explained


def glossary() -> list[GlossaryLine]:
    """One query."""
    rows = Clause.objects.filter(document__ref=DOCUMENT, ref__startswith="附件·", leaf=True).order_by("order")
    read = [(ref, read_term(text)) for ref, text in rows.values_list("ref", "text")]
    return [GlossaryLine(ref, term) for ref, term in read if term is not None]


def terms() -> Sequence[Term]:
    page = to("finance_policy:glossary")
    return [Term(line.term.name, line.ref, line.term.spellings, f"{page}#t{line.term.number}") for line in glossary()]
