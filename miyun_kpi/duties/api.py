"""REST of duties: the list with units by role and their periods, and the reports one by one."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from miyun_kpi.api.answers import Answer, Code, NamedSerializer, moment, paged
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import read_params
from miyun_kpi.duties import access
from miyun_kpi.duties.enums import (
    Cadence,
    CadenceBasis,
    Course,
    DutyKind,
    OpeningHow,
    PhraseKind,
    ReportState,
    UnitRole,
)
from miyun_kpi.duties.models import Duty, DutyPeriod, DutyUnit, ProgressReport
from miyun_kpi.duties.queries.lists import duties_of, roles_of
from miyun_kpi.duties.queries.reports import standing_of
from miyun_kpi.duties.queries.when import SEVERAL, STATUS, Timing, timing_of
from miyun_kpi.duties.rules.standing import STANDINGS
from miyun_kpi.lib.citations import DOCUMENT_HELP, ref_of
from miyun_kpi.lib.errors import FieldError, Malformed
from miyun_kpi.organisations.api import OrganisationField
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration


class DutyFilters(serializers.Serializer[Any]):
    document = serializers.CharField(required=False, max_length=30, help_text=DOCUMENT_HELP)
    organisation = OrganisationField(required=False)
    role = serializers.ChoiceField(required=False, choices=UnitRole.choices)
    kind = serializers.ChoiceField(required=False, choices=DutyKind.choices)
    cadence = serializers.ChoiceField(required=False, choices=Cadence.choices)
    search = serializers.CharField(required=False, max_length=60)


class PeriodFilters(serializers.Serializer[Any]):
    document = serializers.CharField(required=False, max_length=30, help_text=DOCUMENT_HELP)
    organisation = OrganisationField(required=False)
    period = serializers.RegexField(
        r"^(\d{4}(Q[1-4]|H[12]|S|-(0[1-9]|1[0-2]))?|once)\Z",
        required=False,
        help_text="2020-09、2020Q3、2020H1、2020、2020S 或 once",
        error_messages={"invalid": "期间须写成 2020、2020Q3、2020H1、2020S、2020-09 或 once。"},
    )


# Where the cadence of a duty is said: in its own sentence, or in those of its parts.
CADENCE_FROM = ("own", "parts")
# The cadence of a duty; of one whose parts have several, several.
CADENCES = (*Cadence.choices, (SEVERAL, "几种"))


class DutyOpeningSerializer(Answer):
    how = Code(OpeningHow)
    on = serializers.DateField(help_text="纸面上报送或免报的日期")
    basis = serializers.CharField(help_text="期初依据")


class DutyWindowSerializer(Answer):
    id = serializers.IntegerField()
    period = serializers.CharField(help_text="2020-09、2020Q3、2020H1、2020、2020S 或 once")
    state = Code(ReportState)
    standing = Code(STANDINGS, help_text="此刻的情形")
    late = serializers.BooleanField(help_text="迟报")
    missed = serializers.BooleanField(help_text="窗口内没有报，以后补报的也一直算逾期未报")
    starts_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    late_until = serializers.DateTimeField()
    locks_at = serializers.DateTimeField()
    reopened_until = serializers.DateTimeField(allow_null=True)
    opening = DutyOpeningSerializer(allow_null=True, help_text="期初已办：上线前在纸面办结，没有填报内容")
    demo = serializers.BooleanField()


class DutyUnitSerializer(NamedSerializer):
    added = serializers.BooleanField(help_text="原文所列以外增加的")
    periods = DutyWindowSerializer(many=True)


class DutyPhraseSerializer(Answer):
    role = Code(UnitRole)
    printed = serializers.CharField(help_text="原文用语")
    reading = Code(PhraseKind)
    organisations = DutyUnitSerializer(many=True)


class DutySerializer(Answer):
    id = serializers.IntegerField()
    key = serializers.CharField()
    document = serializers.CharField()
    clause = serializers.CharField()
    kind = Code(DutyKind)
    number = serializers.IntegerField()
    parent = serializers.CharField(allow_null=True, help_text="所属任务的 key")  # type: ignore[assignment]  # a field here, an attribute in the base class
    title = serializers.CharField()
    requirement = serializers.CharField()
    cadence = Code(CADENCES)
    cadences = serializers.ListField(child=Code(Cadence))
    cadence_basis = Code(CadenceBasis)
    cadence_from = Code(CADENCE_FROM)
    when_printed = serializers.CharField(help_text="原文的字")
    due_on = serializers.DateField(allow_null=True)
    due_status = Code(STATUS, allow_null=True)
    exemptible = serializers.BooleanField(help_text="可书面说明不开展")
    withdrawn_on = serializers.DateField(allow_null=True)
    units = DutyPhraseSerializer(many=True)


class DutyNameSerializer(Answer):
    key = serializers.CharField()
    title = serializers.CharField()
    document = serializers.CharField()
    clause = serializers.CharField()


class DutyReportSerializer(Answer):
    version = serializers.IntegerField()
    course = Code(Course)
    unchanged = serializers.BooleanField()
    progress = serializers.CharField()
    problem = serializers.CharField()
    next_step = serializers.CharField()
    offline_on = serializers.DateField(allow_null=True)
    offline_handler = serializers.CharField()
    offline_number = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    observation = serializers.CharField()


class DutyPeriodSerializer(DutyWindowSerializer):
    duty = DutyNameSerializer()
    organisation = NamedSerializer()
    role = Code(UnitRole)
    report = DutyReportSerializer(allow_null=True)


def _document(filters: dict[str, Any]) -> str:
    ref = ref_of(filters.get("document", ""))
    if ref and not Duty.objects.filter(document=ref).exists():
        said = f"“{ref[:30]}”没有任务。"
        raise Malformed("unknown-document", said, errors=[FieldError(said, "unknown-document", field="document")])
    return ref


def _window(row: DutyPeriod, at: Any) -> dict[str, Any]:
    opening = getattr(row, "opening", None)
    return {
        "id": row.pk,
        "period": row.period,
        "state": row.state,
        "standing": standing_of(row, at),
        "late": row.late,
        "missed": row.missed,
        "starts_at": moment(row.starts_at),
        "due_at": moment(row.due_at),
        "late_until": moment(row.late_until),
        "locks_at": moment(row.locks_at),
        "reopened_until": moment(row.reopened_until),
        "opening": {"how": opening.how, "on": opening.on.isoformat(), "basis": opening.basis} if opening else None,
        "demo": is_demonstration(),
    }


def _unit_json(unit: DutyUnit, periods: dict[int, list[dict[str, Any]]]) -> dict[str, Any]:
    owner = {"code": unit.organisation.code, "name": unit.organisation.name}
    return owner | {"added": bool(unit.added_by), "periods": periods.get(unit.pk, [])}


def duty_json(duty: Duty, periods: dict[int, list[dict[str, Any]]]) -> dict[str, Any]:
    """`periods`: those the token may see, by unit."""
    listed = [
        ({"role": role.role, "printed": view.phrase.text, "reading": view.phrase.kind}, view.units)
        for role in roles_of(duty)
        for view in role.phrases
    ]
    # 绩效任务 have no printed list of their own: their units come from the scheme.
    unnamed = [unit for unit in duty.units.all() if unit.phrase_id is None]
    for role_code in sorted({unit.role for unit in unnamed}):
        members = [unit for unit in unnamed if unit.role == role_code]
        listed.append(({"role": role_code, "printed": "", "reading": PhraseKind.ORGANISATION.value}, members))
    units = [
        phrase | {"organisations": [_unit_json(u, periods) for u in members if u.active]} for phrase, members in listed
    ]
    timing = timing_of(duty)
    return {
        "id": duty.pk,
        "key": duty.key,
        "document": duty.document,
        "clause": duty.clause,
        "kind": duty.kind,
        "number": duty.number,
        "parent": duty.parent.key if duty.parent else None,
        "title": duty.title,
        "requirement": duty.requirement,
        "cadence": timing.cadence,
        "cadences": list(timing.cadences),
        "cadence_basis": timing.basis,
        "cadence_from": "parts" if timing.from_parts else "own",
        "when_printed": timing.printed,
        "due_on": duty.due_on.isoformat() if duty.due_on else None,
        "due_status": _due_status(duty, timing),
        "exemptible": duty.exemptible,
        "withdrawn_on": duty.withdrawn_on.isoformat() if duty.withdrawn_on else None,
        "units": units,
    }


def _due_status(duty: Duty, timing: Timing) -> str | None:
    """The day's own: “2022 年” is printed, its last day is not."""
    if duty.due_on is None:
        return None
    return timing.counted_status or timing.basis


