"""The schemes that the gazettes print, from the committed fixtures into the database. Runs inside load_gazette's transaction."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from evaluation.enums import FigureKind, FigureStatus
from evaluation.scheme.models.scheme import (
    Dimension,
    DimensionTotal,
    Figure,
    Indicator,
    PrintedEvaluator,
    Scheme,
    SubIndicator,
)
from evaluation.scheme.services.cells import follow_everywhere
from miyun_kpi.acts.acting import acting
from miyun_kpi.gazette.fixtures import read_gazettes
from miyun_kpi.gazette.registry import Loaded
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolver

Data = dict[str, Any]
Resolve = Callable[[str], Organisation]


def load_schemes(at: datetime) -> Loaded:
    """Create what is missing; a figure already there keeps its value, for the office may have confirmed or replaced it."""
    found = resolver()

    def resolve(name: str) -> Organisation:
        organisation = found(name)
        if organisation is None:
            raise ValueError(f"fixtures name an unknown organisation: {name}")
        return organisation

    created, figures = 0, 0
    for data in read_gazettes("scheme_*.json"):
        created += _load_scheme(data, resolve, at)
    # Of a database that an earlier release has written: units that came into a track and were given no cells.
    with acting(SYSTEM, at):
        follow_everywhere(SYSTEM, Track.values, at)
    figures = Figure.objects.count()
    counts = (
        ("考评方案", Scheme.objects.count()),
        ("指标", Indicator.objects.count()),
        ("方案数字", figures),
        ("其中未确认", Figure.objects.unconfirmed().count()),
    )
    return Loaded(created=created, changed=0, counts=counts)


def _load_scheme(data: Data, resolve: Resolve, at: datetime) -> int:
    scheme, new = Scheme.objects.get_or_create(
        year=data["year"],
        track=data["track"],
        defaults={
            "document_id": data["document"],
            "in_force_at": at,
            **{name: data[name] for name in ("title", "clause", "rule_version", "process_from", "process_to")},
        },
    )
    if not new:
        return 0
    dimensions = {
        d["code"]: Dimension(scheme=scheme, code=d["code"], name=d["name"], order=d["order"], clause=d["clause"])
        for d in data["dimensions"]
    }
    Dimension.objects.bulk_create(dimensions.values())
    DimensionTotal.objects.bulk_create(
        DimensionTotal(dimension=dimensions[d["code"]], zone=zone, total=Decimal(total))
        for d in data["dimensions"]
        for zone, total in d["totals"].items()
    )
    indicators = {
        i["number"]: Indicator(
            scheme=scheme,
            dimension=dimensions[i["dimension"]],
            offline_only=i.get("offline_only", False),
            **{name: i[name] for name in ("number", "name", "short_name", "basis", "basis_documents", "clause")},
        )
        for i in data["indicators"]
    }
    Indicator.objects.bulk_create(indicators.values())
    SubIndicator.objects.bulk_create(
        SubIndicator(indicator=indicators[i["number"]], number=number, name=name)
        for i in data["indicators"]
        for number, name in enumerate(i.get("sub_indicators", ()), start=1)
    )
    PrintedEvaluator.objects.bulk_create(
        PrintedEvaluator(
            scheme=scheme,
            order=order,
            printed_name=name,
            organisation=resolve(name),
            clause=data["printed_evaluators"]["clause"],
        )
        for order, name in enumerate(data["printed_evaluators"]["names"], start=1)
    )
    figures = [
        Figure(scheme=scheme, order=order, **fields) for order, fields in enumerate(_figures(data, indicators, resolve))
    ]
    Figure.objects.bulk_create(figures, batch_size=500)
    return len(figures)


def _figures(data: Data, indicators: dict[int, Indicator], resolve: Resolve) -> Iterator[Data]:
    for i in data["indicators"]:
        indicator = indicators[i["number"]]
        for zone, weight in i["weights"].items():
            key = f"weight/{i['number']}/{zone or 'all'}"
            yield {"key": key, "kind": FigureKind.WEIGHT, "indicator": indicator, "zone": zone, **_facts(weight)}
        for place, share in enumerate(i["evaluators"], start=1):
            evaluator = resolve(share["evaluator"])
            yield {
                "key": f"share/{i['number']}/{place}",
                "kind": FigureKind.SHARE,
                "indicator": indicator,
                "organisation": evaluator,
                "part": share.get("part", ""),
                **_facts({**share, "value": f"{evaluator.code}:{share['share']}"}),
            }
        yield {
            "key": f"scope/{i['number']}",
            "kind": FigureKind.SCOPE,
            "indicator": indicator,
            **_facts(i["scope"]),
        }
    for setting in data["settings"]:
        yield {"key": setting["key"], "kind": setting["key"], **_facts(setting)}
    for reading in data["row_readings"]:
        organisation = resolve(reading["organisation"])
        yield {
            "key": f"row-reading/{organisation.code}",
            "kind": FigureKind.ROW_READING,
            "organisation": organisation,
            **_facts(reading),
        }
    carried = _township_carriers if data["track"] == Track.TOWNSHIP else _department_carriers
    yield from carried(data, indicators, resolve)


def _facts(figure: Data) -> Data:
    return {
        "value": figure["value"],
        "status": figure["status"],
        "clause": figure["clause"],
        "note": figure.get("note", ""),
    }


def _carried(indicator: Indicator, organisation: Organisation, facts: Data) -> Data:
    key = f"carried/{indicator.number}/{organisation.code}"
    return {"key": key, "kind": FigureKind.CARRIED, "indicator": indicator, "organisation": organisation, **facts}


def _township_carriers(data: Data, indicators: dict[int, Indicator], resolve: Resolve) -> Iterator[Data]:
    """附件4's 考评对象 column names the carriers of every indicator; who is not named does not carry it."""
    rows = list(Organisation.objects.of_track(Track.TOWNSHIP).in_printed_order())
    for i in data["indicators"]:
        carriers = {resolve(name).pk for name in i["carriers"]}
        for organisation in rows:
            facts = {
                "value": "yes" if organisation.pk in carriers else "no",
                "status": FigureStatus.PRINTED,
                "clause": i["clause"],
                "note": "",
            }
            yield _carried(indicators[i["number"]], organisation, facts)


def _department_carriers(data: Data, indicators: dict[int, Indicator], resolve: Resolve) -> Iterator[Data]:
    for row in data["carriers"]:
        organisation = resolve(row["organisation"])
        for cell in row["cells"]:
            for number in cell["indicators"]:
                facts = _facts({**cell, "clause": row["clause"]})
                yield _carried(indicators[number], organisation, facts)
