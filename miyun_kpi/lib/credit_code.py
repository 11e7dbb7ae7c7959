"""统一社会信用代码 by GB 32100—2015: eighteen characters of 31, the last one a check digit. The only reader of it in the house."""

import re
import unicodedata

from miyun_kpi.lib.errors import Refused

# Without I, O, S, V and Z, which are mistaken for digits.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH, PRIME = 18, 31
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, PRIME) for place in range(LENGTH - 1))
# The third to eighth characters are the administrative division of the registrar.
_DIVISION = slice(2, 8)


def check_digit(body: str) -> str:
    """Of the first seventeen characters: 31 minus the weighted sum modulo 31."""
    total = sum(_VALUES[character] * weight for character, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[-total % PRIME]


# What a spreadsheet makes of eighteen digits typed into a cell that is no text: the last ones are gone.
_ROUNDED = re.compile(r"(?a:\d(?:\.\d+)?E\+?\d+)")


def of_nobody(number: int) -> str:
    """A well-formed code that nobody has: there is no registrar 000000."""
    body = f"91000000MA{number:07}"
    return body + check_digit(body)


EXAMPLE = of_nobody(1)
_FORM = f"写成 18 位数字和大写字母，例如 {EXAMPLE}"


def canonical(text: str) -> str:
    """Half width, capitals, without the blanks and hyphens that a copied licence brings."""
    said = unicodedata.normalize("NFKC", text).upper()
    return "".join(one for one in said if one not in "-－—" and not one.isspace() and unicodedata.category(one) != "Cf")


def read_credit_code(text: str, *, what: str = "统一社会信用代码") -> str:
    """The canonical form of a code. Raises Refused in one sentence: what is wrong, the form, an example."""
    code = canonical(text)
    if _ROUNDED.fullmatch(code):
        raise Refused("bad-credit-code", f"{what}被表格软件当成了数，后几位已经丢失；请把这一列设为“文本”，再{_FORM}。")
    said = problem_of(code)
    if said:
        named = said if what == "统一社会信用代码" else said.replace("统一社会信用代码", what, 1)
        raise Refused("bad-credit-code", f"{named.removesuffix('。')}；{_FORM}。")
    return code


def problem_of(code: str) -> str:
    """One sentence of what is wrong with the code, "" when nothing is."""
    if len(code) != LENGTH:
        return f"统一社会信用代码须为 18 位，现为 {len(code)} 位，请对照营业执照。"
    wrong = [(place, character) for place, character in enumerate(code, start=1) if character not in _VALUES]
    if wrong:
        place, character = wrong[0]
        return f"统一社会信用代码第 {place} 位“{character}”不在所用字符之内（数字和大写字母，不用 I、O、S、V、Z），请对照营业执照。"
    if not code[_DIVISION].isdigit():
        return "统一社会信用代码第 3 至 8 位是登记机关行政区划，应为数字，请对照营业执照。"
    if check_digit(code[:-1]) != code[-1]:
        return f"统一社会信用代码校验位不符：第 18 位是“{code[-1]}”，与前 17 位对不上，其中有一位写错，请对照营业执照。"
    return ""
