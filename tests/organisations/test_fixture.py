"""The reviewed list of organisations against the source text."""

import json
from collections import Counter
from pathlib import Path

import pytest

from miyun_kpi.gazette.rules.texts import squeeze
from miyun_kpi.lib.citations import split_citation

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
TEXT = squeeze((FIXTURES / "gazettes/2020-02/gazette.txt").read_text(encoding="utf-8"))
DATA = json.loads((FIXTURES / "organisations.json").read_text(encoding="utf-8"))
ORGANISATIONS = {row["code"]: row for row in DATA["organisations"]}
CLAUSES = {
    (row["document"], row["ref"]): squeeze(row["text"])
    for row in json.loads((FIXTURES / "gazettes/2020-02/clauses.json").read_text(encoding="utf-8"))
}
# Names composed by us, each with 推定 in its note. None so far: every name is printed somewhere.
COMPOSED: set[str] = set()


def organisation_of(text):
    by_alias = {squeeze(row["text"]): row["organisation"] for row in DATA["aliases"]}
    by_name = {squeeze(row["name"]): row["code"] for row in DATA["organisations"]}
    return (by_name | by_alias).get(squeeze(text))


@pytest.mark.parametrize("name", [row["name"] for row in DATA["organisations"] if row["name"] not in COMPOSED])
def test_every_name_occurs_in_the_text(name):
    assert squeeze(name) in TEXT


def test_every_alias_occurs_in_the_clause_it_names():
    for row in DATA["aliases"]:
        if row["source"] == "刊头":
            assert squeeze(row["text"]) in TEXT
            continue
        assert squeeze(row["text"]) in CLAUSES[split_citation(row["source"])], row


def test_every_organisation_names_a_clause_that_exists():
    for row in DATA["organisations"]:
        assert split_citation(row["clause"]) in CLAUSES, row


def test_every_group_phrase_occurs_in_the_text():
    assert [row["phrase"] for row in DATA["groups"] if squeeze(row["phrase"]) not in TEXT] == []


def test_a_group_is_resolved_to_members_or_open_without_any():
    for row in DATA["groups"]:
        assert bool(row["members"]) == (row["resolution"] == "resolved"), row


def test_no_spelling_means_two_organisations():
    keys = [squeeze(row["name"]) for row in DATA["organisations"]] + [squeeze(row["text"]) for row in DATA["aliases"]]
    assert [key for key, count in Counter(keys + list(ORGANISATIONS)).items() if count > 1] == []


def test_scored_organisations_are_counted_as_printed():
    scored = [row for row in DATA["organisations"] if row["evaluated"]]
    assert Counter(row["category"] for row in scored) == {"township": 21, "agency": 35, "vertical": 7, "institution": 7}
    zones = Counter(row["zone"] for row in scored if row["zone"])
    assert zones == {"core": 4, "green": 7, "eco": 9, "economic": 1}


def test_the_departments_stand_in_the_order_of_their_printed_lists():
    departments = [row for row in DATA["organisations"] if row["category"] in ("agency", "vertical", "institution")]
    printed = "".join(CLAUSES["2020-13", f"附件1·二{part}"] for part in ("（一）1", "（一）2", "（二）"))
    assert [row["order"] for row in departments] == list(range(1, 50))
    places = [printed.index(squeeze(row["name"])) for row in departments]
    assert places == sorted(places)


def test_the_zones_are_those_of_the_printed_lists():
    for zone, word in (
        ("core", "新城核心区"),
        ("green", "绿色发展区"),
        ("eco", "生态保护区"),
        ("economic", "经济功能区"),
    ):
        for row in DATA["organisations"]:
            if row["zone"] == zone:
                assert squeeze(row["name"]) in CLAUSES["2020-13", f"三（二）{word}"]


@pytest.mark.parametrize(
    ("spellings", "code"),
    [
        (["区人保局", "区人社局", "区人社保局", "区人力社保局", "人保局"], "renshebao-ju"),
        (["区城管委", "区城市管理委"], "chengguan-wei"),
        (["区应急局", "区应急管理局"], "yingji-ju"),
        (["消防支队（防火办）", "区消防救援支队"], "xiaofang-zhidui"),
        (["区农服中心", "区农业服务中心", "农服中心"], "nongfu-zhongxin"),
        (["区经信局", "区经信委"], "jingxin-ju"),
        (["区改革办", "区委改革办"], "gaige-ban"),
        (["经管局", "区经管站"], "jingguan-zhan"),
        (["区粮食和物资储备局", "区商务局"], "shangwu-ju"),
        (["中关村密云云园", "中关村密云园"], "miyun-yuan"),
        (["国家统计局密云调查队"], "guojia-diaochadui"),
        (["区统计局"], "tongji-ju"),
        (["区政务服务中心"], "zhengwufuwu-zhongxin"),
        (["区委社会工委"], "shehui-gongwei"),
        (["民政局"], "minzheng-ju"),
    ],
)
def test_spellings_of_one_organisation_are_one_and_of_two_are_two(spellings, code):
    assert {organisation_of(text) for text in spellings} == {code}


def test_parts_and_the_affiliated_are_as_read():
    parts = {row["code"]: row["part_of"] for row in DATA["organisations"] if row["part_of"]}
    assert parts["jingji-kaifaqu"] == parts["shengtai-shangwuqu"] == "miyun-yuan"
    assert parts["zhengwufuwu-zhongxin"] == "zhengwufuwu-ju"
    assert parts["jiaotong-zhidui"] == "gongan-fenju"
    assert {"organisation": "shehui-gongwei", "other": "minzheng-ju", "kind": "合署"}.items() <= DATA["affiliations"][
        0
    ].items()


def test_the_two_public_institutions_are_marked():
    assert {code for code, row in ORGANISATIONS.items() if row["public_institution"]} == {"dizhen-ju", "jingguan-zhan"}


def test_the_evaluator_nobody_knows_is_read_as_two():
    [group] = [row for row in DATA["groups"] if row["phrase"] == "区财政局投资促进中心"]
    assert group["members"] == ["caizheng-ju", "toucu-zhongxin"] and "推定" in group["note"]
