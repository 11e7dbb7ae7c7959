"""REST of 27号: stations, stays, entitlements, applications, trial. Names masked, never another personal datum."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from miyun_kpi.api.acts import api_act
from miyun_kpi.api.answers import Answer, Code, Exact, NamedSerializer, paged
from miyun_kpi.api.bodies import Body
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, RenamedChoiceField, read_params
from miyun_kpi.lib.citations import cite
from miyun_kpi.proposals.api_months import months_view
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration
from postdoc import access
from postdoc.enums import DOCUMENT, Grant, Leaving, Phase, StationKind
from postdoc.models import Application, Person, Station
from postdoc.queries.entitlement import Whole, people, whole_of
from postdoc.queries.figures import figures
from postdoc.queries.money import balance_of, months, with_lines
from postdoc.queries.stays import Line, line_of, with_milestones
from postdoc.queries.trial import MOST_STAYS, trial
from postdoc.rules.calendar import FIRST, LAST
from postdoc.rules.entitlement import MONTH_STATES, Finding, Month, total

MOST = 2**31 - 1


def day(**options: Any) -> serializers.DateField:
    return serializers.DateField(validators=[_meant], **options)


def _meant(value: date) -> None:
    if not FIRST <= value <= LAST:
        raise serializers.ValidationError(f"请写 {FIRST} 至 {LAST} 之间的一天。")


# The states of queries.stays.Line and of rules.milestones.Milestone.
STAY_STATES = (("running", "在站"), ("due", "将到期"), ("overdue", "有逾期"), ("done", "已出站"), ("ended", "已退站"))
MILESTONE_STATES = (
    ("done", "已完成"),
    ("late_done", "逾期完成"),
    ("failed", "不合格"),
    ("soon", "将到期"),
    ("overdue", "逾期"),
    ("later", "未到"),
)


class PostdocStationSerializer(Answer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = Code(StationKind)
    host = serializers.CharField()
    keeper = NamedSerializer()
    approved_on = serializers.DateField()
    approval = serializers.CharField()
    version = serializers.IntegerField()
    demo = serializers.BooleanField()


class MaskedPersonSerializer(Answer):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    name = serializers.CharField(help_text="只有姓")


class StayMilestoneSerializer(Answer):
    code = serializers.CharField()
    title = serializers.CharField()
    by = serializers.DateField()
    done_on = serializers.DateField(allow_null=True)
    state = Code(MILESTONE_STATES)
    clause = serializers.CharField()


class PostdocStaySerializer(Answer):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    person = MaskedPersonSerializer()
    station = serializers.IntegerField()
    entered_on = serializers.DateField()
    ends_on = serializers.DateField()
    left_on = serializers.DateField(allow_null=True)
    leaving = Code(Leaving, allow_null=True)
    state = Code(STAY_STATES)
    milestones = StayMilestoneSerializer(many=True)
    version = serializers.IntegerField()
    demo = serializers.BooleanField()


class LivingMonthSerializer(Answer):
    month = serializers.CharField()
    stay = serializers.IntegerField()
    state = Code(MONTH_STATES)
    amount = Exact(places=2)
    slot = serializers.IntegerField(allow_null=True, help_text="期限内第几个月")
    why = serializers.CharField()
    clause = serializers.CharField()


class AppliedLivingMonthSerializer(LivingMonthSerializer):
    application = serializers.IntegerField(allow_null=True, help_text="申报的编号")


class GrantReasonSerializer(Answer):
    met = serializers.BooleanField()
    text = serializers.CharField()
    clause = serializers.CharField()


class GrantFindingSerializer(Answer):
    grant = Code(Grant)
    entitled = serializers.BooleanField()
    amount = Exact(places=2)
    from_day = serializers.DateField(allow_null=True)
    reasons = GrantReasonSerializer(many=True)


class AppliedGrantSerializer(GrantFindingSerializer):
    stay = serializers.IntegerField()
    application = serializers.IntegerField(allow_null=True, help_text="申报的编号")


class EntitlementSerializer(Answer):
    person = MaskedPersonSerializer()
    on = serializers.DateField()
    months_due = serializers.IntegerField()
    due = Exact(places=2)
    claimed = Exact(places=2)
    months = AppliedLivingMonthSerializer(many=True)
    grants = AppliedGrantSerializer(many=True)


class GrantApplicationSerializer(Answer):
    id = serializers.IntegerField()
    number = serializers.IntegerField()
    grant = Code(Grant)
    station = serializers.IntegerField()
    stay = serializers.IntegerField(allow_null=True)
    name = serializers.CharField(allow_null=True, help_text="只有姓")
    first_month = serializers.CharField(allow_null=True)
    last_month = serializers.CharField(allow_null=True)
    amount = Exact(places=2)
    phase = Code(Phase)
    reviewed_on = serializers.DateField(allow_null=True)
    received = Exact(places=2)
    tax = Exact(places=2)
    handed = Exact(places=2)
    held = Exact(places=2)
    clawback = Exact(places=2)
    owed = Exact(places=2)
    version = serializers.IntegerField()
    demo = serializers.BooleanField()


class PostdocTrialSerializer(Answer):
    on = serializers.DateField()
    due = Exact(places=2)
    months = LivingMonthSerializer(many=True)
    grants = GrantFindingSerializer(many=True)


def station_json(row: Station) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "kind": row.kind,
        "host": row.host,
        "keeper": {"code": row.keeper.code, "name": row.keeper.name},
        "approved_on": row.approved_on.isoformat(),
        "approval": row.approval,
        "version": row.version,
        "demo": is_demonstration(),
    }


class Stations(APIView):
    @paged("postdoc_stations", PostdocStationSerializer)
    def get(self, request: ApiRequest) -> Response:
        """工作站，只列此令牌可见的。"""
        read_params(request, NoFilters)
        return paginate(request, access.visible_stations(request.actor), station_json)


def stay_json(line: Line) -> dict[str, Any]:
    row = line.row
    return {
        "id": row.pk,
        "number": row.number,
        "person": {"id": row.person_id, "number": row.person.number, "name": row.person.masked},
        "station": row.station_id,
        "entered_on": row.entered_on.isoformat(),
        "ends_on": row.ends_on.isoformat(),
        "left_on": row.left_on.isoformat() if row.left_on else None,
        "leaving": row.leaving or None,
        "state": line.state[0],
        "milestones": [
            {
                "code": one.code,
                "title": one.title,
                "by": one.by.isoformat(),
                "done_on": one.done_on.isoformat() if one.done_on else None,
                "state": one.state,
                "clause": one.clause,
            }
            for one in line.milestones
        ],
        "version": row.version,
        "demo": is_demonstration(),
    }


class StayFilters(serializers.Serializer[Any]):
    station = serializers.IntegerField(required=False, min_value=1, max_value=MOST)
    leaving = serializers.ChoiceField(required=False, choices=[("in", "在站"), *Leaving.choices])


class Stays(APIView):
    @paged("postdoc_stays", PostdocStaySerializer, StayFilters)
    def get(self, request: ApiRequest) -> Response:
        """进站、在站、离站；姓名只给姓，证件、电话、账号不给。"""
        given, today = read_params(request, StayFilters), timezone.localdate()
        found = access.visible_stays(request.actor)
        if "station" in given:
            found = found.filter(station_id=given["station"])
        if "leaving" in given:
            found = found.filter(leaving="" if given["leaving"] == "in" else given["leaving"])
        return paginate(request, with_milestones(found), lambda row: stay_json(line_of(row, today)))


def month_json(one: Month) -> dict[str, Any]:
    return {
        "month": one.month,
        "stay": one.stay,
        "state": one.state,
        "amount": f"{one.amount:.2f}",
        "slot": one.slot,
        "why": one.why,
        "clause": cite(DOCUMENT, one.clause),
    }


def finding_json(one: Finding) -> dict[str, Any]:
    return {
        "grant": one.grant,
        "entitled": one.entitled,
        "amount": f"{one.amount:.2f}",
        "from_day": one.from_day.isoformat() if one.from_day else None,
        "reasons": [{"met": why.met, "text": why.text, "clause": cite(DOCUMENT, why.clause)} for why in one.reasons],
    }


def whole_json(whole: Whole) -> dict[str, Any]:
    return {
        "person": {"id": whole.person.pk, "number": whole.person.number, "name": whole.person.masked},
        "on": whole.on.isoformat(),
        "months_due": whole.counted,
        "due": f"{whole.due:.2f}",
        "claimed": f"{whole.claimed:.2f}",
        "months": [
            month_json(one.month) | {"application": one.application.number if one.application else None}
            for one in whole.months
        ],
        "grants": [
            finding_json(one.finding)
            | {"stay": one.stay.pk, "application": one.application.number if one.application else None}
            for one in whole.once
        ],
    }


class EntitlementFilters(serializers.Serializer[Any]):
    person = serializers.IntegerField(required=False, min_value=1, max_value=MOST)
    on = day(required=False)


class Entitlements(APIView):
    @paged("postdoc_entitlements", EntitlementSerializer, EntitlementFilters)
    def get(self, request: ApiRequest) -> Response:
        """每个人逐月的生活补贴和一次性补助，每项有理由和条款。"""
        given, table = read_params(request, EntitlementFilters), figures()
        on = given.get("on") or timezone.localdate()
        found = people(access.visible_people(request.actor))
        if "person" in given:
            found = found.filter(pk=given["person"])

        def to_json(row: Person) -> dict[str, Any]:
            return whole_json(whole_of(row, table, on))

        return paginate(request, found, to_json)


def application_json(row: Application) -> dict[str, Any]:
    now = balance_of(row)
    return {
        "id": row.pk,
        "number": row.number,
        "grant": row.grant,
        "station": row.station_id,
        "stay": row.stay_id,
        "name": row.stay.person.masked if row.stay else None,
        "first_month": row.first_month or None,
        "last_month": row.last_month or None,
        "amount": f"{row.amount:.2f}",
        "phase": row.phase,
        "reviewed_on": row.reviewed_on.isoformat() if row.reviewed_on else None,
        "received": f"{now.received:.2f}",
        "tax": f"{now.tax:.2f}",
        "handed": f"{now.handed:.2f}",
        "held": f"{now.held:.2f}",
        "clawback": f"{now.clawback:.2f}",
        "owed": f"{now.owed:.2f}",
        "version": row.version,
        "demo": is_demonstration(),
    }


class ApplicationFilters(serializers.Serializer[Any]):
    phase = RenamedChoiceField(
        once={"submitted": "filed", "cancelled": "withdrawn"}, required=False, choices=Phase.choices
    )
    grant = serializers.ChoiceField(required=False, choices=Grant.choices)
    station = serializers.IntegerField(required=False, min_value=1, max_value=MOST)


class Applications(APIView):
    @paged("postdoc_applications", GrantApplicationSerializer, ApplicationFilters)
    def get(self, request: ApiRequest) -> Response:
        """经费申报和资金余额。"""
        given = read_params(request, ApplicationFilters)
        return paginate(
            request, with_lines(access.visible_applications(request.actor).filter(**given)), application_json
        )


class TrialStay(Body):
    entered_on = day()
    left_on = day(required=False, allow_null=True)
    ends_on = day(required=False, allow_null=True, help_text="协议期限，不给则两年")
    withdrawn = serializers.BooleanField(required=False, default=False)


class TrialContract(Body):
    from_day = day()
    until = day()
    in_miyun = serializers.BooleanField()


class PostdocTrialBody(Body):
    on = day(required=False)
    stays = serializers.ListField(child=TrialStay(), min_length=1, max_length=MOST_STAYS)
    contract = TrialContract(required=False, allow_null=True)
    converted_on = day(required=False, allow_null=True)


Months = months_view("postdoc_months", "postdoc-reconciliation", "博士后资金", months, access.require_reads_all)


class Trial(APIView):
    @api_act("postdoc_trial", PostdocTrialBody, PostdocTrialSerializer, keyed=False)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any]:
        """试算一个人的待遇，什么也不保存；输入里没有姓名和证件。"""
        on = given.get("on") or timezone.localdate(at)
        months, once = trial(given["stays"], given.get("contract"), given.get("converted_on"), on)
        return {
            "on": on.isoformat(),
            "due": f"{total(months):.2f}",
            "months": [month_json(one) for one in months],
            "grants": [finding_json(one) for one in once],
        }
