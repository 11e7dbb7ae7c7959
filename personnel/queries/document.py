"""The 任免通知 as an official document, drafted from its acts."""

from datetime import date

from miyun_kpi.documents.content import Official, Paragraph
from personnel.enums import NoticeState
from personnel.models import Notice
from personnel.rules import sentences

# Where the meeting is still to be filled in.
BLANK = "＿＿＿＿＿＿"


def lines_of(notice: Notice) -> list[list[sentences.Said]]:
    """As issued, by the line each act stands in; a draft's as they would be grouped."""
    # An issued document stays as it was issued, also where an act of it was struck from the record since; an entry that
    # did not say what the document says has given way to the one that does.
    entered = notice.acts.filter(emended_by__isnull=True)
    acts = list(entered.select_related("person", "position__organisation").order_by("line", "order"))
    said = [
        sentences.Said(act.person.name, act.printed or str(act.position), act.kind, act.probation_months)
        for act in acts
    ]
    if notice.state != NoticeState.ISSUED:
        return sentences.group(said)
    by_line: dict[int, list[sentences.Said]] = {}
    for act, one in sorted(zip(acts, said, strict=True), key=lambda pair: (pair[0].line, pair[0].order)):
        by_line.setdefault(act.line, []).append(one)
    return list(by_line.values())


def notice_document(notice: Notice, on: date) -> Official:
    """A draft says 送审稿 and bears no 红头, number or date of its own."""
    issued = notice.state == NoticeState.ISSUED
    blocks = [Paragraph(sentences.opening(notice.meeting or BLANK))]
    blocks += [Paragraph(one) for one in sentences.finished(lines_of(notice))]
    return Official(
        title=list(sentences.TITLE),
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
