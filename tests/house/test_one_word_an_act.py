"""One word for one act, as officials write it: 取消, 返回, 测算, 项目, 相关页面, 待办事项. What else it was called is banned."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
# The word → what it was called before, as the whole words of a button, a link or a head.
BANNED = {
    "取消": (
        "不登记",
        "不导入",
        "不改了?",
        "不起草了?",
        "不申请了?",
        "不删了",
        "不添了",
        "不要了",
        "再看看",
        "放弃",
        "算了",
    ),
    "返回": (r"回(?!执|复|到)[^<{%\s]{1,8}", "返回，.*", "退回去", "后退"),
    "测算": ("算一算", "试一试", "算算看"),
    "项目": ("数",),
    "相关页面": ("另有", "还有这些"),
    "待办事项": ("要办的", "要做的"),
}
WHOLE = r">\s*(?:{})\s*(?=<|\{{%)"
# Spoken of in running text, by scripts, forms and the manual.
SPOKEN = re.compile("再看看|算一算|不改了|不要了|不起草了|不申请了|放弃输入|放弃刚输入")


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("word", BANNED)
def test_an_act_is_called_by_its_word(word):
    banned = re.compile(WHOLE.format("|".join(BANNED[word])))
    wrong = [
        f"{path.relative_to(TEMPLATES)}: {match[0].strip('> ')} is {word}"
        for path in templates()
        for match in banned.finditer(path.read_text())
    ]
    assert wrong == []


def test_the_words_are_in_use():
    text = " ".join(path.read_text() for path in templates())
    assert all(text.count(word) for word in BANNED), {word: text.count(word) for word in BANNED}
    assert text.count(">取消<") > 30


def test_no_colloquial_word_is_spoken():
    folders = [
        ROOT / name for name in ("templates", "miyun_kpi", "evaluation", "disclosure", "safety", "finance_policy")
    ]
    folders += [ROOT / name for name in ("farmland", "water", "postdoc", "personnel", "docs/manual.md")]
    files = [
        one
        for folder in folders
        for one in ([folder] if folder.is_file() else folder.rglob("*"))
        if one.suffix in {".py", ".html", ".js", ".md"}
    ]
    assert len(files) > 900
    assert [str(one.relative_to(ROOT)) for one in files if SPOKEN.search(one.read_text())] == []


def test_the_bans_would_be_noticed():
    for word, page in (
        ("取消", '<a class="btn" href="/">不改了</a>'),
        ("返回", "<a>\n  回列表\n</a>"),
        ("项目", "<th>数</th>"),
    ):
        assert re.search(WHOLE.format("|".join(BANNED[word])), page)
    assert not re.search(WHOLE.format("|".join(BANNED["返回"])), "<th>回执号</th><a>返回列表</a>")