class Duties(APIView):
    @paged("duties", DutySerializer, DutyFilters)
    def get(self, request: ApiRequest) -> Response:
        """各文件的任务：条款、原文、单位（按角色和原文用语）和此令牌可见的任务期。绩效任务的月报见 duty-periods/。

        任务中的分项和节点也在列，`parent` 是所属任务的 `key`。任务的周期由分项而来的，`cadence_from` 为 parts；
        分项周期不一的，`cadence` 为 several，逐个见 `cadences`。`when_printed` 是原文的字，`due_on` 是所计的日子，
        它的依据是 `due_status`：printed 原文，derived 推算（年底前），assumed 推定（只印年份），set 牵头单位所定。
        """
        filters, at = read_params(request, DutyFilters), timezone.now()
        organisation = filters.get("organisation")
        found = duties_of(
            document=_document(filters),
            organisation_id=organisation.pk if organisation else None,
            role=filters.get("role", ""),
            kind=filters.get("kind", ""),
            cadence=filters.get("cadence", ""),
            words=filters.get("search", ""),
        )
        periods: dict[int, list[dict[str, Any]]] = {}

        def read_periods(duties: list[Duty]) -> None:
            visible = access.reports_visible_to(request.actor).filter(unit__duty__in=duties)
            for row in visible.order_by("due_at", "pk"):
                periods.setdefault(row.unit_id, []).append(_window(row, at))

        return paginate(request, found, lambda duty: duty_json(duty, periods), first=read_periods)


