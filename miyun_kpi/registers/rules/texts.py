"""Texts of one kind each: a person, a place, a figure with its unit, a target with its day. Pure, and read again unchanged.

Every refusal is one sentence: what is wrong, the form, an example. Nothing is converted: 万元 stays 万元.
"""

import re
import unicodedata
from datetime import date
from decimal import Decimal

from miyun_kpi.lib.credit_code import EXAMPLE
from miyun_kpi.lib.decimals import narrow, plain, read_decimal
from miyun_kpi.lib.errors import Refused
from miyun_kpi.registers.enums import FieldType

# A spreadsheet keeps fifteen significant digits.
MOST_DIGITS = 15
# A year like 1 or 9999 is a slip of the hand, and sorts before or after everything.
EARLIEST, LATEST = 1900, 2199
# Decimals of what is printed in each unit: a fen, a hundredth of a 万元, a ten-thousandth of a 亩 as in the land ledger.
MONEY_UNITS = {"元": 2, "万元": 2}
AREA_UNITS = {"亩": 4, "公顷": 4, "平方米": 2}
LONGEST_NAME = 40
_GROUPED = re.compile(r"(?a:-?\d{1,3}(?:,\d{3})+(?:\.\d+)?)")
_UNITS = ("万元", "亿元", "元", "万", "公顷", "平方米", "平米", "㎡", "m2", "亩")
# Names of other peoples have a point between their parts, which keyboards write in five ways.
_POINTS = dict.fromkeys(map(ord, "•・‧∙⋅●"), "·")
_HAN = re.compile(r"(?<=[㐀-鿿𠀀-𲎯])\s+(?=[㐀-鿿𠀀-𲎯])")
HINTS = {
    FieldType.CREDIT_CODE: f"18 位，对照营业执照，例如 {EXAMPLE}；校验位由系统核对",
    FieldType.DOCUMENT: "照文件写，例如 密政办发〔2020〕5号",
    FieldType.PLACE: "写地名和方位，不写经纬度",
    FieldType.TARGET: "写数、@ 和日期，例如 95@2022-12-31",
}
_COORDINATES = re.compile(
    r"(?a:\d{2,3}\.\d{3,}|\d{2,3}\s*°|[东西]经\s*\d|[南北]纬\s*\d|\b[EWNSewns]\s*\d{2,3}\.\d|\d{2,3}\.\d+\s*[,，]\s*\d{2,3}\.\d)"
)


def read_number(
    text: str, *, what: str, places: int, least: Decimal | None = Decimal(0), most: Decimal | None = None
) -> str:
    """A plain number within its limits."""
    negative = narrow(text).startswith("-") and least is not None and least < 0
    try:
        value = read_decimal(narrow(text).removeprefix("-") if negative else text, places=places, what=what)
    except Refused as refusal:
        said = refusal.message.replace("，没有保存", "").replace("系统不代为舍入。", "系统不代为舍入。")
        raise Refused(refusal.code, said if what in said else f"{what}：{said}") from None
    if len(value.as_tuple().digits) > MOST_DIGITS:
        raise Refused("too-long", f"{what}超过 {MOST_DIGITS} 位数字，表格软件存不下，请核对。")
    value = -value if negative else value
    if least is not None and value < least:
        raise Refused("too-small", f"{what}不能小于 {plain(least)}。")
    if most is not None and value > most:
        raise Refused("too-large", f"{what}不能大于 {plain(most)}。")
    return plain(value)


def read_measure(
    text: str,
    *,
    what: str,
    unit: str,
    places: int,
    least: Decimal | None = Decimal(0),
    most: Decimal | None = None,
) -> str:
    """A figure of money or land: thousands may be set apart, its own unit may stand behind it, another is refused."""
    said = unicodedata.normalize("NFKC", narrow(text)).replace("¥", "").replace(" ", "")
    found = next((one for one in sorted(_UNITS, key=len, reverse=True) if said.endswith(one)), "")
    if found and found != unit:
        raise Refused(
            "other-unit", f"{what}“{text.strip()[:20]}”的单位不是{unit}；系统不换算，请只写{unit}数，例如 12.5。"
        )
    said = said.removesuffix(unit)
    if "," in said:
        if not _GROUPED.fullmatch(said):
            shown = text.strip()[:20]
            raise Refused("bad-grouping", f"{what}“{shown}”的逗号不在千位上，读不准；请只写数字和小数点，例如 1234.5。")
        said = said.replace(",", "")
    return read_number(said, what=what, places=places, least=least, most=most)


