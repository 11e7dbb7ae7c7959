"""Documents of identity: what can be checked without asking anybody. Pure. No sentence repeats what was typed."""

from datetime import date

from miyun_kpi.lib.decimals import narrow
from miyun_kpi.lib.errors import Refused
from postdoc.enums import DocumentKind

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def mask(name: str) -> str:
    """The surname and two stars, however long the name is."""
    return f"{name[:1]}**" if name else ""


def read_number(kind: str, text: str) -> tuple[str, date | None]:
    """The number in one form, and the birthday where it tells it. Raises Refused."""
    number = "".join(narrow(text).split()).upper()
    if kind != DocumentKind.IDENTITY_CARD:
        if not 5 <= len(number) <= 40:
            raise Refused("bad-identity", "证件号码应有 5 至 40 个字符，没有保存。请照证件核对。")
        return number, None
    if len(number) != 18 or not number[:17].isascii() or not number[:17].isdigit():
        raise Refused("bad-identity", "居民身份证号码应是 18 位，没有保存。请照证件核对。")
    if _CHECK[sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11] != number[17]:
        raise Refused("bad-identity", "居民身份证号码的校验位不对，没有保存。请照证件逐位核对。")
    try:
        return number, date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise Refused("bad-identity", "居民身份证号码里的出生日期不存在，没有保存。请照证件核对。") from None
