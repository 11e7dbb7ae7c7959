"""Accounts and the audit as workbooks. The audit stands below the sheets, so its export lives here."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from miyun_kpi.accounts.models import User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.telling import Detail, Teller
from miyun_kpi.audit.withheld import SAID
from miyun_kpi.audit.wording import word_of
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook

TOLD_TOGETHER = 500


def _book(title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]], *, viewer: str, at: datetime) -> bytes:
    lines = [title, f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    sheet = Sheet(title=title, columns=[Column(head, 22) for head in heads], rows=rows, lines=lines)
    return workbook([sheet], title=title, at=at)


def accounts_workbook(people: Iterable[User], *, viewer: str, at: datetime) -> bytes:
    """As the list shows them; `posts_now` was fetched with them."""
    rows: list[Sequence[Cell]] = [
        [
            one.username,
            one.display_name,
            "；".join(str(post) for post in getattr(one, "posts_now", ())),
            "启用" if one.is_active else "停用",
            f"{one.last_login.astimezone():%Y-%m-%d %H:%M}" if one.last_login else "",
        ]
        for one in people
    ]
    return _book("账号", ("用户名", "姓名", "现任岗位", "状态", "最近登录"), rows, viewer=viewer, at=at)


def audit_workbook(entries: Iterable[AuditEntry], *, viewer: str, at: datetime) -> bytes:
    """Each entry as its sentence and its details; on a second sheet as stored, which is what its hash is of.

    With the hash of each entry, so that a copy can be compared with the chain.
    """
    lines = [f"导出 {at.astimezone():%Y-%m-%d %H:%M}　{viewer}"]
    stored: list[Sequence[Cell]] = []

    def told() -> Iterator[Sequence[Cell]]:
        for some in _batches(entries, TOLD_TOGETHER):
            teller = Teller(some)
            rows = zip(some, teller.sentences(), teller.details(), teller.things(), strict=True)
            for one, sentence, details, thing in rows:
                moment = f"{one.at.astimezone():%Y-%m-%d %H:%M:%S}"
                kept = SAID if one.seq in teller.withheld else one.data
                stored.append([str(one.seq), one.action, one.subject, kept, one.hash])
                yield [
                    *(str(one.seq), moment, sentence.who, sentence.act, word_of(one.action), thing.name),
                    *(_flat(details), one.address, one.get_result_display(), one.hash),
                ]

    heads = ("序号", "时间", "经办", "事项", "动作", "对象", "明细", "来自", "结果", "校验值")
    widths = (8, 20, 26, 70, 20, 36, 60, 16, 10, 22)
    columns = [Column(head, width) for head, width in zip(heads, widths, strict=True)]
    kept = [Column(head, 22) for head in ("序号", "动作代码", "对象代码", "内容", "校验值")]
    sheets = [
        Sheet(title="审计", columns=columns, rows=told(), lines=["审计", *lines]),
        Sheet(title="校验用原样", columns=kept, rows=stored, lines=["审计：存储的原样，供核对校验值", *lines]),
    ]
    return workbook(sheets, title="审计", at=at)


def _batches(entries: Iterable[AuditEntry], most: int) -> Iterator[list[AuditEntry]]:
    """Names are fetched for so many at a time."""
    found: list[AuditEntry] = []
    for one in entries:
        found.append(one)
        if len(found) == most:
            yield found
            found = []
    if found:
        yield found


def _flat(details: Sequence[Detail]) -> str:
    return "；".join(f"{one.label}：{f'（{_flat(one.below)}）' if one.below else one.value}" for one in details)
