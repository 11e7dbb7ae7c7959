import pytest

from miyun_kpi.gazette.rules.texts import find, flow, mark, paragraphs, snippets, squeeze


def test_squeeze_forgets_blanks_and_width():
    assert squeeze("商务局(粮食 和物资储备 局)") == squeeze("商务局（粮食和物资储备局）")


def test_a_sentence_broken_by_a_page_end_is_one_paragraph_with_both_line_numbers():
    text = "4. 结果审议。区政府办对考评对象全面履职考评情况进行汇总，报区政府党\n\n组会研究审议。"
    [paragraph] = paragraphs(text, 121)
    assert (paragraph.lines, paragraph.text[-10:]) == ("121–123", "政府党组会研究审议。")


def test_two_finished_sentences_stay_two_paragraphs():
    assert len(paragraphs("第一句到此为止，并且长过三十个字，所以不能只凭长短来判断是否换页断开了。\n第二句。", 1)) == 2


def test_a_table_row_keeps_its_cells():
    assert paragraphs("新城核心区\t25\t\t40\t", 82)[0].cells == ("新城核心区", "25", "", "40")


@pytest.mark.parametrize("words", ["专项", "专 项", "５"])
def test_find_sees_two_characters_blanks_and_width(words):
    text = "无专项任务的不超过 0.5 分"
    [(start, end)] = find(text, words)
    assert squeeze(text[start:end]) == squeeze(words)


def test_find_sees_words_across_a_page_break():
    assert find(
        flow("对考评对象全面履职考评情况进行汇总并且还有更多的字以及其他，报区政府党\n\n组会研究审议"), "区政府党组会"
    )


def test_nothing_is_found_for_nothing():
    assert find("任务", " ") == []


def test_marked_pieces_put_together_are_the_text():
    text = "专项任务与专项考评"
    assert mark(text, find(text, "专项")) == (("专项", True), ("任务与", False), ("专项", True), ("考评", False))


def test_a_snippet_shows_the_hit_in_its_surroundings():
    text = "甲" * 50 + "专项" + "乙" * 50
    [pieces] = snippets(text, find(text, "专项"), around=3)
    assert pieces == (("…甲甲甲", False), ("专项", True), ("乙乙乙…", False))
