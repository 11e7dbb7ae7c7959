"""An official document before it is set: what stands in it, not how it looks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal


@dataclass(frozen=True)
class Paragraph:
    """`level` 1 一、黑体, 2 （一）楷体, 3 1. and 4 （1）仿宋; 0 is plain text."""

    text: str
    level: int = 0


@dataclass(frozen=True)
class Table:
    """`widths` are shares of the type area; `align` one of "l", "c", "r" a column."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    align: str


Block = Paragraph | Table


@dataclass(frozen=True)
class Attachment:
    """附件: named under the text, and set on a page of its own (7.3.4, 7.3.7)."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Official:
    """公文. Everything that is empty is left out; without an issuer mark there is no 红头, without a number no red line."""

    title: Sequence[str]
    addressee: str
    blocks: Sequence[Block]
    signatory: str = ""
    dated: date | None = None
    issuer_mark: str = ""
    number: str = ""
    stage: str = ""
    watermark: str = ""
    openness: str = ""
    copies: str = ""
    printer: str = ""
    printed_on: date | None = None
    attachments: Sequence[Attachment] = field(default_factory=tuple)
    source: str = ""
    code: str = ""

    @property
    def note(self) -> str:
        """附注 in brackets on the line below the date (7.3.6). A paper that is not secret bears no grade (7.2.2)."""
        parts = [f"公开属性：{self.openness}"] if self.openness else []
        parts += [f"核验码：{self.code}"] if self.code else []
        return f"（{'；'.join(parts)}）" if parts else ""


Style = Literal[
    "公文标题",
    "公文正文",
    "公文一级",
    "公文二级",
    "公文主送",
    "公文落款",
    "公文表格",
    "公文表题",
    "公文版记",
    "公文页码",
    "公文标志",
    "公文字号",
    "公文附件",
    "公文稿次",
    "公文空行",
    "公文眉注",
]


def chinese_date(day: date) -> str:
    """成文日期 in Arabic digits without leading noughts (7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"
