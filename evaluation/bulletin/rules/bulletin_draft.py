"""The first draft of a bulletin: template sentences with every figure taken from the snapshot, and what may be chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evaluation.bulletin.rules.bulletin_facts import GROUP_WORDS, TRACK_WORDS, Fact, ranked_rows, within
from miyun_kpi.lib.errors import Refused

Json = Mapping[str, Any]

# The fields of a version, in the order of the form and of the difference.
FIELDS = (
    ("issuer_mark", "发文机关标志"),
    ("number", "发文字号"),
    ("title", "标题"),
    ("addressee", "主送"),
    ("text", "正文"),
    ("signatory", "发文机关署名"),
    ("dated", "成文日期"),
    ("openness", "公开属性"),
    ("copies", "抄送"),
    ("printer", "印发机关"),
    ("printed_on", "印发日期"),
)
ISSUER = "北京市密云区人民政府办公室"
# As 13号 itself is addressed.
ADDRESSEES = "各乡镇人民政府，地区、街道办事处，区政府各委、办、局，各区属机构"
OBJECTS = {"township": "镇街（地区）、经济功能区", "department": "政府部门"}
CLAUSE = "四（二）"
MOST = 70
_DIGITS = "零一二三四五六七八九"
SCOPE_WORDS = {"rank": "名次", "total": "名次和总分", "dimensions": "分项"}


@dataclass(frozen=True)
class Options:
    """What is printed. `first` and `last` are counts for tables in the text, 0 for none; `whole` the list of all as 附件."""

    ranks: bool = True
    totals: bool = True
    problems: bool = False
    first: int = 0
    last: int = 0
    whole: bool = True

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def require_allowed(options: Options, scopes: Mapping[str, str]) -> None:
    """A bulletin prints no more than the 公开范围 of its rankings allows to those who read it (engine 18)."""
    for track, scope in scopes.items():
        words = f"{TRACK_WORDS[track]}排名的公开范围是“{SCOPE_WORDS[scope]}”"
        if options.totals and not within("total", scope):
            raise Refused("beyond-scope", f"{words}，通报里不能列总分。请去掉总分再办。", clause=CLAUSE)
        if options.problems and not within("dimensions", scope):
            raise Refused("beyond-scope", f"{words}，通报里不能列各单位的存在问题。请去掉存在问题再办。", clause=CLAUSE)
    if not (0 <= options.first <= MOST and 0 <= options.last <= MOST):
        raise Refused("bad-count", f"前几名、后几名须在 0 到 {MOST} 之间，没有起草。")


def require_unmixed(kinds: Sequence[str], *, accepted: bool) -> None:
    """Official and trial in one paper make the whole paper a 试算件: only where that was said and accepted."""
    if len(set(kinds)) > 1 and not accepted:
        raise Refused(
            "mixed-kinds",
            "所选的一次是正式核定，另一次是试算：整份通报会印“试算件”，不能定稿。没有起草。"
            "请只选正式核定的，或在下面勾选确认。",
            clause=CLAUSE,
        )


def in_chinese(number: int) -> str:
    """1 to 99 in words: 三, 十, 十二, 二十一."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def counted(options: Options, document: Json) -> tuple[int, int]:
    """`first` and `last` within the number of those ranked."""
    size = len(ranked_rows(document))
    return min(options.first, size), min(options.last, size)


def title_of(kind: str, period: str, tracks: Sequence[str]) -> str:
    """Lines of at most twenty characters of 2号, broken where the meaning allows."""
    head = f"关于{period}" if kind == "report" else f"关于对{period}"
    if len(tracks) > 1:
        head += "\n政府部门和镇街（地区）"
    else:
        head += f"\n{OBJECTS[tracks[0]]}" if tracks[0] == "township" else OBJECTS[tracks[0]]
    return f"{head}\n{_TITLES[kind]}"


_TITLES = {
    "report": "绩效考评情况的通报",
    "praise": "绩效考评先进单位予以表扬的通报",
    "criticism": "绩效考评排名靠后单位予以批评的通报",
}


def draft_text(
    kind: str,
    *,
    period: str,
    basis: str,
    documents: Sequence[Json],
    facts: Mapping[str, Fact],
    options: Options,
    problems: bool,
) -> str:
    """The body with its marks. `basis` names the plan the evaluation follows."""
    lines = [
        f"按照{basis}要求，区政府办、区发改委组织考评部门对{period}重点任务落实情况进行了打分排名。{_OPENINGS[kind]}",
        "一、总体情况",
        *(_overall(document, period, facts, options) for document in documents),
    ]
    heads = iter("二三四五")
    results = [line for document in documents for line in _results(kind, document, options)]
    if options.whole:
        results.append("各单位考评结果见附件。")
    if results:
        lines += [f"{next(heads)}、{_RESULTS[kind]}", *results]
    if problems:
        lines.append(f"{next(heads)}、存在问题")
        lines += [f"{{表·存在问题·{TRACK_WORDS[document['track']]}}}" for document in documents]
    lines += [f"{next(heads)}、工作要求", _DEMANDS[kind], "加减分年终计入。"]
    return "\n".join(lines)


_OPENINGS = {
    "report": "现将有关情况通报如下。",
    "praise": "现对排名靠前的单位予以通报表扬。",
    "criticism": "现对排名靠后的单位予以通报批评。",
}
_RESULTS = {"report": "考评结果", "praise": "表扬单位", "criticism": "批评单位"}
_DEMANDS = {
    "report": "各单位要对照季度考评反馈单，针对存在的问题和不足，认真分析原因，制定整改措施，抓好整改落实，推动效能提升。",
    "praise": "希望受表扬的单位再接再厉。各单位要学习先进，对照季度考评反馈单查找不足，抓好各项重点任务落实。",
    "criticism": "受批评的单位要认真分析原因，制定整改措施，抓好整改落实，并向区政府办书面报告整改情况。",
}


def _overall(document: Json, period: str, facts: Mapping[str, Fact], options: Options) -> str:
    track = document["track"]
    word = TRACK_WORDS[track]

    def mark(source: str) -> str:
        return f"{{{source} {facts[source].value}}}"

    words = f"{period}，{mark(f'家数·{word}')}个{OBJECTS[track]}参加考评"
    if options.totals and f"平均分·{word}" in facts:
        words += (
            f"，平均{mark(f'平均分·{word}')}分，最高{mark(f'最高分·{word}')}分，最低{mark(f'最低分·{word}')}分。其中，"
        )
        groups = [name for name in GROUP_WORDS.values() if f"平均分·{word}·{name}" in facts]
        words += "；".join(
            f"{name}{mark(f'家数·{word}·{name}')}个，平均{mark(f'平均分·{word}·{name}')}分" for name in groups
        )
    return f"{words}。"


def _results(kind: str, document: Json, options: Options) -> list[str]:
    """Tables of the first and last. Without ranks a report has none, and praise names its units without their order."""
    word, objects = TRACK_WORDS[document["track"]], OBJECTS[document["track"]]
    lines = []
    for count, place in zip(counted(options, document), "前后", strict=True):
        if not count or (kind == "report" and not options.ranks):
            continue
        said = f"排在{place}{in_chinese(count)}名的是" if options.ranks else f"予以{_RESULTS[kind][:2]}的是"
        lines += [f"{objects}{said}：", f"{{表·{place}{count}名·{word}}}"]
    return lines


def empty_content() -> dict[str, str]:
    return dict.fromkeys((name for name, _ in FIELDS), "")