def read_person(text: str, *, what: str, longest: int = LONGEST_NAME) -> str:
    """A name: one way of writing it, nothing invisible in it, no digits."""
    said = unicodedata.normalize("NFKC", text).translate(_POINTS)
    form = "请写姓名，例如 张三；民族姓名用间隔号，例如 阿依古丽·买买提"
    if any(unicodedata.category(one) in ("Cf", "Co", "Cn", "Cc") and not one.isspace() for one in said):
        raise Refused("bad-character", f"{what}里有看不见的字符，多半是从网页或文档粘贴来的；{form}。")
    said = _HAN.sub("", " ".join(said.split())).translate({ord("("): "（", ord(")"): "）"})
    if any(unicodedata.category(one) in ("Nd", "Nl", "No") and one not in "〇" for one in said):
        raise Refused("bad-name", f"{what}“{said[:20]}”里有数字，电话、证件号码不写在这里；{form}。")
    if not any(unicodedata.category(one).startswith("L") for one in said):
        raise Refused("bad-name", f"{what}“{said[:20]}”不是姓名；{form}。")
    if len(said) > min(longest, LONGEST_NAME):
        raise Refused("too-long", f"{what}超过 {min(longest, LONGEST_NAME)} 字；只写一个人，{form}。")
    return said


def read_place(text: str, *, what: str, longest: int) -> str:
    """Where something is, in words. Coordinates are refused: where a point lies to the metre is not for an open ledger."""
    said = " ".join("".join(one for one in text if unicodedata.category(one) != "Cf").split())
    if _COORDINATES.search(unicodedata.normalize("NFKC", said)):
        raise Refused("coordinates", f"{what}不写经纬度坐标；请写地名和方位，例如 北庄镇东庄村西口桥北。")
    if len(said) > longest:
        raise Refused("too-long", f"{what}超过 {longest} 字，请精简；例如 北庄镇东庄村西口桥北。")
    return said


def read_day(text: str, *, what: str) -> str:
    value = narrow(text).replace("/", "-").replace("年", "-").replace("月", "-").removesuffix("日")
    parts = value.split("-")
    try:
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts) or len(parts[0]) != 4:
            raise ValueError
        found = date(*map(int, parts))
    except ValueError:
        raise Refused("bad-date", f"{what}“{text[:20]}”读不懂，请写成 2020-09-25。") from None
    if not EARLIEST <= found.year <= LATEST:
        raise Refused("odd-year", f"{what}须在 {EARLIEST} 年至 {LATEST} 年之间，请核对年份。")
    return found.isoformat()


def read_target(
    text: str, *, what: str, unit: str, places: int, least: Decimal | None = Decimal(0), most: Decimal | None = None
) -> str:
    """A figure and the day by which: 95@2022-12-31. One text, so that nobody moves the day and leaves the figure."""
    said = unicodedata.normalize("NFKC", text).strip()
    figure, mark, day = said.partition("@")
    if not mark:
        figure, _, day = said.rpartition(" ")
    if not figure.strip() or not day.strip():
        shown = text.strip()[:20]
        raise Refused("bad-target", f"{what}“{shown}”缺数或缺日期，请写数、@ 和日期，例如 95@2022-12-31。")
    number = read_number(
        figure.strip().removesuffix(unit).strip() if unit else figure, what=what, places=places, least=least, most=most
    )
    return f"{number}@{read_day(day.strip(), what=what)}"


def target_label(value: str, unit: str) -> str:
    figure, mark, day = value.partition("@")
    return f"{day} 前达到 {figure}{unit}" if mark else value
