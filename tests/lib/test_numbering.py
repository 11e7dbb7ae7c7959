"""Two numbers that a reader takes for one are one."""

import pytest

from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.numbering import document_key, folded, require_plain

ZERO, TURN, SHY = "\u200b", "\u202e", "\u00ad"


@pytest.mark.parametrize(
    "other",
    ["ＨＧ-１", "hg-1", "HG -1", "HG–1", "HG－1", f"H{ZERO}G-1", f"HG-{TURN}1", f"HG{SHY}-1", "\tHG-1\n", "HG　-1"],
)
def test_a_voucher_is_the_same_however_it_is_typed(other):
    assert folded(other) == folded("HG-1")


@pytest.mark.parametrize("other", ["HG-11", "HG1", "GH-1", "HG-01"])
def test_another_voucher_is_another(other):
    assert folded(other) != folded("HG-1")


def test_brackets_are_of_one_kind():
    assert folded("（演示）1") == folded("(演示)１") == folded("【演示】1")


@pytest.mark.parametrize(
    "other",
    [
        *(
            "密政发〔2020〕032号",
            "密政发2020年32号",
            "密政发〔2020〕第32号",
            "密政发〔2020〕第032号",
            "密政发 (2020) 32 号",
        ),
        *(
            "密政发［２０２０］３２号",
            f"密政发〔2020〕32{ZERO}号",
            "密政发〔2020年〕32号",
            "密政发〔2020〕32",
            "密政发2020〕32号",
        ),
    ],
)
def test_a_document_is_the_same_however_its_number_is_typed(other):
    assert document_key(other) == document_key("密政发〔2020〕32号")


@pytest.mark.parametrize(
    "other",
    [
        "密政发〔2020〕33号",
        "密政发〔2021〕32号",
        "密政办发〔2020〕32号",
        "密政发〔2020〕320号",
        "密政发〔2020〕3-2号",
        "32号",
        "",
    ],
)
def test_another_document_is_another(other):
    assert document_key(other) != document_key("密政发〔2020〕32号")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("HG-\u31641", "凭证号的第 4 个字是看不见的字符（U+3164），没有保存。"),
        ("\u2800HG-1", "凭证号的第 1 个字是看不见的字符（U+2800）"),
        ("HG-1\uffa0", "第 5 个字是看不见的字符（U+FFA0）"),
        ("HG\ufe0f-1", "第 3 个字是看不见的字符（U+FE0F）"),
        ("HG-١", "第 4 个字“١”不是 0 至 9 的数字，没有保存。"),
        ("HG-۱", "第 4 个字“۱”不是 0 至 9 的数字"),
        ("HG-१", "第 4 个字“१”不是 0 至 9 的数字"),
        ("\u0420z-1", "第 1 个字“\u0420”不是汉字或英文字母，没有保存。"),
        ("HG-\u03bf", "第 4 个字“\u03bf”不是汉字或英文字母"),
    ],
)
def test_a_sign_that_makes_another_number_that_reads_alike_is_named_with_its_place(number, said):
    with pytest.raises(Refused) as refusal:
        require_plain(number, "凭证号")
    assert said in refusal.value.message and refusal.value.code == "bad-character"


@pytest.mark.parametrize(
    "number", ["ＨＧ-１", "HG 1", "HG　1", "密财发〔2026〕1号", "第一号", "〇号", "Ⅳ号", "①", "É-1", f"H{ZERO}G-1"]
)
def test_full_width_blanks_and_chinese_figures_are_plain(number):
    require_plain(number, "凭证号")
