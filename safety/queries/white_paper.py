"""城市安全风险白皮书 (二（四）6): the register of risks as it stands on a day, as an official document. 推定: yearly.

No cadence is printed; a year is as often as the scheme it belongs to is looked at, and it may be made on any day besides.
"""

from datetime import date

from miyun_kpi.documents.content import Attachment, Block, Official, Paragraph, Table, chinese_date
from miyun_kpi.registers.queries.records import names_of
from safety.queries.overview import standing
from safety.rules.kinds import RISK
from safety.rules.kinds.hazards import LEVELS
from safety.rules.kinds.projects import INDUSTRIES


def white_paper(on: date) -> Official:
    """Standing risks by industry and level, then one by one. The words are the register's own; nothing is judged here."""
    records = list(standing(RISK).filter(stage="standing").order_by("number"))
    names = names_of(RISK, records)
    level, industry = RISK.field("level"), RISK.field("industry")
    rows = []
    for code, words in INDUSTRIES:
        found = [one for one in records if one.values.get("industry") == code]
        numbers = [sum(one.values.get("level") == colour for one in found) for colour, _ in LEVELS]
        rows.append([words, *(str(number) for number in numbers), str(len(found))])
    whole = [str(sum(one.values.get("level") == colour for one in records)) for colour, _ in LEVELS]
    rows.append(["合计", *whole, str(len(records))])
    heads = ["行业", *(words for _, words in LEVELS), "合计"]
    blocks: list[Block] = [
        Paragraph(f"截至{chinese_date(on)}，登记在管的城市安全风险 {len(records)} 项，各行业各等级如下。"),
        Table("各行业安全风险", heads, rows, [28, 14, 14, 14, 14, 16], "lccccc"),
    ]
    listed = [
        [
            str(one.number),
            one.values.get("title", ""),
            industry.words(one.values.get("industry", "")),
            level.words(one.values.get("level", "")),
            names.get(one.values.get("department", ""), ""),
            one.values.get("assessed_on", ""),
        ]
        for one in records
    ]
    annex = Table(
        "安全风险清单",
        ["编号", "风险", "行业", "等级", "责任部门", "评估日期"],
        listed,
        [8, 34, 14, 8, 22, 14],
        "clcclc",
    )
    return Official(
        title=["密云区城市安全风险白皮书"],
        addressee="",
        blocks=blocks,
        dated=on,
        stage="征求意见稿",
        attachments=[Attachment("安全风险清单", [annex])] if records else [],
        source=f"依据安全风险登记簿，{on.isoformat()}。等级为推定的四色。",
    )
