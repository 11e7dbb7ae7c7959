"""What a field of a register is called says what it holds: one of these is not declared as free text, so that no register forgets."""

import re

import pytest

from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.registry import all_kinds
from miyun_kpi.registers.rules.texts import AREA_UNITS, MONEY_UNITS

FREE = {FieldType.TEXT, FieldType.LONG}
# Words of a label, and the types that may stand under it. A closed list (CHOICE) and a year as a number are no free text.
CALLED = {
    r"信用代码": {FieldType.CREDIT_CODE},
    r"期间|月份|季度|半年|学年|年度|年份": {FieldType.PERIOD, FieldType.CHOICE, FieldType.NUMBER},
    r"姓名|负责人|联系人|保管人|首问人|解读人|经办人": {FieldType.PERSON, FieldType.SEALED, FieldType.BOOL},
    r"联系方式|电话|手机|证件|身份证": {FieldType.SEALED},
    r"地点|位置|地址": {FieldType.PLACE},
    r"面积": {FieldType.AREA},
    r"金额|投资$|资金支出|罚款": {FieldType.MONEY},
    r"目标值|目标数": {FieldType.TARGET},
}
# register.field → why it stays free text.
EXCEPTIONS: dict[str, str] = {}
FIELDS = [(f"{kind.key}.{one.name}", one) for kind, _ in all_kinds() for one in kind.fields if kind.app != "sample"]


@pytest.mark.parametrize("words", CALLED)
def test_a_field_called_so_has_its_type(words):
    named = [(key, one) for key, one in FIELDS if re.search(words, one.label) and key not in EXCEPTIONS]
    assert [f"{key} {one.label}: {one.type}" for key, one in named if one.type not in CALLED[words]] == []


@pytest.mark.parametrize(("units", "of"), [(MONEY_UNITS, FieldType.MONEY), (AREA_UNITS, FieldType.AREA)])
def test_a_figure_with_the_unit_of_money_or_land_has_its_type(units, of):
    found = [(key, one.type) for key, one in FIELDS if one.unit in units]
    assert found and [key for key, kind in found if kind != of] == []


def test_no_exception_outlives_its_field():
    known = dict(FIELDS)
    assert all(key in known and known[key].type in FREE and why for key, why in EXCEPTIONS.items())


def test_every_type_is_declared_somewhere_or_its_absence_is_known():
    """The text prints no target that a register keeps; those of 19号 and 22号 have tables of their own."""
    assert set(FieldType) - {one.type for _, one in FIELDS} == {FieldType.TARGET}
