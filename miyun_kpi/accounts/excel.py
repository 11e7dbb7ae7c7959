"""Accounts and the audit as workbooks. The audit stands below the sheets, so its export lives here."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from miyun_kpi.accounts.models import User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.audit.wording import word_of
from miyun_kpi.sheets.write import Cell, Column, Sheet, workbook


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
            "演示" if one.demo else "",
        ]
        for one in people
    ]
    return _book("账号", ("用户名", "姓名", "现任岗位", "状态", "最近登录", "备注"), rows, viewer=viewer, at=at)


def audit_workbook(entries: Iterable[AuditEntry], *, viewer: str, at: datetime) -> bytes:
    """With the hash of each entry, so that a copy can be compared with the chain."""
    rows: Iterable[Sequence[Cell]] = (
        [
            str(one.seq),
            f"{one.at.astimezone():%Y-%m-%d %H:%M:%S}",
            one.actor_label,
            word_of(one.action),
            one.action,
            one.subject,
            one.data,
            one.hash,
        ]
        for one in entries
    )
    heads = ("序号", "时间", "经办", "动作", "动作代码", "对象", "内容", "校验值")
    return _book("审计", heads, rows, viewer=viewer, at=at)
