"""REST of any register: `water/outfalls/` lists and registers, `water/outfalls/7/` shows and changes, `…/steps/` moves on."""

from datetime import datetime
from typing import Any

from django.urls import URLPattern, path
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from miyun_kpi.acts.days import Late
from miyun_kpi.api.acts import api_act
from miyun_kpi.api.answers import ONCE, PAGES, Answer, NamedSerializer, moment, page_of
from miyun_kpi.api.bodies import Body
from miyun_kpi.api.lists import paginate
from miyun_kpi.api.params import NoFilters, in_pages, read_params
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import FieldError, Malformed, NotAllowed, Refused
from miyun_kpi.organisations.api import OrganisationField
from miyun_kpi.registers import access
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.queries.records import Filters, filtered
from miyun_kpi.registers.registry import Rights, kind_by, kinds_of
from miyun_kpi.registers.rules.kinds import Kind
from miyun_kpi.registers.services import records as services
from miyun_kpi.registers.services.moving import hand_over
from miyun_kpi.requests import ApiRequest
from miyun_kpi.site import is_demonstration


class RecordFilters(serializers.Serializer[Any]):
    search = serializers.CharField(required=False, max_length=60)
    stage = serializers.CharField(required=False, max_length=20)
    town = OrganisationField(required=False, help_text="镇街代码、名称或别名")
    owner = OrganisationField(required=False)


class RecordBody(Body):
    values = serializers.DictField(
        child=serializers.CharField(allow_blank=True, trim_whitespace=False, max_length=6000)
    )


class ChangeBody(RecordBody):
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class StepBody(Body):
    step = serializers.CharField(max_length=40)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")
    on = serializers.DateField(required=False, allow_null=True, default=None, help_text="办理日期，今天办的不写")
    late_source = serializers.CharField(
        required=False, allow_blank=True, max_length=100, default="", help_text="补登的依据"
    )
    late_reason = serializers.CharField(
        required=False, allow_blank=True, max_length=200, default="", help_text="补登的理由"
    )
    values = serializers.DictField(
        required=False,
        child=serializers.CharField(allow_blank=True, trim_whitespace=False, max_length=6000),
        help_text="这一步所要的栏，随办理填写；不给的照原样",
    )


class HandOverBody(Body):
    to = serializers.CharField(max_length=100, help_text="接手单位的代码、名称或别名")
    from_day = serializers.DateField(help_text="从哪天起，不晚于今天")
    reason = serializers.CharField(max_length=500)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class RegisterRecordSerializer(Answer):
    """`values` by the names of the register's fields, each as text in its one canonical form; "" is blank.

    Which fields, stages and steps a register has stands at its list, in `x-registers`.
    """

    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="登记簿")
    number = serializers.IntegerField()
    owner = NamedSerializer(allow_null=True)
    town = NamedSerializer(allow_null=True)
    stage = serializers.CharField(allow_null=True)
    values = serializers.DictField(child=serializers.CharField())
    version = serializers.IntegerField()
    revoked = serializers.BooleanField()
    changed_at = serializers.DateTimeField()
    demo = serializers.BooleanField()


def record_json(record: Record, kind: Kind, *, secrets: bool) -> dict[str, Any]:
    """Secret fields are left out for whoever may not write the record, sealed ones for everybody: they are read on the page."""
    return {
        "id": record.pk,
        "kind": kind.code,
        "number": record.number,
        "owner": {"code": record.owner.code, "name": record.owner.name} if record.owner else None,
        "town": {"code": record.town.code, "name": record.town.name} if record.town else None,
        "stage": record.stage or None,
        "values": {
            one.name: record.values.get(one.name, "")
            for one in kind.fields
            if not one.sealed and (secrets or not one.secret)
        },
        "version": record.version,
        "revoked": record.struck_at is not None,
        "changed_at": moment(record.changed_at),
        "demo": is_demonstration(),
    }


