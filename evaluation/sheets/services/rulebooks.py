"""考评细则: kept by the evaluator, versioned, visible to those evaluated. The product never writes one (engine 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from evaluation.scheme.models.scheme import Figure
from evaluation.sheets.access import keepable_share
from evaluation.sheets.models.marks import Rulebook, RulebookLine
from evaluation.sheets.queries.carried_rules import continued_lines, continued_words, rules_before
from evaluation.sheets.queries.methods import Declared, number_columns, own_tables
from evaluation.sheets.rules.declaring import Typed, read_method
from evaluation.sheets.rules.marks import DECIMALS
from evaluation.sheets.rules.methods import Method, in_words
from miyun_kpi.acts.acting import acting, locked
from miyun_kpi.db.finding import one_of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain, read_decimal
from miyun_kpi.lib.errors import Conflict, FieldError, Refused
from miyun_kpi.lib.reading import read_reason

MOST_LINES = 60


@dataclass(frozen=True)
class LineInput:
    """`points` as typed: the most one deduction under the line may take, "" for no limit; `method` as typed.

    `continues`: the line of the year before it was taken over from, "" for none; `sure`: its numbers were looked at.
    """

    text: str
    points: str = ""
    method: Typed = Typed()
    continues: str = ""
    sure: bool = False


@dataclass(frozen=True)
class ReadLine:
    text: str
    points: Decimal | None
    method: Method | None
    continues: RulebookLine | None = None


def publish_rulebook(
    *, actor: Actor, figure_id: int, title: str, lines: Sequence[LineInput], seen_number: int, at: datetime
) -> Rulebook:
    """Publish a new version for a share. Earlier versions and the deductions made under them stay as they are.

    It holds for periods whose filing starts after `at`. Conflict when another version came in between.
    """
    share = _share_online(actor, figure_id)
    title = title.strip()
    if not 2 <= len(title) <= 200:
        raise Refused("title-missing", "考评细则要有名称（2 至 200 字），没有发布。请写名称。")
    tables = own_tables(share)
    names = {table.pk: table.name for table in tables}
    read = _read_lines(lines, {table.pk: number_columns(table) for table in tables}, _known_sources(share, lines))
    with acting(actor, at) as act:
        locked(Figure.objects.all(), share.pk)
        newest = Rulebook.objects.filter(share_figure=share).order_by("-number").first()
        number = newest.number if newest else 0
        if number != seen_number:
            raise Conflict("stale", f"这份考评细则刚发布了第 {number} 版，您的没有发布。请看过第 {number} 版后再发布。")
        rulebook = Rulebook.objects.create(
            share_figure=share, number=number + 1, title=title, published_at=at, published_by=actor.label
        )
        RulebookLine.objects.bulk_create(
            RulebookLine(
                rulebook=rulebook,
                order=order,
                text=line.text,
                points=line.points,
                method=line.method.stored() if line.method else None,
                continues=line.continues,
            )
            for order, line in enumerate(read, 1)
        )
        act.record(
            "evaluation.rulebook.published",
            f"share:{share.scheme_id}/{share.key}",
            number=rulebook.number,
            title=title,
            lines=[
                {"text": line.text, "points": None if line.points is None else plain(line.points)}
                | ({"method": in_words(line.method, names[line.method.table])} if line.method else {})
                | ({"continues": continued_words(line.continues)} if line.continues else {})
                for line in read
            ],
        )
    return rulebook


def withdraw_line(*, actor: Actor, figure_id: int, line_id: int, reason: str, at: datetime) -> RulebookLine:
    """撤回 of one published line: from now on it proposes nothing and is not cited; deductions under it stay as they are."""
    share = _share_online(actor, figure_id)
    reason = read_reason(reason, "撤回细则条目要写理由")
    with acting(actor, at) as act:
        locked(Figure.objects.all(), share.pk)
        line = one_of(RulebookLine.objects.select_related("rulebook").filter(rulebook__share_figure=share, pk=line_id))
        if line.withdrawn_at is not None:
            raise Conflict("withdrawn", f"第 {line.order} 条已由{line.withdrawn_by}撤回，没有再次撤回。")
        line.withdrawn_at, line.withdrawn_by, line.withdrawn_why = at, actor.label, reason
        line.save()
        act.record(
            "evaluation.rulebook.line-withdrawn",
            f"share:{share.scheme_id}/{share.key}",
            number=line.rulebook.number,
            line=line.order,
            text=line.text,
            reason=reason,
        )
    return line


def _share_online(actor: Actor, figure_id: int) -> Figure:
    share = keepable_share(actor, figure_id)
    if share.indicator is not None and share.indicator.offline_only:
        raise Refused("offline-only", "这项指标材料线下报送，考评细则请线下印发，没有发布。这里不写文字。")
    return share


def carried_lines(
    *, actor: Actor, figure_id: int, chosen: Sequence[tuple[int, int]], typed: Sequence[LineInput]
) -> list[LineInput]:
    """沿用: what is typed, and behind it the ticked lines of the year before (line, version of its 细则 that was seen).

    Writes nothing: each stands in the form with its own numbers, to be confirmed, changed or struck before it is published.
    """
    share = _share_online(actor, figure_id)
    before = rules_before(share)
    if not chosen:
        raise Refused("none-chosen", "一条都没有勾选，没有放入。请勾选要沿用的。")
    free = before.free if before else {}
    if before is None or any(pk not in free or number != before.rulebook.number for pk, number in chosen):
        raise Conflict(
            "not-offered", "勾选的有一条已经撤回、沿用，或上一年的细则有了新的一版，没有放入。请看过再勾选。"
        )
    written = [one for one in typed if one.text.strip() or one.points.strip() or not one.method.empty]
    there = {one.continues for one in written}
    rules = [free[pk] for pk, _ in dict(chosen).items() if str(pk) not in there]
    return written + [line_input(rule.line, rule.typed, str(rule.line.pk)) for rule in rules]


def line_input(line: RulebookLine, method: Typed, continues: str) -> LineInput:
    """A published line as one types it."""
    return LineInput(line.text, "" if line.points is None else plain(line.points), method, continues)


def _known_sources(share: Figure, lines: Sequence[LineInput]) -> dict[str, tuple[RulebookLine, bool]]:
    """Key → the line of the year before, and whether its numbers have to be confirmed: not where the last version has it."""
    if not any(one.continues for one in lines):
        return {}
    before, standing = rules_before(share), continued_lines(share)
    found = {str(one.line.pk): (one.line, True) for one in (before.free.values() if before else ())}
    for line in RulebookLine.objects.filter(pk__in=standing).select_related("rulebook__share_figure__scheme"):
        found[str(line.pk)] = (line, False)
    return found


def tried_lines(*, actor: Actor, figure_id: int, lines: Sequence[LineInput]) -> list[Declared]:
    """The declared methods among typed lines, as they would be published, to be tried; writes nothing."""
    share = _share_online(actor, figure_id)
    tables = {table.pk: number_columns(table) for table in own_tables(share)}
    read = _read_lines([replace(one, continues="") for one in lines], tables, {})
    found = [Declared(0, order, one.points, one.method) for order, one in enumerate(read, 1) if one.method]
    if not found:
        raise Refused("no-method", "没有一条写了计分办法，没有可试算的。请在条目下选办法、写数字，再看上一期会怎样。")
    return found


def _read_lines(
    lines: Sequence[LineInput],
    tables: Mapping[int, Mapping[str, bool]],
    sources: Mapping[str, tuple[RulebookLine, bool]],
) -> list[ReadLine]:
    read: list[ReadLine] = []
    errors: list[FieldError] = []
    for number, line in enumerate(lines, 1):
        text = line.text.strip()
        if not text and not line.points.strip() and line.method.empty:
            continue
        if not 2 <= len(text) <= 500:
            errors.append(FieldError(f"第 {number} 条要写内容（2 至 500 字）。", "bad-line", field=str(number)))
            continue
        try:
            points, method = _read_points(line.points), read_method(line.method, tables)
            read.append(ReadLine(text, points, method, _read_source(line, sources, read)))
        except Refused as refusal:
            errors.append(FieldError(f"第 {number} 条：{refusal.message}", refusal.code, field=str(number)))
    if errors:
        message = errors[0].message if len(errors) == 1 else f"有 {len(errors)} 条要改，没有发布。请逐条改正。"
        raise Refused("bad-lines", message, errors=errors)
    if not read:
        raise Refused("no-lines", "考评细则一条也没有，没有发布。请至少写一条。")
    if len(read) > MOST_LINES:
        raise Refused("too-many-lines", f"考评细则有 {len(read)} 条，最多 {MOST_LINES} 条，没有发布。请合并。")
    return read


def _read_source(
    line: LineInput, sources: Mapping[str, tuple[RulebookLine, bool]], read: Sequence[ReadLine]
) -> RulebookLine | None:
    """What is taken over is confirmed line by line, and once."""
    if not line.continues:
        return None
    if line.continues not in sources:
        raise Refused("not-offered", "所沿用的一条已经撤回，或不在上一年的细则里。请清空这一条，再从上一年的里勾选。")
    found, asks = sources[line.continues]
    if any(one.continues == found for one in read):
        raise Refused("carried-twice", f"上一年的第 {found.order} 条沿用了两次。请只留一次。")
    if asks and not line.sure:
        raise Refused("not-confirmed", "沿用的数字还没有确认。请核对内容和数字，勾选“已核对”。")
    return found


def _read_points(text: str) -> Decimal | None:
    if not text.strip():
        return None
    points = read_decimal(text, places=DECIMALS, what="每次扣分上限")
    if not 0 < points <= 100:
        raise Refused("bad-points", f"每次扣分上限 {plain(points)} 不在 0 与 100 之间，没有发布。不设上限请留空。")
    return points
