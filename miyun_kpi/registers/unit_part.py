"""What the registers show of a unit on its page: records that are its own or lie in it, within the reader's scope of each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from django.db.models import Count as Counted
from django.db.models import Q, QuerySet

from miyun_kpi.lib.citations import document_label
from miyun_kpi.lib.lists import first
from miyun_kpi.organisations.unit_record import Asked, Block, Cell, Count, Part
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.queries.overview import counted_by_stage, overdue, title_of
from miyun_kpi.registers.registry import Keeper, all_kinds, record_address
from miyun_kpi.registers.rules.kinds import Kind
from miyun_kpi.routes import to

SHOWN = 30


def _seen(asked: Asked) -> QuerySet[Record]:
    """One question for all registers; who keeps several is asked once, and all of it once a page."""
    kept: QuerySet[Record] | None = asked.kept.get("records")
    if kept is not None:
        return kept
    known: dict[Keeper, Keeper] = {}
    scope = Q(pk__in=[])
    for kind, rights in all_kinds():
        rights = replace(rights, keeper=known.setdefault(rights.keeper, cache(rights.keeper)))
        scope |= Q(rights.sees(asked.actor), kind=kind.key)
    own = Q(owner=asked.organisation) | Q(town=asked.organisation)
    found = Record.objects.filter(scope, own, struck_at__isnull=True).order_by()
    asked.kept["records"] = found
    return found


def _kinds() -> dict[str, Kind]:
    return {kind.key: kind for kind, _ in all_kinds()}


def _address(kind: Kind) -> str:
    return to(f"{kind.subject or kind.app}:records", kind.code)


def _counted(asked: Asked) -> Mapping[str, Mapping[str, int]]:
    """Register → stage → records."""
    if "counted" not in asked.kept:
        asked.kept["counted"] = counted_by_stage(_seen(asked))[0]
    found: Mapping[str, Mapping[str, int]] = asked.kept["counted"]
    return found


def present(asked: Asked) -> bool:
    return bool(_counted(asked))


def _late_by_kind(asked: Asked, seen: QuerySet[Record]) -> dict[str, int]:
    late = overdue(seen, list(_kinds().values()), asked.at)
    return dict(late.values_list("kind").annotate(number=Counted("pk")).order_by())


def counts(asked: Asked) -> list[Count]:
    seen, kinds = _seen(asked), _kinds()
    late = _late_by_kind(asked, seen)
    by_document: dict[str, list[int]] = {}
    for key, stages in _counted(asked).items():
        kind = kinds[key]
        open_ = sum(stages.get(code, 0) for code in kind.open_stages)
        found = by_document.setdefault(kind.document, [0, 0])
        found[0] += open_
        found[1] += late.get(key, 0)
    address = to("organisations:organisation", asked.organisation.code, tab="registers")
    return [
        Count(document, document_label(document), "登记簿", open_, overdue_, address)
        for document, (open_, overdue_) in by_document.items()
    ]


def blocks(asked: Asked) -> Sequence[Block]:
    seen, kinds = _seen(asked), _kinds()
    late = _late_by_kind(asked, seen)
    found = sorted(_counted(asked).items(), key=lambda one: (kinds[one[0]].document, one[0]))
    rows = []
    for key, stages in found:
        kind = kinds[key]
        rows.append(
            [
                Cell(document_label(kind.document)),
                Cell(kind.title, _address(kind)),
                Cell(sum(stages.values())),
                Cell(sum(stages.get(code, 0) for code in kind.open_stages) if kind.stages else "–"),
                Cell(late.get(key, 0) if kind.due else "–"),
            ]
        )
    counted = Block("登记簿里有它的", ["文件", "登记簿", "条数:num", "在办:num", "逾期:num"], rows)
    return [counted, *_overdue(asked, seen, kinds)]


def _overdue(asked: Asked, seen: QuerySet[Record], kinds: dict[str, Kind]) -> list[Block]:
    """Without those of protected registers, which are opened one by one with a reason."""
    told = [kind for kind in kinds.values() if not kind.protected]
    listed = first(overdue(seen.filter(kind__in=[kind.key for kind in told]), told, asked.at), SHOWN)
    if not listed.number:
        return []
    rows = []
    for record in listed:
        kind = kinds[record.kind]
        rows.append(
            [
                Cell(title_of(kind, record), record_address(kind, record.pk)),
                Cell(kind.title),
                Cell(f"{document_label(kind.document)}·{kind.clause}"),
                Cell(record.values.get(kind.due, "")),
                Cell("", state="overdue"),
            ]
        )
    heads = ["登记", "登记簿", "条款", "期限", "状态"]
    return [Block("逾期没有办结的", heads, rows, end=f"{listed.number} 条", rest=listed.rest)]


PART = Part("registers", 30, present=present, blocks=blocks, counts=counts)
