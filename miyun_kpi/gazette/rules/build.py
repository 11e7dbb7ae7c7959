"""The committed documents and clauses as plain rows, made from the source text and its hand-kept list of contents."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from miyun_kpi.gazette.rules.split import split
from miyun_kpi.lib.citations import document_name
from miyun_kpi.lib.errors import Refused


def build(text: str, contents: Iterable[Mapping[str, str]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of documents.json and clauses.json.

    `contents`: what the text does not say of each document, {"document_number", "short_title", "subject", "note"?}.
    Refuses a text in which no document is found, and one whose documents and contents differ: a document that is
    silently left out would be missed only by who looks for it.
    """
    documents, clauses = split(text)
    said = {document_name(row["document_number"]): row for row in contents}
    found = {document.name for document in documents}
    if not found:
        raise Refused("no-documents", "公报文本里没有找到一份文件，没有生成任何内容。请核对目录和文号的写法。")
    if found != set(said):
        odd = "、".join(sorted(str(name) for name in found ^ set(said)))
        raise Refused("contents-differ", f"公报文本和 contents.json 对不上：{odd}。没有生成任何内容，请补上或删去。")
    rows = []
    for document in documents:
        kept = said[document.name]
        rows.append(
            {
                "ref": document.ref,
                "series": document.name.series,
                "year": document.name.year,
                "number": document.name.number,
                "title": document.title,
                "short_title": kept["short_title"],
                "issued_on": document.issued_on.isoformat(),
                "subject": kept["subject"],
                "order": document.order,
                "line_from": document.first,
                "line_to": document.last,
                "note": kept.get("note", ""),
            }
        )
    return rows, [asdict(clause) for clause in clauses]
