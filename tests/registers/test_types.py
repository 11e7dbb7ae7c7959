"""Types of fields: what is typed becomes one canonical text, or one sentence that names the form and an example."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miyun_kpi.lib.credit_code import ALPHABET, EXAMPLE, check_digit, of_nobody, read_credit_code
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.spans import Span, label_of, read_span
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Kind
from miyun_kpi.registers.rules.reading import read_value

MONTH = {"type": FieldType.PERIOD, "periods": (Span.MONTH,)}
ANY = {"type": FieldType.PERIOD, "periods": tuple(Span)}
CODE, PERSON, PLACE = ({"type": one} for one in (FieldType.CREDIT_CODE, FieldType.PERSON, FieldType.PLACE))
YUAN = {"type": FieldType.MONEY, "unit": "元"}
WAN = {"type": FieldType.MONEY, "unit": "万元"}
MU = {"type": FieldType.AREA, "unit": "亩"}
TARGET = {"type": FieldType.TARGET, "unit": "%", "places": 1}


def field(options):
    return Field("x", "某栏", **options)


def read(options, typed):
    return read_value(field(options), typed, lambda _, __: None)


@pytest.mark.parametrize(
    ("options", "typed", "expected"),
    [
        (MONTH, "2026-10", "2026-10"),
        (MONTH, "２０２６年１０月", "2026-10"),
        (MONTH, "2026年10月份", "2026-10"),
        (MONTH, " 2026 / 9 ", "2026-09"),
        (MONTH, "202610", "2026-10"),
        (MONTH, "2026.10", "2026-10"),
        # Of a workbook, where a month is kept as its first day.
        (MONTH, "2026-10-01", "2026-10"),
        (MONTH, "2026/10/1", "2026-10"),
        (ANY, "2026 q3", "2026Q3"),
        (ANY, "2026年第三季度", "2026Q3"),
        (ANY, "2026年3季度", "2026Q3"),
        (ANY, "2026年下半年", "2026H2"),
        (ANY, "２０２６Ｈ１", "2026H1"),
        (ANY, "2026年度", "2026"),
        (ANY, "2020-2021学年", "2020S"),
        (ANY, "2020—2021学年", "2020S"),
        (ANY, "2020至2021年", "2020S"),
        (CODE, f" {EXAMPLE.lower()} ", EXAMPLE),
        (CODE, f"{EXAMPLE[:4]} {EXAMPLE[4:8]}-{EXAMPLE[8:]}", EXAMPLE),
        (CODE, "".join(chr(ord(one) + 0xFEE0) for one in EXAMPLE), EXAMPLE),
        (PERSON, "张　三", "张三"),
        (PERSON, "阿依古丽•买买提", "阿依古丽·买买提"),
        (PERSON, "Ｊｏｈｎ  Smith", "John Smith"),
        (PERSON, "李四(女)", "李四（女）"),
        (PLACE, " 北庄镇　东庄村  西口 ", "北庄镇 东庄村 西口"),
        (PLACE, "东庄\u200b村 3 号院", "东庄村 3 号院"),
        (YUAN, "1,234.50", "1234.5"),
        (YUAN, "￥１，２３４元", "1234"),
        (YUAN, "0", "0"),
        (WAN, "12.5万元", "12.5"),
        (MU, "3.1416亩", "3.1416"),
        (TARGET, "95.0@2022-12-31", "95@2022-12-31"),
        (TARGET, "95%＠2022年12月31日", "95@2022-12-31"),
        (TARGET, "95 2022-12-31", "95@2022-12-31"),
    ],
)
def test_one_canonical_form(options, typed, expected):
    assert read(options, typed) == expected == read(options, expected)


@pytest.mark.parametrize(
    ("options", "typed", "said"),
    [
        (MONTH, "10月", "没有写年份，请写年和月，例如 2026-10。"),
        (MONTH, "十月份", "没有写年份"),
        (ANY, "上半年", "没有写年份"),
        (MONTH, "2026", "写的是年度，请写年和月，例如 2026-10。"),
        (MONTH, "2026-13", "没有这样的月份"),
        (MONTH, "2026-10-15", "读不懂，请写年和月，例如 2026-10。"),
        # A spreadsheet drops the nought of 2026.10.
        (MONTH, "2026.1", "读不懂"),
        (ANY, "2020-2022学年", "没有这样的学年"),
        (MONTH, "0202-10", "1900 年至 2199 年"),
        (CODE, "123", f"须为 18 位，现为 3 位，请对照营业执照；写成 18 位数字和大写字母，例如 {EXAMPLE}。"),
        (CODE, EXAMPLE[:9] + "O" + EXAMPLE[10:], "第 10 位“O”不在所用字符之内"),
        (CODE, EXAMPLE[:9] + "I" + EXAMPLE[10:], "第 10 位“I”不在所用字符之内"),
        (CODE, EXAMPLE[:9] + "Z" + EXAMPLE[10:], "第 10 位“Z”不在所用字符之内"),
        (CODE, EXAMPLE[:9] + "9" + EXAMPLE[10:], "校验位不符"),
        (CODE, "9.1110118e+17", "设为“文本”"),
        (PERSON, "张三13812345678", "有数字，电话、证件号码不写在这里；请写姓名，例如 张三"),
        (PERSON, "张\u200b三", "看不见的字符"),
        (PERSON, "——", "不是姓名"),
        (PERSON, "张" * 41, "超过 40 字"),
        (PLACE, "116.8432，40.3765", "不写经纬度坐标；请写地名和方位，例如"),
        (PLACE, "东" * 201, "超过 200 字"),
        (YUAN, "1.234", "超过 2 位小数"),
        (YUAN, "-1", "不能小于 0"),
        (YUAN, "1,23", "逗号不在千位上，读不准；请只写数字和小数点，例如 1234.5。"),
        (YUAN, "12万元", "单位不是元；系统不换算，请只写元数，例如 12.5。"),
        (WAN, "12元", "单位不是万元"),
        (MU, "3公顷", "单位不是亩"),
        (MU, "3.14159", "超过 4 位小数"),
        (TARGET, "95", "缺数或缺日期，请写数、@ 和日期，例如 95@2022-12-31。"),
        (TARGET, "95@2022-02-30", "请写成 2020-09-25"),
    ],
)
def test_one_sentence_with_the_form(options, typed, said):
    with pytest.raises(Refused) as refusal:
        read(options, typed)
    message = refusal.value.message
    assert said in message and message.endswith("。")
    # What is wrong with a plain number takes two.
    assert message.count("。") == (2 if options in (YUAN, MU) and "单位" not in said and "逗号" not in said else 1)


EACH = [MONTH, ANY, CODE, PERSON, PLACE, YUAN, WAN, MU, TARGET]


@given(st.sampled_from(EACH), st.text(max_size=30))
def test_whatever_is_read_is_read_again_unchanged(options, typed):
    try:
        once = read(options, typed)
    except Refused:
        return
    assert read(options, once) == once if once else True


@given(st.integers(1900, 2199), st.sampled_from(["", *(f"-{n:02}" for n in range(1, 13)), "Q1", "Q4", "H1", "H2", "S"]))
def test_the_words_of_a_period_are_read_back(year, rest):
    code = f"{year}{rest}"
    assert read_span(label_of(code), tuple(Span)) == code == read_span(code, tuple(Span))


@given(st.text(ALPHABET, min_size=17, max_size=17).filter(lambda body: body[2:8].isdigit()))
def test_a_code_is_read_in_small_letters_and_full_width(body):
    code = body + check_digit(body)
    assert read_credit_code(code.lower()) == code
    assert read_credit_code("".join(chr(ord(one) + 0xFEE0) for one in code)) == code


@given(st.integers(0, 10**9))
def test_money_and_land_keep_every_digit(number):
    typed = f"{number // 100:,}.{number % 100:02}"
    assert Decimal(read(YUAN, typed)) * 100 == number


def test_money_and_land_have_the_decimals_of_their_unit():
    assert (field(YUAN).places, field(WAN).places, field(MU).places) == (2, 2, 4)
    with pytest.raises(KeyError):
        Field("x", "某栏", FieldType.MONEY, unit="美元")


def test_what_is_sealed_names_sorts_and_sums_nothing():
    sealed = Field("who", "姓名", FieldType.SEALED)
    assert sealed.secret and not sealed.listed
    for options in ({"unique": ("who",)}, {"due": "who"}, {"owner": "who"}):
        with pytest.raises(ValueError, match="sealed"):
            Kind("a", "b", "甲", "2020-22", "一", (Field("x", "甲"), sealed), "甲", **options)
    with pytest.raises(ValueError, match="sealed"):
        Kind("a", "b", "甲", "2020-22", "一", (sealed,), "甲")


def test_codes_of_nobody_are_well_formed():
    assert read_credit_code(of_nobody(113)) == of_nobody(113) != of_nobody(114)
