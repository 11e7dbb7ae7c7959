"""Numbers in an edited bulletin that name no source: in digits, in words, in brackets; and words that are no numbers."""

import pytest

from evaluation.bulletin.rules.bulletin_draft import _DEMANDS, _OPENINGS
from evaluation.bulletin.rules.bulletin_marks import findings, printed, read_lines


def unsourced(text: str) -> list[str]:
    lines = read_lines(text, {}, {})
    assert {found.code for found in findings(lines, ())} <= {"unsourced-figure"}
    return [piece.text for line in lines for piece in line.pieces if piece.problem]


@pytest.mark.parametrize(
    ("line", "figure"),
    [
        ("共有十家并列。", "十家"),
        ("完成率提高两成。", "两成"),
        ("平均（12）分。", "（12）"),
        ("平均：（12）分。", "（12）"),
        ("（12）分以下的要整改。", "（12）"),
        ("平均（１２）分。", "（１２）"),
        ("北庄镇得〔88.5〕分。", "〔88.5〕"),
        ("北庄镇得【八十八】分。", "【八十八】"),
        ("比上期提高百分之五。", "百分之五"),
        ("三分之一的单位没有完成。", "三分之一"),
        ("北庄镇列第三，进步明显。", "第三"),
        ("北庄镇排倒数第二。", "倒数第二"),
        ("北庄镇排第三名。", "第三名"),
        ("进入前三的有北庄镇。", "前三"),
        ("得八十九点五分。", "八十九点五分"),
        ("二十一个镇街参加考评。", "二十一个"),
        ("过半单位没有完成。", "过半"),
        ("完成数翻了一番，即翻一番。", "翻一番"),
        ("投入三千万元。", "三千万元"),
        ("得十分。", "十分"),
        ("平均1,234.5分。", "1,234.5"),
    ],
)
def test_a_number_without_a_source_is_found_however_it_is_written(line, figure):
    assert unsourced(line) == [figure]
    # Said to be one's own it may stand, and is printed as it was.
    own = line.replace(figure, f"{{自拟 {figure}}}")
    assert unsourced(own) == [] and printed(own) == line


@pytest.mark.parametrize(
    "line",
    [
        "一、总体情况",
        "（二）存在问题",
        "（2）第二项。",
        "1. 加强调度。",
        "包括：（一）镇街；（二）部门。",
        "按照密政办字〔2020〕13号第五条要求，二〇二〇年十月九日前报送。",
        "第三季度（三季度）重点任务，一季度起抓好。",
        "各单位要十分重视，再接再厉，一是抓好落实，二是举一反三，每一个单位都要统一思想。",
        "政府部门排在前十二名的是：",
        "做到“两个维护”，高效办成一件事。",
        *_DEMANDS.values(),
        *_OPENINGS.values(),
    ],
)
def test_numbering_dates_quarters_clauses_and_idioms_are_no_figures(line):
    assert unsourced(line) == []
