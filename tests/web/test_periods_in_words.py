"""Periods as people read and write them: 2020年第三季度, 2020年9月; codes stay for names of files, the API and old links."""

import pytest

from finance_policy.rules.quarters import ended_quarters, read_quarter
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.periods import PeriodCode, code_of, label_of
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field
from miyun_kpi.registers.rules.reading import read_value
from miyun_kpi.web.formats import period, periods


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2020Q3", "2020Q3"),
        ("2020q3", "2020Q3"),
        ("2020年第三季度", "2020Q3"),
        ("2020 年 3 季度", "2020Q3"),
        ("2020年四季度", "2020Q4"),
        ("2020年9月", "2020-09"),
        ("2020年09月", "2020-09"),
        ("2020-12", "2020-12"),
        ("2020年", "2020"),
        ("2020年度", "2020"),
    ],
)
def test_words_and_codes_are_read_alike(typed, code):
    assert str(PeriodCode.read(typed)) == code_of(typed) == code
    assert code_of(label_of(code)) == code


@pytest.mark.parametrize("typed", ["", "2020年第五季度", "2020年13月", "0000年", "三季度", "2020H1x"])
def test_what_is_no_period_is_refused_in_words(typed):
    with pytest.raises(Refused) as refused:
        PeriodCode.read(typed)
    assert "2020年第三季度" in refused.value.message and "Q" not in refused.value.message.replace(typed, "")
    assert code_of(typed) == typed


def test_a_stored_code_is_kept_to_its_form():
    """What is stored and sent by a client is a code: words are read at the doors of people only."""
    with pytest.raises(Refused):
        PeriodCode.parse("2020年第三季度")


def test_labels_on_pages():
    assert period("2020Q3") == "2020年第三季度" and period("2020-09") == "2020年9月" and period("2020") == "2020年"
    assert period("") == "–" and period("", "") == "" and period("2020H1") == "2020H1"


def test_a_period_of_a_register_is_typed_in_words_and_kept_as_its_code():
    field = Field("period", "季度", FieldType.PERIOD)
    assert read_value(field, "2020年第三季度", lambda text, town: None) == "2020Q3"
    assert field.words("2020Q3") == "2020年第三季度" and field.words("旧写法") == "旧写法"
    with pytest.raises(Refused) as refused:
        read_value(field, "上季度", lambda text, town: None)
    assert refused.value.message.startswith("季度“上季度”")


def test_a_sentence_of_a_frozen_document_is_said_in_words():
    assert periods("2020Q2 没有通报，只能试算") == "2020年第二季度没有通报，只能试算"
    assert periods("A2020Q23、2020Q5") == "A2020Q23、2020Q5"


def test_quarters_are_offered_newest_first():
    offered = ended_quarters(PeriodCode(2020, quarter=2), 4)
    assert [one.label for one in offered] == ["2020年第二季度", "2020年第一季度", "2019年第四季度", "2019年第三季度"]
    assert str(read_quarter("2019年第四季度")) == "2019Q4"
