"""The sentences of a notice, in the words of 16号、23号 and 32号. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from personnel.enums import ActKind

TITLE = ("北京市密云区人民政府", "关于人事任免事项的通知")
ADDRESSEE = "各乡镇人民政府，地区、街道办事处，区政府各委、办、局，各区属机构"
CORRECTION = ("北京市密云区人民政府", "关于更正人事任免事项的通知")
SIGNATORY = "北京市密云区人民政府"
_DIGITS = "零一二三四五六七八九十"


@dataclass(frozen=True)
class Said:
    """One act as a sentence needs it; `post` is the organisation and title as the document prints them."""

    person: str
    post: str
    kind: str
    probation_months: int = 0


def opening(meeting: str) -> str:
    return f"经{meeting}研究决定："


def correction_opening(meeting: str, number: str, since: str) -> str:
    """Of a 更正通知: who decided it, whose number it corrects, and from when."""
    return f"经{meeting}研究决定，对《{''.join(TITLE)}》（{number}）更正如下，自{since}起执行："


def corrected(place: int, wrong: Said, right: Said) -> str:
    """Which entry it is, by its place in the wrong original, and both its wordings."""
    return f"第{place}项“{sentence([wrong])}”，更正为“{sentence([right])}”"


def ended(lines: Sequence[str]) -> list[str]:
    """Semicolons, a full stop at the last."""
    return [f"{one}；" for one in lines[:-1]] + [f"{one}。" for one in lines[-1:]]


def probation_words(months: int) -> str:
    """一年, 两年, 六个月: whole years as years."""
    if not months:
        return ""
    if months % 12 == 0 and months // 12 <= 10:
        years = months // 12
        return f"（试用期{'两' if years == 2 else _DIGITS[years]}年）"
    return f"（试用期{_chinese(months)}个月）"


def _chinese(number: int) -> str:
    if number <= 10:
        return "两" if number == 2 else _DIGITS[number]
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def group(acts: Sequence[Said]) -> list[list[Said]]:
    """Appointments first, then removals; neighbours of the same post and probation share a sentence (杨杰、曹放同志…)."""
    lines: list[list[Said]] = []
    for kind in (ActKind.APPOINT, ActKind.REMOVE):
        for act in acts:
            if act.kind != kind:
                continue
            last = lines[-1][0] if lines else None
            if last and (last.kind, last.post, last.probation_months) == (act.kind, act.post, act.probation_months):
                lines[-1].append(act)
            else:
                lines.append([act])
    return lines


def sentence(acts: Sequence[Said]) -> str:
    """One line without its end mark; an appointment and a removal of the same person are one sentence (23号 任免5)."""
    appointed = [act for act in acts if act.kind == ActKind.APPOINT]
    removed = [act for act in acts if act.kind == ActKind.REMOVE]
    if appointed and removed:
        return f"{sentence(appointed)}，免去{removed[0].post}职务"
    first = acts[0]
    names = "、".join(act.person for act in acts)
    if appointed:
        return f"{names}同志任{first.post}{probation_words(first.probation_months)}"
    return f"免去{names}同志{first.post}职务"


def finished(lines: Sequence[Sequence[Said]]) -> list[str]:
    """Every sentence with its end: semicolons, a full stop at the last."""
    return ended([sentence(line) for line in lines])
