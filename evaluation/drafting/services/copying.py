"""拟定下一年度方案: a scheme in force copied into a draft of the year after."""

from datetime import datetime

from django.db import IntegrityError

from evaluation.drafting.services.lock import lock_draft, record_edit, require_version
from evaluation.enums import FigureKind, FigureStatus, SchemeState
from evaluation.scheme.access.drafts import require_drafting
from evaluation.scheme.models.scheme import (
    Dimension,
    DimensionTotal,
    Figure,
    Indicator,
    PrintedEvaluator,
    Scheme,
    SubIndicator,
)
from evaluation.scheme.rules.figures import draft_key
from evaluation.scheme.services.cells import blank_cells
from miyun_kpi.acts.acting import acting, locked
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Conflict, Refused
from miyun_kpi.lib.reading import read_reason
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import successors

# What a copy does not take over: its own document is known at 印发, until then it cites none.
_OWN = {
    *(
        "id",
        "year",
        "title",
        "state",
        "document",
        "rule_version",
        "process_from",
        "process_to",
        "copied_from",
        "version",
    ),
}


def copy_scheme(*, actor: Actor, scheme_id: int, at: datetime) -> Scheme:
    """Everything of a scheme in force as a draft of the next year; both years stay open side by side.

    A copied figure is no 原文 of the new document: it is 推定, says what it continues, and is settled by the 审定.
    """
    source = one_of(Scheme.objects.issued().filter(pk=scheme_id))
    require_drafting(actor, source.track)
    try:
        with acting(actor, at) as act:
            source = locked(Scheme.objects.all(), scheme_id)
            if source.state != SchemeState.IN_FORCE:
                raise Refused("not-in-force", "只能从在用的方案拟定下一年度方案，没有新建。请选在用的那一年。")
            scheme = _copy(source)
            subject = f"scheme:{scheme.pk}"
            data = {"from": source.pk, "year": scheme.year, "track": scheme.track}
            act.record("evaluation.draft.copied", subject, **data)
    except IntegrityError:
        existing = Scheme.objects.get(year=source.year + 1, track=source.track)
        raise Conflict(
            "exists",
            f"{existing.year}年的方案已经有了（{existing.get_state_display()}），没有再建。请打开那一份。",
        ) from None
    return scheme


def discard_draft(*, actor: Actor, scheme_id: int, version: int, reason: str, at: datetime) -> None:
    """A draft that will not be issued goes with everything of it; its edits stay in the audit, and a new copy can be made."""
    said = read_reason(reason, "请写删去草案的理由", most=300)
    with acting(actor, at):
        scheme = lock_draft(actor, scheme_id, at)
        require_version(scheme.version, version, "草案")
        data = {"year": scheme.year, "track": scheme.track, "reason": said}
        record_edit(actor, "discarded", scheme, data, at)
        scheme.indicators.all().delete()
        scheme.delete()


def _copy(source: Scheme) -> Scheme:
    year = source.year + 1
    kept = {f.attname: getattr(source, f.attname) for f in Scheme._meta.concrete_fields if f.name not in _OWN}
    scheme = Scheme.objects.create(
        **kept,
        year=year,
        title=source.title.replace(str(source.year), str(year)),
        state=SchemeState.DRAFT,
        rule_version=f"{year}·草案",
        process_from=_a_year_on(source.process_from),
        process_to=_a_year_on(source.process_to),
        copied_from=source,
    )
    dimensions = {
        d.pk: Dimension(scheme=scheme, code=d.code, name=d.name, order=d.order, clause=d.clause)
        for d in source.dimensions.all()
    }
    Dimension.objects.bulk_create(dimensions.values())
    DimensionTotal.objects.bulk_create(
        DimensionTotal(dimension=dimensions[t.dimension_id], zone=t.zone, total=t.total)
        for t in DimensionTotal.objects.filter(dimension__scheme=source)
    )
    indicators = {
        i.pk: Indicator(
            scheme=scheme,
            dimension=dimensions[i.dimension_id],
            from_indicator=i,
            number=i.number,
            name=i.name,
            short_name=i.short_name,
            basis=i.basis,
            basis_documents=i.basis_documents,
            clause=i.clause,
            offline_only=i.offline_only,
        )
        for i in source.indicators.all()
    }
    Indicator.objects.bulk_create(indicators.values())
    SubIndicator.objects.bulk_create(
        SubIndicator(indicator=indicators[s.indicator_id], number=s.number, name=s.name)
        for s in SubIndicator.objects.filter(indicator__scheme=source)
    )
    PrintedEvaluator.objects.bulk_create(
        PrintedEvaluator(
            scheme=scheme,
            order=p.order,
            printed_name=p.printed_name,
            organisation_id=p.organisation_id,
            clause=p.clause,
        )
        for p in source.printed_evaluators.all()
    )
    _copy_figures(source, scheme, indicators)
    return scheme


def _copy_figures(source: Scheme, scheme: Scheme, indicators: dict[int, Indicator]) -> None:
    """Cells of organisations no longer in the track fall away; those that are new carry nothing yet. A share of an evaluator
    that has ended goes to the body that took it over, where there is one; of several the check asks which."""
    track = list(Organisation.objects.of_track(source.track).in_printed_order())
    current = {o.pk for o in track}
    found = list(Figure.objects.filter(scheme=source).select_related("organisation").order_by("order"))
    evaluators = [f.organisation for f in found if f.kind == FigureKind.SHARE and f.organisation]
    took_over = {pk: bodies[0] for pk, bodies in successors(evaluators).items() if len(bodies) == 1}
    figures = []
    carried: set[tuple[int, int]] = set()
    for figure in found:
        indicator = indicators[figure.indicator_id] if figure.indicator_id else None
        if figure.kind == "carried":
            if figure.organisation_id not in current:
                continue
            carried.add((figure.indicator_id or 0, figure.organisation_id or 0))
        one = _continued(figure, source, scheme, indicator)
        if figure.kind == FigureKind.SHARE and (heir := took_over.get(figure.organisation_id or 0)):
            _hand_over(one, heir)
        figures.append(one)
    last = max((f.order for f in figures), default=0)
    new = [(item, unit) for pk, item in indicators.items() for unit in track if (pk, unit.pk) not in carried]
    figures += blank_cells(scheme, new, note=f"{source.year}年方案没有这家单位。", first=last + 1)
    Figure.objects.bulk_create(figures, batch_size=500)


def _continued(figure: Figure, source: Scheme, scheme: Scheme, indicator: Indicator | None) -> Figure:
    head, _, rest = figure.key.partition("/")
    key = draft_key(head, indicator.pk, rest.partition("/")[2]) if indicator else figure.key
    stood = f"{figure.get_status_display()}{'，已确认' if figure.confirmed else ''}"
    return Figure(
        scheme=scheme,
        key=key,
        kind=figure.kind,
        indicator=indicator,
        zone=figure.zone,
        organisation=figure.organisation,
        part=figure.part,
        value=figure.value,
        status=FigureStatus.ASSUMED,
        clause=figure.clause,
        note=f"沿用{source.year}年：{stood}，{source.cite(figure.clause)}",
        order=figure.order,
    )


def _hand_over(share: Figure, heir: Organisation) -> None:
    assert share.organisation is not None
    share.note += f"；{share.organisation.name}已撤并，由{heir.name}承接"
    share.organisation, share.value = heir, f"{heir.code}:{share.value.rpartition(':')[2]}"


def _a_year_on(month: str) -> str:
    return f"{int(month[:4]) + 1:04d}{month[4:]}"
