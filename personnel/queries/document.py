"""The 任免通知 and the 更正通知 as official documents, drafted from their acts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from miyun_kpi.documents.content import Official, Paragraph
from personnel.enums import NoticeState
from personnel.models import Act, Notice
from personnel.queries.terms import WHOLE
from personnel.rules import sentences

# Where the meeting is still to be filled in.
BLANK = "＿＿＿＿＿＿"


def entered(notice: Notice) -> list[Act]:
    """What the document says, by line: an entry that did not say it has given way to the one that does.

    An issued document stays as it was issued, also where an act of it was struck from the record since.
    """
    found = notice.acts.filter(emended_by__isnull=True)
    return list(found.select_related(*WHOLE, "corrects__position__organisation").order_by("line", "order"))


def lines_of(notice: Notice) -> list[list[sentences.Said]]:
    """As issued, by the line each act stands in; a draft's as they would be grouped."""
    acts = entered(notice)
    said = [said_of(act) for act in acts]
    if notice.state != NoticeState.ISSUED:
        return sentences.group(said)
    by_line: dict[int, list[sentences.Said]] = {}
    for act, one in zip(acts, said, strict=True):
        by_line.setdefault(act.line, []).append(one)
    return list(by_line.values())


def said_of(act: Act, *, apart: bool = False) -> sentences.Said:
    """`apart`: with the 区别 that tells two people of one name apart."""
    person = str(act.person) if apart else act.person.name
    return sentences.Said(person, act.printed or str(act.position), act.kind, act.probation_months)


@dataclass(frozen=True)
class Corrected:
    """An entry of a 更正通知: the place of the wrong one in its notice, and the sentence that says both."""

    act: Act
    wrong: Act
    place: int

    @property
    def counts(self) -> bool:
        return self.act.notice is not None and self.act.notice.state == NoticeState.ISSUED

    @property
    def words(self) -> str:
        wrong, right = said_of(self.wrong), said_of(self.act)
        if wrong == right:
            wrong, right = said_of(self.wrong, apart=True), said_of(self.act, apart=True)
        return sentences.corrected(self.place, wrong, right)


def corrected_by(notice: Notice) -> list[Corrected]:
    """What a 更正通知 corrects, entry by entry; nothing of another notice."""
    return _corrected(entered(notice)) if notice.corrects_id else []


def corrections_of(notice: Notice, *, drafts: bool) -> list[Corrected]:
    """What 更正通知 say of the entries of this one; `drafts`: also those that are not issued yet."""
    found = Act.objects.filter(corrects__notice=notice, struck_at__isnull=True)
    if not drafts:
        found = found.filter(notice__state=NoticeState.ISSUED)
    return _corrected(found.select_related(*WHOLE, "corrects__position__organisation").order_by("notice", "line"))


def _corrected(acts: Iterable[Act]) -> list[Corrected]:
    made: list[Corrected] = []
    lines: dict[int, list[int]] = {}
    for act in acts:
        wrong = act.corrects
        if wrong is None or wrong.notice is None:
            continue
        if wrong.notice.pk not in lines:
            lines[wrong.notice.pk] = sorted(set(wrong.notice.acts.values_list("line", flat=True)))
        made.append(Corrected(act, wrong, lines[wrong.notice.pk].index(wrong.line) + 1))
    return made


def papers_correcting(notice: Notice) -> list[Notice]:
    """更正通知 of before go-live, which say no entry that they correct."""
    found = notice.corrections.filter(state=NoticeState.ISSUED).exclude(acts__corrects__isnull=False)
    return list(found.order_by("dated", "pk"))


def opening_of(notice: Notice) -> str:
    meeting = notice.meeting or BLANK
    if notice.corrects is None:
        return sentences.opening(meeting)
    since = notice.effective_on
    assert since is not None
    return sentences.correction_opening(meeting, notice.corrects.number, f"{since.year}年{since.month}月{since.day}日")


def said_by(notice: Notice) -> list[str]:
    """Every sentence after the opening, with its end."""
    corrected = corrected_by(notice)
    if corrected:
        return sentences.ended([one.words for one in corrected])
    # A 更正通知 of before go-live says 任 and 免 (0088).
    return sentences.finished(lines_of(notice))


def notice_document(notice: Notice, on: date) -> Official:
    """A draft says 送审稿 and bears no 红头, number or date of its own."""
    issued = notice.state == NoticeState.ISSUED
    blocks = [Paragraph(opening_of(notice))]
    blocks += [Paragraph(one) for one in said_by(notice)]
    return Official(
        title=list(sentences.CORRECTION if notice.corrects_id else sentences.TITLE),
        addressee=sentences.ADDRESSEE,
        blocks=blocks,
        signatory=sentences.SIGNATORY,
        dated=notice.dated if issued else notice.dated or on,
        number=notice.number if issued else "",
        issuer_mark=f"{sentences.SIGNATORY}文件" if issued and notice.number else "",
        stage="" if issued else "送审稿",
        watermark="" if issued else "送审稿",
        openness="主动公开" if issued else "",
        source=f"依据任免登记，{notice}",
    )
