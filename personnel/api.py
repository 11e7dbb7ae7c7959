"""REST of 人事任免: who holds what on a day, the issued acts, and a 试算. Drafts do not exist here."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from miyun_kpi.api.acts import api_act
from miyun_kpi.api.answers import Answer, Code, NamedSerializer, paged
from miyun_kpi.api.bodies import Body
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import read_params
from miyun_kpi.lib.citations import DOCUMENT_HELP, cite, ref_of
from miyun_kpi.lib.errors import FieldError, Refused
from miyun_kpi.organisations.api import OrganisationField
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration
from personnel.enums import DOCUMENTS, ActKind
from personnel.models import Act, Person, Position
from personnel.queries import terms as queries
from personnel.queries.preview import Wanted, plan, preview

MOST_ACTS = 200
PLANNED = (ActKind.APPOINT.value, ActKind.REMOVE.value)


class TermFilters(serializers.Serializer[Any]):
    on = serializers.DateField(required=False, help_text="哪一天，空着是今天")
    organisation = OrganisationField(required=False)
    name = serializers.CharField(required=False, max_length=40)


class ActFilters(serializers.Serializer[Any]):
    document = serializers.CharField(required=False, max_length=30, help_text=DOCUMENT_HELP)
    name = serializers.CharField(required=False, max_length=40)

    def validate_document(self, value: str) -> str:
        ref = ref_of(value)
        if ref not in DOCUMENTS:
            raise serializers.ValidationError("公报里没有这份任免通知。")
        return ref


class PlannedAct(Body):
    kind = serializers.ChoiceField(choices=PLANNED)
    person = serializers.CharField(max_length=40)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=60)
    organisation = serializers.CharField(max_length=60)
    title = serializers.CharField(max_length=60)
    probation_months = serializers.IntegerField(required=False, default=0, min_value=0, max_value=24)


class AppointmentsTrialBody(Body):
    on = serializers.DateField(required=False)
    acts = PlannedAct(many=True, allow_empty=False)

    def validate_acts(self, acts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(acts) > MOST_ACTS:
            raise serializers.ValidationError(f"一次至多试算 {MOST_ACTS} 项。")
        return acts


# What a 试算 remarks; the first refuses the acts, the others only tell.
REMARKS = (
    ("same-act-twice", "同一项任免重复"),
    ("opening", "按期初任职处理"),
    ("transfer", "转任"),
    ("probation", "试用期"),
    ("concurrent", "兼任"),
    ("seats", "超出职数"),
)


class AppointedPersonSerializer(Answer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    note = serializers.CharField()


class AppointmentPositionSerializer(Answer):
    organisation = NamedSerializer()
    title = serializers.CharField()
    printed = serializers.CharField(help_text="原文用语")


class AppointmentTermSerializer(Answer):
    person = AppointedPersonSerializer()
    position = AppointmentPositionSerializer()
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    document = serializers.CharField(allow_null=True, help_text="文号")
    clause = serializers.CharField(allow_null=True)
    probation_until = serializers.DateField(allow_null=True)
    demo = serializers.BooleanField()


class AppointmentActSerializer(Answer):
    id = serializers.IntegerField()
    kind = Code(ActKind)
    person = AppointedPersonSerializer()
    position = AppointmentPositionSerializer()
    on = serializers.DateField(allow_null=True)
    document = serializers.CharField(allow_null=True, help_text="文号")
    meeting = serializers.CharField(allow_null=True)
    clause = serializers.CharField(allow_null=True)
    probation_months = serializers.IntegerField()
    corrects = serializers.IntegerField(allow_null=True, help_text="更正通知更正的是哪一项（id），自 on 起")
    corrected_by = serializers.IntegerField(allow_null=True, help_text="由更正通知的哪一项（id）更正")
    demo = serializers.BooleanField()


class AppointmentsRemarkSerializer(Answer):
    code = Code(REMARKS)
    message = serializers.CharField()


class AppointmentsTrialSerializer(Answer):
    on = serializers.DateField()
    refused = serializers.BooleanField()
    sentences = serializers.ListField(child=serializers.CharField())
    remarks = AppointmentsRemarkSerializer(many=True)


def _position_json(position: Position, printed: str) -> dict[str, Any]:
    return {
        "organisation": {"code": position.organisation.code, "name": position.organisation.name},
        "title": position.title,
        "printed": printed,
    }


def term_json(line: queries.TermLine) -> dict[str, Any]:
    term, began = line.term, line.began
    return {
        "person": {"id": line.person.pk, "name": line.person.name, "note": line.person.note},
        "position": _position_json(line.position, line.printed),
        "since": term.since.isoformat() if term.since else None,
        "until": term.until.isoformat() if term.until else None,
        "document": began.notice.number if began and began.notice else None,
        "clause": cite(began.notice.document, began.clause) if began and began.notice and began.clause else None,
        "probation_until": term.probation_until.isoformat() if term.probation_until else None,
        "demo": is_demonstration(),
    }


def act_json(act: Act) -> dict[str, Any]:
    return {
        "id": act.pk,
        "kind": act.kind,
        "person": {"id": act.person_id, "name": act.person.name, "note": act.person.note},
        "position": _position_json(act.position, act.printed),
        "on": act.on.isoformat() if act.on else None,
        "document": act.notice.number if act.notice else None,
        "meeting": act.notice.meeting if act.notice else None,
        "clause": cite(act.notice.document, act.clause) if act.notice and act.clause else None,
        "probation_months": act.probation_months,
        "corrects": act.corrects_id,
        "corrected_by": next((one.pk for one in act.corrections.all()), None),
        "demo": is_demonstration(),
    }


class Appointments(APIView):
    @paged("appointments", AppointmentTermSerializer, TermFilters)
    def get(self, request: ApiRequest) -> Response:
        """某日谁任何职，由已印发的任免推出。"""
        given = read_params(request, TermFilters)
        lines = queries.book().on(given.get("on") or timezone.localdate())
        if "organisation" in given:
            lines = [line for line in lines if line.position.organisation_id == given["organisation"].pk]
        if given.get("name"):
            lines = [line for line in lines if line.person.name == given["name"]]
        return paginate(request, lines, term_json)


class Acts(APIView):
    @paged("appointment_acts", AppointmentActSerializer, ActFilters)
    def get(self, request: ApiRequest) -> Response:
        """已印发的任免和期初任职，一项一行。"""
        given = read_params(request, ActFilters)
        found = Act.objects.standing().select_related("notice", "person", "position__organisation")
        found = found.prefetch_related(Prefetch("corrections", Act.objects.standing()))
        if given.get("document"):
            found = found.filter(notice__document=given["document"])
        if given.get("name"):
            found = found.filter(person__name=given["name"])
        return paginate(request, found, act_json)


class Trial(APIView):
    @api_act("appointments_trial", AppointmentsTrialBody, AppointmentsTrialSerializer, keyed=False)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime) -> dict[str, Any]:
        """试算：这些任免在 on 这一天会怎样，有没有重复；什么都不保存。"""
        on = given.get("on") or timezone.localdate(at)
        found = preview(plan([_wanted(one, place) for place, one in enumerate(given["acts"])]), on)
        remarks = [{"code": one.code, "message": one.words} for one in found.remarks]
        return {"on": on.isoformat(), "refused": found.refused, "sentences": found.sentences, "remarks": remarks}


def _wanted(given: dict[str, Any], at: int) -> Wanted:
    organisation = resolve(given["organisation"])
    if organisation is None:
        message = f"没有叫“{given['organisation'][:30]}”的机构。请写名称、别名或代码。"
        raise Refused("unknown-organisation", message, errors=[FieldError(message, field=f"acts.{at}.organisation")])
    person = Person.objects.filter(name=given["person"], note=given["note"], acts__in=Act.objects.standing()).first()
    position = (
        Position.objects.select_related("organisation").filter(organisation=organisation, title=given["title"]).first()
    )
    post = f"{organisation.name}{given['title']}"
    return Wanted(
        given["kind"], given["person"], position, post, person.pk if person else None, given["probation_months"]
    )