def report_json(report: ProgressReport) -> dict[str, Any]:
    return {
        "version": report.version,
        "course": report.course,
        "unchanged": report.unchanged,
        "progress": report.progress,
        "problem": report.problem,
        "next_step": report.next_step,
        "offline_on": report.offline_on.isoformat() if report.offline_on else None,
        "offline_handler": report.offline_handler,
        "offline_number": report.offline_number,
        "submitted_at": moment(report.submitted_at),
        "observation": report.observation,
    }


class DutyPeriods(APIView):
    @paged("duty_periods", DutyPeriodSerializer, PeriodFilters)
    def get(self, request: ApiRequest) -> Response:
        """任务期（一个单位一期要报的一项）和所报进展，只列此令牌可见的；绩效任务的月报也在其中。"""
        filters, at = read_params(request, PeriodFilters), timezone.now()
        found = access.reports_visible_to(request.actor)
        if document := _document(filters):
            found = found.filter(unit__duty__document=document)
        if "period" in filters:
            found = found.filter(period=filters["period"])
        if "organisation" in filters:
            found = found.filter(unit__organisation=filters["organisation"])

        def to_json(row: DutyPeriod) -> dict[str, Any]:
            duty, owner = row.unit.duty, row.unit.organisation
            report = getattr(row, "report", None)
            return {
                **_window(row, at),
                "duty": {"key": duty.key, "title": duty.title, "document": duty.document, "clause": duty.clause},
                "organisation": {"code": owner.code, "name": owner.name},
                "role": row.unit.role,
                "report": report_json(report) if report else None,
            }

        return paginate(request, found.order_by("-period", "unit__organisation__code", "unit__duty__key"), to_json)
