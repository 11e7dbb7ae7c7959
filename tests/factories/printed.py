"""Reads a page's own numbers back: the printed arithmetic as fractions, without asking the product how it counted."""

import html
import re
from fractions import Fraction

_TOKEN = re.compile(r"\d+(?:\.\d+)?|[()+*/]")


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", markup))).strip()


def cell(row: str, name: str) -> str:
    found = re.search(rf'<t[dh][^>]*class="[^"]*\b{name}\b[^"]*"[^>]*>(.*?)</t[dh]>', row, re.S)
    assert found, (name, row[:200])
    return found[1]


def lines(page: str) -> list[dict[str, str]]:
    """Every item row of the table of a 得分明细."""
    rows = re.findall(r'<tr class="line[^"]*">(.*?)</tr>', page, re.S)
    found = []
    for row in rows:
        how = cell(row, "how")
        # Names and signs may hold digits and brackets of their own; what is left is the arithmetic.
        bare = re.sub(
            r"<svg.*?</svg>|<span class=\"(?:why|ev|share-status)\">.*?</span>(?:</span>)*", " ", how, flags=re.S
        )
        found.append(
            {
                "how": text_of(bare),
                "mark": text_of(cell(row, "mark")),
                "weight": re.match(r"\s*([\d.]+)", cell(row, "weight"))[1],
                "score": text_of(cell(row, "score")),
            }
        )
    return found


def value(expression: str) -> Fraction:
    """A printed expression with ＋ × ÷ and brackets, exactly."""
    plain = expression.translate(str.maketrans("（）＋×÷", "()+*/"))
    tokens = _TOKEN.findall(plain)
    position = 0

    def peek() -> str:
        return tokens[position] if position < len(tokens) else ""

    def take() -> str:
        nonlocal position
        position += 1
        return tokens[position - 1]

    def total() -> Fraction:
        result = product()
        while peek() == "+":
            take()
            result += product()
        return result

    def product() -> Fraction:
        result = factor()
        while peek() in ("*", "/") and peek():
            if take() == "*":
                result *= factor()
            else:
                result /= factor()
        return result

    def factor() -> Fraction:
        if peek() == "(":
            take()
            result = total()
            assert take() == ")"
            return result
        return Fraction(take())

    result = total()
    assert position == len(tokens), (expression, tokens[position:])
    return result


def rate_of(line: dict[str, str]) -> Fraction:
    """The mark out of 100 from the printed arithmetic, or the printed mark where one evaluator marked alone."""
    expression = re.sub(r"\d+ 家平均", "", line["how"])
    return value(expression) if _TOKEN.search(expression) else Fraction(line["mark"])
