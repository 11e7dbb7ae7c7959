"""“黑名单”、“红名单” with due process (二（七）14): basis, notice before, objection, decision by another, 修复.

The text prints the two lists and 信用信息归集记录; the steps are 推定, after the ordinary rules of administrative fairness:
who is put on a list to his disadvantage is told before, heard, and has a way off it again.
"""

from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Kind, Stage, Step
from safety.enums import DOCUMENT

_COMMON = (
    Field("name", "单位名称", required=True),
    Field("code", "统一社会信用代码", FieldType.CREDIT_CODE, required=True),
    Field("town", "镇街", FieldType.TOWN),
)
_TERM = (
    Field("listed_on", "列入日期", FieldType.DATE, past=True),
    Field("until", "期限至", FieldType.DATE),
    Field("note", "说明", FieldType.LONG, listed=False),
)
_OF_ONE_LISTING = (
    "noticed_on",
    "noticed_how",
    "objection_until",
    "objection",
    "answer",
    "repair",
    "listed_on",
    "until",
)
BLACK = Kind(
    app="safety",
    code="black-list",
    title="联合惩戒“黑名单”",
    name="联合惩戒对象",
    document=DOCUMENT,
    clause="二（七）14",
    town="town",
    unique=("code",),
    fields=(
        *_COMMON,
        Field("fact", "事实", FieldType.LONG, required=True, listed=False),
        Field("basis", "法律依据", required=True),
        Field("noticed_on", "事先告知日期", FieldType.DATE, past=True),
        Field("noticed_how", "告知方式", listed=False),
        Field("objection_until", "异议期至", FieldType.DATE),
        Field("objection", "当事人异议", FieldType.LONG, listed=False),
        Field("answer", "对异议的答复", FieldType.LONG, listed=False),
        Field("repair", "信用修复的依据", FieldType.LONG, listed=False),
        *_TERM,
    ),
    stages=(
        Stage("proposed", "拟列入", "draft"),
        Stage("noticed", "已告知，异议期内", "queued"),
        Stage("objected", "有异议，待答复", "to_confirm"),
        Stage("listed", "已列入", "refused"),
        Stage("repaired", "已修复移出", "done", closed=True),
        Stage("expired", "期满移出", "done", closed=True),
        Stage("dropped", "不列入", "ended", closed=True),
    ),
    steps=(
        Step(
            "notice",
            "事先告知",
            ("proposed",),
            "noticed",
            needs=("basis", "noticed_on", "noticed_how", "objection_until"),
        ),
        Step("object", "登记异议", ("noticed",), "objected", needs=("objection",)),
        Step("answer", "答复异议，继续", ("objected",), "noticed", needs=("answer",), second_person=True, waiting=True),
        Step(
            "list",
            "列入",
            ("noticed",),
            "listed",
            needs=("listed_on", "until"),
            after="objection_until",
            apart_from=("created", "again", "notice"),
            waiting=True,
        ),
        Step("drop", "不列入", ("proposed", "noticed", "objected"), "dropped", reason=True),
        Step("repair", "信用修复，移出", ("listed",), "repaired", needs=("repair",), second_person=True),
        Step("expire", "期满移出", ("listed",), "expired", after="until"),
        # One record a unit: what was before stands in its history, and the whole way is gone again.
        Step(
            "again",
            "重新提出列入",
            ("repaired", "expired", "dropped"),
            "proposed",
            needs=("fact", "basis"),
            reason=True,
            sets=tuple((name, "") for name in _OF_ONE_LISTING),
        ),
    ),
    note="没有事先告知、异议期没有过的，不能列入；列入由没有办过登记和告知的人决定（步骤为推定）。",
)
RED = Kind(
    app="safety",
    code="red-list",
    title="联合激励“红名单”",
    name="联合激励对象",
    document=DOCUMENT,
    clause="二（七）14",
    town="town",
    unique=("code",),
    fields=(*_COMMON, Field("reason", "列入理由", FieldType.LONG, required=True), *_TERM),
    stages=(
        Stage("proposed", "拟列入", "draft"),
        Stage("listed", "已列入", "confirmed"),
        Stage("removed", "已移出", "ended", closed=True),
    ),
    steps=(
        Step(
            "list",
            "列入",
            ("proposed",),
            "listed",
            needs=("listed_on",),
            apart_from=("created", "again"),
            waiting=True,
        ),
        Step("remove", "移出", ("listed",), "removed", reason=True, second_person=True),
        Step(
            "again",
            "重新提出列入",
            ("removed",),
            "proposed",
            needs=("reason",),
            reason=True,
            sets=(("listed_on", ""), ("until", "")),
        ),
    ),
)
CREDIT = (BLACK, RED)