def _kind(app: str, code: str) -> tuple[Kind, Rights]:
    kind, rights = kind_by(app, code)
    if kind.protected:
        raise NotAllowed("protected", f"“{kind.title}”不开放接口。请在页面上逐条查看。")
    return kind, rights


def _open_kind(actor: Actor, app: str, kind: str, **places: Any) -> None:
    _kind(app, kind)


def _json(actor: Actor, kind: Kind, rights: Rights, record: Record) -> dict[str, Any]:
    return record_json(record, kind, secrets=access.reads_secrets(actor, rights, record))


class Records(APIView):
    @in_pages
    def get(self, request: ApiRequest, app: str, kind: str) -> Response:
        """一个登记簿的登记，只列此令牌可见的，不含已撤销的。"""
        declared, rights = _kind(app, kind)
        given, actor = read_params(request, RecordFilters), request.actor
        stage = declared.stage(given.get("stage", ""))
        if given.get("stage") and stage is None:
            raise Malformed(
                "unknown-stage", f"没有阶段“{given['stage']}”。可用：{'、'.join(s.code for s in declared.stages)}。"
            )
        filters = Filters(
            words=given.get("search", ""),
            stage=stage.code if stage else "",
            **{name: given[name].code for name in ("town", "owner") if name in given},
        )
        found = filtered(declared, access.visible_to(actor, declared, rights), filters)
        return paginate(request, found, lambda record: _json(actor, declared, rights, record))

    @api_act("", RecordBody, None, status=201, may=_open_kind)
    def post(self, request: ApiRequest, given: dict[str, Any], at: datetime, app: str, kind: str) -> dict[str, Any]:
        """登记一条；有问题的各栏一次说完。"""
        made = services.create_record(actor=request.actor, app=app, kind=kind, typed=given["values"], at=at)
        return _json(request.actor, *_kind(app, kind), made)


class OneRecord(APIView):
    def get(self, request: ApiRequest, app: str, kind: str, record_id: int) -> Response:
        """一条登记。"""
        read_params(request, NoFilters)
        declared, rights = _kind(app, kind)
        actor = request.actor
        return Response(_json(actor, declared, rights, access.visible_record(actor, declared, rights, record_id)))

    @api_act("", ChangeBody, None, keyed=False, may=_open_kind)
    def patch(
        self, request: ApiRequest, given: dict[str, Any], at: datetime, app: str, kind: str, record_id: int
    ) -> dict[str, Any]:
        """改所给的各栏；版本不符的，409 并给出现存的内容。"""
        record = services.change_record(
            actor=request.actor,
            app=app,
            kind=kind,
            record_id=record_id,
            version=given["version"],
            typed=given["values"],
            at=at,
        )
        return _json(request.actor, *_kind(app, kind), record)


def _asked_for(kind: Kind, code: str, values: dict[str, str]) -> dict[str, str]:
    """A step fills what it asks for and nothing else; a page sends the rest along, a client means it."""
    step = kind.step(code)
    foreign = sorted(set(values) - set(step.needs)) if step else []
    if step is not None and foreign:
        asked = "、".join(step.needs) or "无"
        rows = [FieldError("这一步不填这一栏。", "not-asked", field=name) for name in foreign]
        raise Refused(
            "not-asked", f"“{step.label}”不填{'、'.join(foreign)}，没有执行。可填的栏：{asked}。", errors=rows
        )
    return values


class RecordSteps(APIView):
    @api_act("", StepBody, None, may=_open_kind)
    def post(
        self, request: ApiRequest, given: dict[str, Any], at: datetime, app: str, kind: str, record_id: int
    ) -> dict[str, Any]:
        """办理一步。"""
        given["late"] = Late(given.pop("late_source"), given.pop("late_reason"))
        given["typed"] = _asked_for(_kind(app, kind)[0], given["step"], given.pop("values", {}))
        record = services.take_step(actor=request.actor, app=app, kind=kind, record_id=record_id, at=at, **given)
        return _json(request.actor, *_kind(app, kind), record)


