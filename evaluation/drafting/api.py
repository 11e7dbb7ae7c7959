from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from evaluation.drafting.queries.comparison import comparison
from evaluation.drafting.queries.pages import problems_of
from evaluation.drafting.rules.scheme_compare import KIND_WORDS
from evaluation.enums import ActState, SchemeState
from evaluation.periods.api import STANDINGS
from evaluation.scheme.access.drafts import schemes_visible_to
from evaluation.scheme.models.drafting import Amendment
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.scheme.queries.amendments import amendments_of
from evaluation.scheme.queries.schemes import IndicatorView, SchemeView, scheme_view
from miyun_kpi.api.answers import Answer, Code, Exact, Fraction, Period, paged
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, read_params
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.decimals import plain
from miyun_kpi.organisations.enums import Track
from miyun_kpi.requests import ApiRequest

# Whether figures of an indicator that enter the arithmetic are still to be confirmed.
SETTLED = (("settled", "都有依据或已确认"), ("unconfirmed", "有待确认的数"))
BY_ZONE = "按分区代码；不分区的为 all"


class WeightFigureSerializer(Answer):
    value = Exact()
    status = Code(STANDINGS)
    clause = serializers.CharField()


class SettingFigureSerializer(Answer):
    value = serializers.CharField()
    status = Code(STANDINGS)


class EvaluatorShareSerializer(Answer):
    organisation = serializers.CharField()
    name = serializers.CharField()
    share = Fraction()
    part = serializers.CharField(allow_null=True, help_text="只考评其中一部分的，是哪一部分")
    status = Code(STANDINGS)


class SchemeIndicatorSerializer(Answer):
    number = serializers.IntegerField()
    name = serializers.CharField()
    full_name = serializers.CharField()
    dimension = serializers.CharField()
    clause = serializers.CharField()
    weights = serializers.DictField(child=WeightFigureSerializer(), help_text=BY_ZONE)
    evaluators = EvaluatorShareSerializer(many=True)
    scope = SettingFigureSerializer()
    carriers = serializers.ListField(child=serializers.CharField())
    carrier_status = serializers.DictField(
        child=Code(STANDINGS), help_text="按机构代码，不承担的也在内：这一格依据什么"
    )
    status = Code(SETTLED)
    unconfirmed = serializers.IntegerField()


class SchemeDimensionSerializer(Answer):
    code = serializers.CharField()
    name = serializers.CharField()
    totals = serializers.DictField(child=Exact(), help_text=BY_ZONE)


class SchemeIssueSerializer(Answer):
    title = serializers.CharField()
    document_number = serializers.CharField()
    organ = serializers.CharField()
    approved_on = serializers.DateField()
    confirmed_at = serializers.DateTimeField(allow_null=True)


class FigureChangeSerializer(Answer):
    figure = serializers.CharField()
    old = serializers.CharField()
    new = serializers.CharField()


class AmendmentSerializer(Answer):
    number = serializers.IntegerField()
    effective_from = Period()
    reason = serializers.CharField()
    organ = serializers.CharField()
    approved_on = serializers.DateField()
    document_number = serializers.CharField()
    changes = FigureChangeSerializer(many=True)


class SchemeSerializer(Answer):
    id = serializers.IntegerField()
    track = Code(Track)
    year = serializers.IntegerField()
    title = serializers.CharField()
    state = Code(SchemeState)
    document = serializers.CharField(allow_null=True)
    rule_version = serializers.CharField()
    continues = serializers.IntegerField(allow_null=True, help_text="由哪个方案拟定")
    issued = SchemeIssueSerializer(allow_null=True)
    amendments = AmendmentSerializer(many=True)
    dimensions = SchemeDimensionSerializer(many=True)
    settings = serializers.DictField(child=SettingFigureSerializer())
    indicators = SchemeIndicatorSerializer(many=True)
    unconfirmed = serializers.IntegerField()


class DraftProblemSerializer(Answer):
    code = serializers.CharField()
    message = serializers.CharField()


class SchemeChangeSerializer(Answer):
    kind = Code(KIND_WORDS)
    subject = serializers.CharField()
    old = serializers.CharField()
    new = serializers.CharField()


class SchemeDraftSerializer(Answer):
    id = serializers.IntegerField()
    problems = DraftProblemSerializer(many=True)
    changes = SchemeChangeSerializer(many=True)


def _clause(figure: Figure) -> str:
    return figure.scheme.cite(figure.clause)


