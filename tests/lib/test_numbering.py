"""Two numbers that a reader takes for one are one."""

import pytest

from miyun_kpi.lib.numbering import document_key, folded

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
