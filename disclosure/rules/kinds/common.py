"""The stages and steps through which whatever is made public goes, and the fields they read."""

from dataclasses import replace

from disclosure.enums import APP, DOCUMENT, Channel
from disclosure.enums import Stage as At
from miyun_kpi.lib.relations import Relation
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Kind, Stage, Step

STAGES = (
    Stage(At.DRAFT.value, "草稿", "draft"),
    Stage(At.SUBMITTED.value, "待审核", "submitted", locked=True, once=("waiting",), back="撤回修改"),
    Stage(At.REVIEWED.value, "已审核", "accepted", locked=True, back="退回修改"),
    Stage(At.PUBLISHED.value, "已发布", "done", locked=True),
    Stage(At.TAKEN_DOWN.value, "撤下", "ended", locked=True, once=("withdrawn",)),
)
# approve, returned and publish are done on the pages of 审核 and 发布, which know what they ask for.
_STEPS = (
    Step("submitted", "报请审核", (At.DRAFT.value,), At.SUBMITTED.value, by_owner=True, once=("submit",)),
    Step("withdrawn", "撤回修改", (At.SUBMITTED.value,), At.DRAFT.value, by_owner=True, once=("take-back",)),
    Step("approve", "审核通过", (At.SUBMITTED.value,), At.REVIEWED.value),
    Step(
        "returned",
        "退回修改",
        (At.SUBMITTED.value, At.REVIEWED.value),
        At.DRAFT.value,
        reason=True,
        once=("return", "recall"),
    ),
    Step("publish", "登记发布", (At.REVIEWED.value,), At.PUBLISHED.value),
    Step(
        "take-down", "撤下", (At.PUBLISHED.value,), At.TAKEN_DOWN.value, reason=True, by_owner=True, once=("withdraw",)
    ),
    Step("rework", "修订后再报", (At.TAKEN_DOWN.value,), At.DRAFT.value, by_owner=True),
)
# 审核 and 发布 are done here and on the website: no paper of an earlier day stands behind them.
STEPS: tuple[Step, ...] = tuple(replace(one, online=True) for one in _STEPS)
TITLE = Field("title", "标题", required=True)
UNIT = Field("unit", "公开单位", FieldType.ORGANISATION, required=True)
# Of something that was done on its day: a later merger does not make it another unit's.
UNIT_THEN = replace(UNIT, relation=Relation.STAYS)
YEAR = Field("year", "年份", FieldType.NUMBER, required=True, least=None, help="四位数，如 2020")
MONTH = Field(
    "month", "月份", FieldType.CHOICE, required=True, choices=tuple((f"{n:02}", f"{n}月") for n in range(1, 13))
)
QUARTER = Field(
    "quarter",
    "季度",
    FieldType.CHOICE,
    required=True,
    choices=tuple((f"Q{n}", f"第{'一二三四'[n - 1]}季度") for n in range(1, 5)),
)
CHANNEL = Field("channel", "公开渠道", FieldType.CHOICE, required=True, choices=tuple(Channel.choices), listed=False)
AGENCIES = Field("agencies", "涉及其他行政机关", FieldType.BOOL, required=True, listed=False)
THIRD = Field("third", "涉及第三方商业秘密、个人隐私", FieldType.BOOL, required=True, listed=False)
BODY = Field("body", "公开的内容", FieldType.LONG, listed=False)


def number(name: str, label: str, unit: str) -> Field:
    return Field(name, label, FieldType.NUMBER, required=True, unit=unit, summed=True)


def money(name: str, label: str) -> Field:
    """Units of the sums are not printed (推定: 元): what is paid to a person is paid in 元 and 分."""
    return Field(name, label, FieldType.MONEY, required=True, unit="元", summed=True)


def choice(name: str, label: str, *words: tuple[str, str], required: bool = True, listed: bool = True) -> Field:
    return Field(name, label, FieldType.CHOICE, required=required, choices=words, listed=listed)


def text(name: str, label: str, *, required: bool = False, listed: bool = True) -> Field:
    return Field(name, label, required=required, listed=listed)


def document(name: str, label: str) -> Field:
    """A 文号."""
    return Field(name, label, FieldType.DOCUMENT, required=True)


def long(name: str, label: str, *, required: bool = False) -> Field:
    return Field(name, label, FieldType.LONG, required=required, listed=False)


def day(name: str, label: str, *, required: bool = False) -> Field:
    return Field(name, label, FieldType.DATE, required=required)


def truth(name: str, label: str, *, required: bool = True, listed: bool = False) -> Field:
    return Field(name, label, FieldType.BOOL, required=required, listed=listed)


def published(
    code: str, title: str, clause: str, *fields: Field, name: str = "", unique: tuple[str, ...] = (), note: str = ""
) -> Kind:
    """A kind of information that becomes public, and only after its audit."""
    return Kind(
        app=APP,
        code=code,
        title=title,
        name=name or "信息",
        document=DOCUMENT,
        clause=clause,
        owner="unit",
        fields=(TITLE, UNIT, *fields, BODY, CHANNEL, AGENCIES, THIRD),
        stages=STAGES,
        steps=STEPS,
        unique=unique,
        note=note,
    )


def kept(
    code: str,
    title: str,
    clause: str,
    *fields: Field,
    name: str = "记录",
    stages: tuple[Stage, ...] = (),
    steps: tuple[Step, ...] = (),
    unique: tuple[str, ...] = (),
    note: str = "",
) -> Kind:
    """A ledger that itself is not an item of publication."""
    return Kind(
        app=APP,
        code=code,
        title=title,
        name=name,
        document=DOCUMENT,
        clause=clause,
        owner="unit",
        fields=fields,
        stages=stages,
        steps=steps,
        unique=unique,
        note=note,
    )