class RecordHandOver(APIView):
    @api_act("", HandOverBody, None, may=_open_kind)
    def post(
        self, request: ApiRequest, given: dict[str, Any], at: datetime, app: str, kind: str, record_id: int
    ) -> dict[str, Any]:
        """移交给另一个单位，由主管单位办。"""
        record = hand_over(actor=request.actor, app=app, kind=kind, record_id=record_id, at=at, **given)
        return _json(request.actor, *_kind(app, kind), record)


def register_words(kind: Kind) -> dict[str, Any]:
    """What `values`, `stage` and `step` of a register may hold, for who reads the schema: its declaration in short."""
    return {
        "title": kind.title,
        "clause": cite(kind.document, kind.clause),
        "fields": {
            one.name: {"label": one.label, "type": str(one.type)}
            | ({"required": True} if one.required else {})
            | ({"secret": True} if one.secret else {})
            | ({"codes": dict(one.choices)} if one.choices else {})
            | ({"unit": one.unit} if one.unit else {})
            | ({"form": one.hint} if one.hint and not one.choices else {})
            for one in kind.fields
        },
        "stages": {one.code: one.label for one in kind.stages},
        "steps": {one.code: one.label for one in kind.steps},
    }


def described_views(app: str) -> tuple[type[APIView], ...]:
    """The views as this app's own in the schema: an operation has one name, and the app its own registers."""
    kinds = [kind for kind in kinds_of(app) if not kind.protected]
    words = "；".join(f"{kind.code} {kind.title}" for kind in kinds)
    codes = {"type": "string", "enum": [kind.code for kind in kinds]}
    kind = OpenApiParameter("kind", codes, OpenApiParameter.PATH, description=words)

    def described(view: type[APIView], **methods: Any) -> type[APIView]:
        return extend_schema_view(**methods)(type(view.__name__, (view,), {"__doc__": view.__doc__}))

    return (
        described(
            Records,
            get=extend_schema(
                operation_id=f"{app}_records",
                parameters=[kind, RecordFilters, *PAGES],
                responses=page_of(RegisterRecordSerializer),
                extensions={"x-registers": {kind.code: register_words(kind) for kind in kinds}},
            ),
            post=extend_schema(
                operation_id=f"create_{app}_record",
                parameters=[kind, *ONCE],
                request=RecordBody,
                responses={201: RegisterRecordSerializer},
            ),
        ),
        described(
            OneRecord,
            get=extend_schema(operation_id=f"{app}_record", parameters=[kind], responses=RegisterRecordSerializer),
            patch=extend_schema(
                operation_id=f"change_{app}_record",
                parameters=[kind],
                request=ChangeBody,
                responses=RegisterRecordSerializer,
            ),
        ),
        described(
            RecordSteps,
            post=extend_schema(
                operation_id=f"step_{app}_record",
                parameters=[kind, *ONCE],
                request=StepBody,
                responses=RegisterRecordSerializer,
            ),
        ),
        described(
            RecordHandOver,
            post=extend_schema(
                operation_id=f"hand_over_{app}_record",
                parameters=[kind, *ONCE],
                request=HandOverBody,
                responses=RegisterRecordSerializer,
            ),
        ),
    )


def api_patterns(app: str, at: str = "") -> list[URLPattern]:
    """`<app>/<kind>/` (or `<at>/<kind>/`) and below, to be added to the app's api_urls after its own addresses."""
    extra, at = {"app": app}, at or app
    records, record, steps, handing = described_views(app)
    return [
        path(f"{at}/<slug:kind>/", records.as_view(), extra, name=f"{app}-records"),
        path(f"{at}/<slug:kind>/<int:record_id>/", record.as_view(), extra, name=f"{app}-record"),
        path(f"{at}/<slug:kind>/<int:record_id>/steps/", steps.as_view(), extra, name=f"{app}-record-steps"),
        path(
            f"{at}/<slug:kind>/<int:record_id>/hand-over/",
            handing.as_view(),
            extra,
            name=f"{app}-record-hand-over",
        ),
    ]
