from collections.abc import Sequence

from evaluation.scheme.models.scheme import Figure, Indicator, Scheme
from miyun_kpi.gazette.registry import Citing
from miyun_kpi.routes import to


def figures_citing(document: str, ref: str) -> Sequence[Citing]:
    """Indicators and weights that rest on a clause of the scheme's document."""
    found = []
    issued = Scheme.objects.issued()
    for indicator in Indicator.objects.filter(
        scheme__in=issued, scheme__document_id=document, clause=ref
    ).select_related("scheme"):
        url = to("evaluation:scheme", indicator.scheme.year, indicator.scheme.track)
        found.append(Citing("指标", f"{indicator.number} {indicator.short_name}", f"{url}#i{indicator.number}"))
    weights = Figure.objects.filter(
        scheme__in=issued, scheme__document_id=document, clause=ref, kind="weight"
    ).select_related("scheme", "indicator")
    for figure in weights:
        assert figure.indicator is not None
        url = to("evaluation:figure", figure.pk)
        name = f"{figure.indicator.short_name} {figure.get_zone_display()} {figure.value} 分"
        found.append(Citing("分值", " ".join(name.split()), url))
    return found
