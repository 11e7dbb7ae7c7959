"""A bulletin with the snapshot it is drawn from: facts, tables, what is wrong with its text, and the document itself."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from evaluation.bulletin.models import Bulletin, BulletinVersion
from evaluation.bulletin.rules import bulletin_marks as marks
from evaluation.bulletin.rules.bulletin_draft import OBJECTS, Options
from evaluation.bulletin.rules.bulletin_facts import (
    GROUP_WORDS,
    TRACK_WORDS,
    Fact,
    facts_of,
    first_rows,
    last_rows,
    notes_of,
)
from evaluation.engine.models.ranking import Ranking
from evaluation.engine.queries.codes import code_of
from evaluation.engine.queries.frozen import document_of, inputs_of
from evaluation.engine.queries.sealed import TOLD, text
from evaluation.engine.rules.codes import Paper
from evaluation.engine.rules.documents import canonical
from evaluation.enums import BulletinState, FigureKind, Openness, RankingKind, SheetState
from evaluation.scheme.models.scheme import Figure
from evaluation.sheets.models.marks import Mark
from miyun_kpi.audit.keyless import SealedThing, seal_holds
from miyun_kpi.audit.seals import Purpose, key_id, mac
from miyun_kpi.documents.content import Attachment, Block, Official, Paragraph, Table
from miyun_kpi.lib.errors import SealBroken
from miyun_kpi.organisations.enums import Track

Json = Mapping[str, Any]
TRIAL_WATERMARK = "试算件　不得引用"


@dataclass(frozen=True)
class Snapshot:
    """The frozen rankings of a bulletin in their order, and what may be cited from them."""

    rankings: Sequence[Ranking]
    documents: Sequence[Json]
    facts: Mapping[str, Fact]
    scopes: Mapping[str, str]

    @property
    def tracks(self) -> set[str]:
        return set(self.scopes)

    @property
    def trial(self) -> bool:
        return any(ranking.kind == RankingKind.TRIAL for ranking in self.rankings)


def snapshot_of(rankings: Sequence[Ranking]) -> Snapshot:
    documents = [document_of(ranking) for ranking in rankings]
    facts: dict[str, Fact] = {}
    for document in documents:
        facts |= facts_of(document)
    return Snapshot(rankings, documents, facts, {r.scheme.track: r.disclosure_scope for r in rankings})


def seal_bulletin(bulletin: Bulletin) -> None:
    """A final one, once its last version is stored (engine 23)."""
    bulletin.seal, bulletin.seal_key = mac(Purpose.SEAL, *_parts(bulletin)), key_id(Purpose.SEAL)


def bulletin_seal_holds(bulletin: Bulletin) -> bool:
    return seal_holds(bulletin.seal, *_parts(bulletin))


def sealed_bulletins() -> Iterator[SealedThing]:
    for bulletin in Bulletin.objects.exclude(seal="").order_by("pk").iterator(chunk_size=100):
        if bulletin.versions.exists():
            yield SealedThing(bulletin.seal, bulletin.seal_key, _parts(bulletin))


def _parts(bulletin: Bulletin) -> tuple[bytes, ...]:
    """What the paper is made from, beside the rankings, which have seals of their own."""
    last = newest_version(bulletin)
    sources = list(bulletin.sources.order_by("order").values_list("order", "ranking_id", "digest"))
    identity = (
        *(bulletin.pk, bulletin.period_id, bulletin.kind, bulletin.number, last.number, last.act, last.saved_at),
        *(bulletin.submitted_by, bulletin.submitted_by_id, bulletin.submitted_at),
        *(bulletin.finalised_by, bulletin.finalised_by_id, bulletin.finalised_at),
    )
    parts = (bulletin.options, bulletin.problems, sources, last.content)
    return (b"bulletin", *(text(one) for one in identity), *(canonical(one).encode() for one in parts))


def snapshot(bulletin: Bulletin) -> Snapshot:
    if bulletin.state == BulletinState.FINAL and not bulletin_seal_holds(bulletin):
        raise SealBroken(
            "这份通报与定稿时封存的不一致，这里不显示。请告诉区政府办和审计员，查明以前不要引用。",
            [f"通报 {bulletin.number}：文稿"],
            TOLD,
        )
    sources = bulletin.sources.select_related("ranking__scheme", "ranking__period", "ranking__corrected_by")
    return snapshot_of([source.ranking for source in sources.defer("ranking__inputs")])


def newest_version(bulletin: Bulletin) -> BulletinVersion:
    return bulletin.versions.order_by("-number")[0]


def basis_of(rankings: Sequence[Ranking]) -> str:
    """The plan by its name and number, as a document cites it."""
    scheme = rankings[0].scheme
    found = scheme.document
    if found is None:
        return f"《{scheme.title}》"
    return found.cited


def problems_now(rankings: Sequence[Ranking]) -> list[dict[str, str]]:
    """存在问题 of filed sheets as evaluators have written them: what is still open is nobody's word yet (engine 9).

    Nothing of items whose material is handed in on paper (engine 20), and nothing of a unit that the ranking holds not to
    carry the item: one struck out keeps what it was given, and it counts no more (engine 22).
    """
    found = []
    for ranking in rankings:
        struck = _not_carried(ranking)
        ranked = {row["organisation"]: row["name"] for row in document_of(ranking)["rows"]}
        written = (
            Mark.objects.filter(
                sheet__scheme=ranking.scheme_id, sheet__period=ranking.period_id, sheet__state=SheetState.FILED
            )
            .exclude(problems="")
            .exclude(sheet__indicator__offline_only=True)
            .select_related("sheet__indicator", "organisation")
            .order_by("order", "sheet__indicator__number")
        )
        found += [
            {
                "track": ranking.scheme.track,
                "organisation": mark.organisation.code,
                "name": ranked[mark.organisation.code],
                "indicator": mark.sheet.indicator.short_name,
                "text": mark.problems,
            }
            for mark in written
            if mark.organisation.code in ranked and (mark.sheet.indicator_id, mark.organisation_id) not in struck
        ]
    return found


def _not_carried(ranking: Ranking) -> set[tuple[int | None, int | None]]:
    """Indicator and unit, as the figures stood that the ranking was computed from."""
    figures = inputs_of(ranking)["figures"]
    carried = Figure.objects.filter(scheme=ranking.scheme_id, kind=FigureKind.CARRIED)
    return {
        (indicator, unit)
        for key, indicator, unit in carried.values_list("key", "indicator", "organisation")
        if figures.get(key, ["yes"])[0] != "yes"
    }


# Tables --------------------------------------------------------------------------------------------------------------
def table_of(source: str, snap: Snapshot, options: Options, problems: Sequence[Json]) -> Table | None:
    """表·前5名·镇街, 表·后3名·部门, 表·全部·镇街, 表·存在问题·镇街; None for any other."""
    match = re.fullmatch(r"表·(前|后)(\d{1,2})名·(镇街|部门)|表·(全部|存在问题)·(镇街|部门)", source, re.ASCII)
    document = next((d for d in snap.documents if match and TRACK_WORDS[d["track"]] in (match[3], match[5])), None)
    if match is None or document is None:
        return None
    if match[4] == "存在问题":
        return _problems_table(document, options, problems) if options.problems else None
    if match[4]:
        return result_table(document, document["rows"], options)
    rows = (first_rows if match[1] == "前" else last_rows)(document, int(match[2]))
    return result_table(document, rows, options) if rows else None


def result_table(document: Json, rows: Sequence[Json], options: Options) -> Table:
    """Without ranks the order says nothing either: by group and name."""
    township = document["track"] == Track.TOWNSHIP
    group = "zone" if township else "category"
    if not options.ranks:
        order = list(GROUP_WORDS)
        rows = sorted(rows, key=lambda row: (order.index(row[group]), row["organisation"]))
    heads, widths, align = (["名次"], [2], "c") if options.ranks else (["序号"], [2], "c")
    heads += ["单位"]
    widths, align = [*widths, 6], align + "l"
    # What is not examined this time leaves a smaller full mark; the percentage is what is ranked (engine 3, 11).
    partly = options.totals and document["converted"]
    if partly:
        heads, widths, align = [*heads, "得分", "实考满分", "折算百分"], [*widths, 3, 3, 3], align + "rrr"
    elif options.totals:
        heads, widths, align = [*heads, "总分"], [*widths, 3], align + "r"
    heads, widths, align = [*heads, "分区" if township else "类别"], [*widths, 4], align + "c"
    if options.ranks:
        heads, widths, align = [*heads, "分区名次" if township else "类内名次"], [*widths, 3], align + "c"
    cells = []
    for number, row in enumerate(rows, start=1):
        place = row["zone_rank"] if township else row["category_rank"]
        line = [_shown(row["rank"]) if options.ranks else str(number), row["name"]]
        line += [_shown(row["sum"]), row["examined_weight"]] if partly else []
        line += [_shown(row["total"])] if options.totals else []
        line += [GROUP_WORDS[row[group]]]
        line += [("不排名" if row["rank"] else "–") if place is None else str(place)] if options.ranks else []
        cells.append(line)
    return Table("", heads, cells, widths, align)


def _shown(value: Any) -> str:
    return "–" if value is None else str(value)


def _problems_table(document: Json, options: Options, problems: Sequence[Json]) -> Table | None:
    """Of the last n where n is given, else of all."""
    named = {row["organisation"] for row in last_rows(document, options.last)} if options.last else None
    rows = [
        [str(one["name"]), str(one["indicator"]), str(one["text"])]
        for one in problems
        if one["track"] == document["track"] and (named is None or one["organisation"] in named)
    ]
    return Table("", ["单位", "考评内容", "存在问题"], rows, [3, 3, 8], "lll") if rows else None


# The text ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Checked:
    """The text read against the snapshot. `tables`: those that stand in it, by source."""

    lines: Sequence[marks.Line]
    findings: Sequence[marks.Finding]
    tables: Mapping[str, Table]

    @property
    def figures(self) -> list[tuple[int, marks.Piece]]:
        return marks.figures(list(self.lines))


def read(bulletin: Bulletin, text: str, snap: Snapshot) -> Checked:
    options = Options(**bulletin.options)
    lines = marks.read_lines(text, snap.facts, snap.scopes)
    drawn = {}
    for line in lines:
        table = table_of(line.table, snap, options, bulletin.problems) if line.table else None
        if table is not None:
            drawn[line.table] = table
    found = marks.findings(lines, drawn)
    for ranking in snap.rankings:
        if ranking.corrected_by is not None:
            words = f"所引{ranking.period.label}{ranking.scheme.get_track_display()}第 {ranking.number} 次正式核定"
            sentence = (
                f"{words}已被第 {ranking.corrected_by.number} 次更正，文中数字不再有效。请按更正后的排名另行起草。"
            )
            found.insert(0, marks.Finding("stale-figure", 0, sentence))
    return Checked(lines, found, drawn)


# The document --------------------------------------------------------------------------------------------------------
def paper(bulletin: Bulletin, content: Mapping[str, str], snap: Snapshot) -> Official:
    """What goes into the .docx at the stage the bulletin is in. A trial bears its watermark and never a red head."""
    options = Options(**bulletin.options)
    checked = read(bulletin, content["text"], snap)
    blocks: list[Block] = []
    for line in checked.lines:
        if line.table in checked.tables:
            blocks.append(checked.tables[line.table])
        elif not line.table:
            blocks.append(Paragraph(line.text, line.level))
    blocks += [Paragraph(note) for note in notes(snap)]
    attachments = [
        Attachment(
            f"{bulletin.period.label}{OBJECTS[document['track']]}考评结果",
            [result_table(document, document["rows"], options)],
        )
        for document in (snap.documents if options.whole else [])
    ]
    return Official(
        title=[line.strip() for line in content["title"].splitlines() if line.strip()],
        addressee=content["addressee"],
        blocks=blocks,
        signatory=content["signatory"],
        dated=_day(content["dated"]),
        issuer_mark="" if snap.trial else content["issuer_mark"],
        number="" if snap.trial or not content["issuer_mark"] else content["number"],
        stage="" if bulletin.state == BulletinState.FINAL else str(bulletin.get_state_display()),
        watermark=TRIAL_WATERMARK if snap.trial else "",
        openness=str(Openness(content["openness"]).label) if content["openness"] in Openness.values else "",
        copies=content["copies"],
        printer=content["printer"],
        printed_on=_day(content["printed_on"]),
        attachments=attachments,
        source="；".join(f"{r.period.code} {r.scheme.track} {r.digest}" for r in snap.rankings),
        code=printed_code(bulletin),
    )


def printed_code(bulletin: Bulletin) -> str:
    return code_of(Paper.BULLETIN, bulletin.pk, bulletin.seal) if bulletin.state == BulletinState.FINAL else ""


def notes(snap: Snapshot) -> list[str]:
    return [note for document in snap.documents for note in notes_of(document)]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
