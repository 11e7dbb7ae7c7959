"""Loaders of the gazette's own data. The text is the authority: a row that differs from it is put right."""

from datetime import date, datetime
from typing import Any

from django.db.models import ProtectedError

from miyun_kpi.gazette.fixtures import gazettes, read_json, rows_of
from miyun_kpi.gazette.models import Clause, Document, DoubtfulPassage
from miyun_kpi.gazette.registry import Loaded
from miyun_kpi.gazette.sync import sync_rows
from miyun_kpi.lib.citations import cite
from miyun_kpi.lib.errors import Refused
from miyun_kpi.web.registry import subject_keys

KEY = ("series", "year", "number")
COLUMNS = ("heading", "text", "line_from", "line_to", "level", "order", "leaf")


def load_documents(at: datetime) -> Loaded:
    wanted: dict[tuple[Any, ...], dict[str, Any]] = {}
    for gazette in gazettes():
        for row in read_json(f"gazettes/{gazette}/documents.json"):
            if row["subject"] not in subject_keys():
                message = (
                    f"{row['ref']} 的栏目 {row['subject']} 不是本系统的栏目，没有装载任何内容；请改 contents.json。"
                )
                raise Refused("unknown-subject", message)
            wanted[row["series"], row["year"], row["number"]] = {
                **{name: value for name, value in row.items() if name not in KEY},
                "issued_on": date.fromisoformat(row["issued_on"]),
                "gazette": gazette,
            }
    # A document known by its 印发 keeps its ref: schemes and duties point to it.
    stored = {(row.series, row.year, row.number): row.ref for row in Document.objects.all()}
    refs = {fields["ref"]: stored.get(key, fields["ref"]) for key, fields in wanted.items()}
    for fields in wanted.values():
        fields["ref"] = refs[fields["ref"]]
    created, changed, documents = sync_rows(Document.objects.all(), KEY, wanted)
    pks = {row.ref: row.pk for row in documents.values()}
    more_created, more_changed, clauses = _load_clauses({ref: pks[now] for ref, now in refs.items()})
    return Loaded(
        created + more_created,
        changed + more_changed,
        (
            ("公报文件", len(documents)),
            ("条款", len(clauses)),
            ("其中末级条款", sum(c.leaf for c in clauses.values())),
        ),
    )


def _load_clauses(
    documents: dict[str, int],
) -> tuple[int, int, dict[tuple[Any, ...], Clause]]:
    """Clauses level by level, so that each part finds the stored row of its section."""
    rows = rows_of("clauses.json")
    stored: dict[tuple[Any, ...], Clause] = {}
    created = changed = 0
    for level in sorted({row["level"] for row in rows}):
        wanted: dict[tuple[Any, ...], dict[str, Any]] = {}
        for row in rows:
            if row["level"] != level:
                continue
            parent = stored[documents[row["document"]], row["parent"]].pk if row["parent"] else None
            columns = {name: row[name] for name in COLUMNS}
            wanted[documents[row["document"]], row["ref"]] = {
                **columns,
                "parent_id": parent,
            }
        found = Clause.objects.all()
        one, two, loaded = sync_rows(found, ("document_id", "ref"), wanted)
        created, changed = created + one, changed + two
        stored.update(loaded)
    refs = {(documents[row["document"]], row["ref"]) for row in rows}
    if stale := [row.pk for key, row in stored.items() if key not in refs]:
        _drop(stale)
    return (
        created,
        changed + len(stale),
        {key: row for key, row in stored.items() if key in refs},
    )


def _drop(stale: list[int]) -> None:
    """Remove clauses that a corrected split no longer has: two owners of one line would be worse."""
    try:
        DoubtfulPassage.objects.filter(clause_id__in=stale).update(clause=None)
        Clause.objects.filter(parent_id__in=stale).update(parent=None)
        Clause.objects.filter(pk__in=stale).delete()
    except ProtectedError as error:
        message = "新的条款划分去掉了仍被引用的条款，没有装载任何内容；请先更改这些引用。"
        raise Refused("clause-in-use", message) from error


def load_doubts(at: datetime) -> Loaded:
    documents = dict(Document.objects.values_list("ref", "pk"))
    clauses = {(document, ref): pk for pk, document, ref in Clause.objects.values_list("pk", "document__ref", "ref")}
    wanted: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows_of("doubtful_passages.json"):
        clause = None
        if row["clause"]:
            clause = clauses.get((row["document"], row["clause"]))
            if clause is None:
                clause_named = cite(row["document"], row["clause"])
                message = f"存疑文本第 {row['number']} 条指向的条款 {clause_named} 不存在，没有装载。"
                raise Refused("unknown-clause", message)
        texts = {name: row[name] for name in ("passage", "problem", "reading", "depends_on")}
        wanted[documents[row["document"]], row["number"]] = {
            **texts,
            "clause_id": clause,
        }
    created, changed, rows = sync_rows(DoubtfulPassage.objects.all(), ("document_id", "number"), wanted)
    return Loaded(created, changed, (("存疑文本", len(rows)),))