def indicator_json(view: SchemeView, iv: IndicatorView) -> dict[str, Any]:
    """`status` of an indicator is the weakest of its figures that enter the arithmetic."""
    codes = {o.pk: o.code for o in view.organisations}
    figures = [*iv.weights.values(), *(s.figure for s in iv.shares), iv.scope, *iv.carried.values()]
    return {
        "number": iv.indicator.number,
        "name": iv.indicator.short_name,
        "full_name": iv.indicator.name,
        "dimension": iv.indicator.dimension.code,
        "clause": view.scheme.cite(iv.indicator.clause),
        "weights": {
            zone or "all": {"value": f.value, "status": f.standing, "clause": _clause(f)}
            for zone, f in iv.weights.items()
        },
        "evaluators": [
            {
                "organisation": s.evaluator.code,
                "name": s.evaluator.name,
                "share": str(s.share),
                "part": s.figure.part or None,
                "status": s.figure.standing,
            }
            for s in iv.shares
        ],
        "scope": {"value": iv.scope.value, "status": iv.scope.standing},
        "carriers": [codes[pk] for pk in codes if pk in iv.carriers],
        "carrier_status": {code: iv.carried[pk].standing for pk, code in codes.items() if pk in iv.carried},
        "status": "unconfirmed" if any(f.unsettled for f in figures) else "settled",
        "unconfirmed": sum(f.unsettled for f in figures),
    }


def _issue_json(scheme: Scheme) -> dict[str, Any] | None:
    """The 审定 of a scheme that was issued here; None for one of the gazette, and for a draft."""
    issue = scheme.issues.filter(state=ActState.CONFIRMED).first()
    if issue is None:
        return None
    return {
        "title": issue.title,
        "document_number": issue.document_number,
        "organ": issue.organ,
        "approved_on": issue.approved_on.isoformat(),
        "confirmed_at": issue.decided_at.astimezone().isoformat() if issue.decided_at else None,
    }


def _amendment_json(amendment: Amendment) -> dict[str, Any]:
    return {
        "number": amendment.number,
        "effective_from": amendment.effective_from,
        "reason": amendment.reason,
        "organ": amendment.organ,
        "approved_on": amendment.approved_on.isoformat(),
        "document_number": amendment.document_number,
        "changes": [
            {"figure": c.figure.key, "old": c.old_value, "new": c.new_value}
            for c in amendment.changes.select_related("figure")
        ],
    }


def scheme_json(scheme: Scheme) -> dict[str, Any]:
    view = scheme_view(scheme)
    dimensions: dict[str, dict[str, Any]] = {}
    for iv in view.indicators:
        dimension = iv.indicator.dimension
        dimensions.setdefault(
            dimension.code,
            {
                "code": dimension.code,
                "name": dimension.name,
                "totals": {zone or "all": plain(view.dimension_totals[zone, dimension.code]) for zone in view.zones},
            },
        )
    return {
        "id": scheme.pk,
        "track": scheme.track,
        "year": scheme.year,
        "title": scheme.title,
        "state": scheme.state,
        "document": scheme.document_id,
        "rule_version": scheme.rule_version,
        "continues": scheme.copied_from_id,
        "issued": _issue_json(scheme),
        "amendments": [_amendment_json(one) for one in amendments_of(scheme, everything=False)],
        "dimensions": list(dimensions.values()),
        "settings": {key: {"value": f.value, "status": f.standing} for key, f in view.settings.items()},
        "indicators": [indicator_json(view, iv) for iv in view.indicators],
        "unconfirmed": len(view.unconfirmed),
    }


class Schemes(APIView):
    @paged("schemes", SchemeSerializer)
    def get(self, request: ApiRequest) -> Response:
        """考评方案。"""
        read_params(request, NoFilters)
        return paginate(request, schemes_visible_to(request.actor).order_by("-year", "-track"), scheme_json)


class OneScheme(APIView):
    @extend_schema(operation_id="scheme", responses=SchemeSerializer)
    def get(self, request: ApiRequest, scheme_id: int) -> Response:
        """一个方案的维度、指标、分值、考评部门与承担单位。"""
        read_params(request, NoFilters)
        scheme = one_of(schemes_visible_to(request.actor).filter(pk=scheme_id))
        return Response(scheme_json(scheme))


class DraftProblems(APIView):
    @extend_schema(operation_id="draft_problems", responses=SchemeDraftSerializer)
    def get(self, request: ApiRequest, scheme_id: int) -> Response:
        """草案的检查和与上年的对比；只有考评办的令牌看得到。"""
        read_params(request, NoFilters)
        drafts = schemes_visible_to(request.actor).filter(state=SchemeState.DRAFT)
        scheme = one_of(drafts.select_related("copied_from").filter(pk=scheme_id))
        found = comparison(scheme)
        changes = found.changes if found else []
        return Response(
            {
                "id": scheme.pk,
                "problems": [{"code": p.code, "message": p.sentence} for p in problems_of(scheme)],
                "changes": [{"kind": c.kind, "subject": c.subject, "old": c.old, "new": c.new} for c in changes],
            }
        )
