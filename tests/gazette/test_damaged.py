"""Words damaged in print are read with a mark that is seen and heard; the stored text stays to the letter."""

import json
import re

from django.conf import settings
from django.template import Context, Template

from miyun_kpi.gazette.rules.damaged import DAMAGES, pieces


def shown(text, how="damaged"):
    return Template("{{ text|" + how + " }}").render(Context({"text": text}))


def test_a_damaged_word_is_read_and_its_print_is_heard():
    page = shown("推进落实当年重点任务 and 改革重点工作情况")
    seen = re.sub(r'<span class="hear">.*?</span>|<[^>]+>', "", page)
    assert seen == "推进落实当年重点任务和※改革重点工作情况"
    assert "原印“and”，识读为“和”" in page and 'aria-hidden="true">※' in page


def test_the_list_of_doubts_quotes_the_print_and_marks_it():
    page = shown("加大执法检查 and 行政处罚力度", "as_printed")
    assert ">and<" in page and "原印如此" in page and "和" not in page


def test_nothing_else_is_touched():
    for text in ("research and development", "治疗疾病", "召开党 组会", "<b>市政服务</b>"):
        assert "".join(part for part, reading in pieces(text) if not reading) == text
    assert shown("<b>") == "&lt;b&gt;"


def test_every_damage_stands_in_the_gazette_and_among_the_doubtful_passages():
    folder = settings.BASE_DIR / "fixtures" / "gazettes" / "2020-02"
    rows = json.loads((folder / "doubtful_passages.json").read_text())
    said = " ".join(row["passage"] + row["problem"] for row in rows)
    assert [one.printed for one in DAMAGES if one.printed.strip() not in said] == []
    assert len(re.findall("[一-鿿] and [一-鿿]", (folder / "clauses.json").read_text())) >= 3


def test_a_clause_is_read_with_the_mark(gazette, client):
    from tests.accounts.people import person

    client.force_login(person("someone"))
    page = client.get("/gazette/2020-13/附件2·17/").content.decode()
    assert "read-so" in page and re.search(r"重点任务\s*<mark class=\"read-so\"", page)
    doubts = client.get("/gazette/doubts/").content.decode()
    assert "重点任务<mark" in doubts and ">and<span" in doubts
