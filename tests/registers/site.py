"""A register for the tests, with its addresses: outfalls of a river, closed by a second person."""

from decimal import Decimal

from django.urls import include, path

from miyun_kpi import urls
from miyun_kpi.registers.api import api_patterns
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.registry import Rights, register_kind
from miyun_kpi.registers.rules.kinds import Field, Kind, Stage, Step
from miyun_kpi.registers.urls import register_patterns

OUTFALL = Kind(
    app="sample",
    code="outfall",
    title="排污口",
    name="排污口",
    document="2020-22",
    clause="三（五）4",
    owner="unit",
    town="town",
    unique=("code",),
    due="due_on",
    fields=(
        Field("code", "编码", required=True, longest=20),
        Field("unit", "管理单位", FieldType.ORGANISATION, required=True),
        Field("town", "镇街", FieldType.TOWN),
        Field("flow", "日排量", FieldType.NUMBER, places=2, most=Decimal(1000), unit="吨", summed=True),
        Field("kind", "类型", FieldType.CHOICE, choices=(("rain", "雨水"), ("sewage", "污水"))),
        Field("legal", "持证", FieldType.BOOL),
        Field("found_on", "发现日期", FieldType.DATE),
        Field("due_on", "整治期限", FieldType.DATE),
        Field("later", "申请延到", FieldType.DATE),
        Field("contact", "联系人", secret=True),
        Field("note", "说明", FieldType.LONG, listed=False),
    ),
    stages=(
        Stage("open", "整治中", "running"),
        Stage("asked", "待验收", "submitted", once=("reported",)),
        Stage("closed", "已销号", "done", True),
    ),
    steps=(
        Step("ask", "报请验收", ("open",), "asked", by_owner=True, needs=("note",)),
        Step("extend", "同意延期", ("open",), "open", needs=("later",), sets=(("due_on", "later"),)),
        Step("close", "验收销号", ("asked",), "closed", second_person=True, apart_from=("extend",), waiting=True),
        Step("forget", "到期了结", ("open",), "closed", after="due_on", apart_from=("created",)),
        Step("returned", "退回整改", ("asked",), "open", reason=True, once=("back",)),
    ),
)
POINT = Kind(
    app="sample",
    code="point",
    title="水源地点位",
    name="点位",
    document="2020-15",
    clause="二（四）6",
    fields=(Field("place", "位置", required=True),),
    protected=True,
)


def keeper(actor):
    return actor.role == "register_office"


register_kind(OUTFALL, Rights(keeper, open_to_all=False))
register_kind(POINT, Rights(keeper, owners_write=False, open_to_all=False))

urlpatterns = [
    path("sample/", include((register_patterns("sample"), "sample"))),
    path("api/v1/", include((api_patterns("sample"), "sample-api"))),
    *urls.urlpatterns,
]
handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500
