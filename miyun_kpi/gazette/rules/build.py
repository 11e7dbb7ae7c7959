"""The committed documents and clauses as plain rows, made from the source text."""

from dataclasses import asdict
from typing import Any

from miyun_kpi.gazette.rules.split import split

SHORT_TITLES: dict[str, tuple[str, str]] = {
    "13": ("全面履职绩效考评工作方案", "evaluation"),
    "14": ("政务公开工作要点", "disclosure"),
    "15": ("推进城市安全发展的实施方案", "safety"),
    "16": ("人事任免（4月7日）", "personnel"),
    "19": ("加快发展绿色金融的实施意见", "finance_policy"),
    "21": ("耕地占补平衡指标管理办法（试行）", "farmland"),
    "22": ("城乡水环境治理三年行动方案", "water"),
    "23": ("人事任免（4月29日）", "personnel"),
    "27": ("博士后工作管理办法", "postdoc"),
    "32": ("人事任免（7月5日）", "personnel"),
}
NOTES: dict[str, str] = {
    "32": "落款为2020年7月5日，晚于本期公报的印发日期2020年6月30日；照原文保留，仅作标注。",
}


def build(text: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of documents.json and clauses.json."""
    documents, clauses = split(text)
    rows = []
    for document in documents:
        short_title, subject = SHORT_TITLES[document.code]
        rows.append(
            {
                "code": document.code,
                "number": document.number,
                "title": document.title,
                "short_title": short_title,
                "issued_on": document.issued_on.isoformat(),
                "subject": subject,
                "order": document.order,
                "line_from": document.first,
                "line_to": document.last,
                "note": NOTES.get(document.code, ""),
            }
        )
    return rows, [asdict(clause) for clause in clauses]
