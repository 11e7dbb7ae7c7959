"""One document with every part of the form, to be written, spoilt and measured."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from docx import Document

from miyun_kpi.documents.content import Attachment, Official, Paragraph, Table
from miyun_kpi.documents.write import write_official

AT = datetime(2020, 7, 16, 9, 12)
ROWS = [[str(number), f"第{number}个单位", f"{90 - number}.0026"] for number in range(1, 50)]
RANKS = Table("", ["名次", "单位", "总分"], ROWS, [2, 5, 3], "clr")
FINAL = Official(
    title=["关于2020年第二季度镇街（地区）", "绩效考评情况的通报"],
    addressee="各乡镇人民政府，地区、街道办事处",
    blocks=[
        Paragraph("本季度21个单位参加考评，平均84.1230分。"),
        Paragraph("一、总体情况", 1),
        Paragraph("（一）得分情况。最高89.0026分，A类。", 2),
        Table("前三名", ["名次", "单位", "总分"], ROWS[:3], [2, 5, 3], "clr"),
        Paragraph("请各单位认真整改。"),
    ],
    signatory="北京市密云区人民政府办公室",
    dated=date(2020, 7, 16),
    issuer_mark="北京市密云区人民政府办公室文件",
    number="密政办字〔2020〕20号",
    openness="依申请公开",
    copies="区委办公室，区人大常委会办公室",
    printer="北京市密云区人民政府办公室",
    printed_on=date(2020, 7, 17),
    attachments=[Attachment("2020年第二季度考评排名表", [RANKS])],
)
DRAFT = replace(FINAL, issuer_mark="", number="", dated=None, stage="送审稿", watermark="试算件　不得引用")


def written(official: Official = FINAL) -> bytes:
    return write_official(official, at=AT)


def spoilt(change: Callable[[Any], None], official: Official = FINAL) -> bytes:
    """The document after `change` has been at it, saved again."""
    document = Document(io.BytesIO(written(official)))
    change(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()
