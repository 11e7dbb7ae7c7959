"""考评细则: kept by the evaluator, versioned, visible to those evaluated. The product never writes one (engine 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from evaluation.scheme.models.scheme import Figure
from evaluation.sheets.access import keepable_share
from evaluation.sheets.models.marks import Rulebook, RulebookLine
from evaluation.sheets.rules.marks import DECIMALS
from miyun_kpi.acts.acting import acting, locked
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.decimals import plain, read_decimal
from miyun_kpi.lib.errors import Conflict, FieldError, Refused

MOST_LINES = 60


@dataclass(frozen=True)
class LineInput:
    """`points` as typed: the most one deduction under the line may take, "" for no limit."""

    text: str
    points: str = ""


def publish_rulebook(
    *, actor: Actor, figure_id: int, title: str, lines: Sequence[LineInput], seen_number: int, at: datetime
) -> Rulebook:
    """Publish a new version for a share. Earlier versions and the deductions made under them stay as they are.

    It holds for periods whose filing starts after `at`. Conflict when another version came in between.
    """
    share = keepable_share(actor, figure_id)
    if share.indicator is not None and share.indicator.offline_only:
        raise Refused("offline-only", "这项指标材料线下报送，考评细则请线下印发，没有发布。这里不写文字。")
    title = title.strip()
    if not 2 <= len(title) <= 200:
        raise Refused("title-missing", "考评细则要有名称（2 至 200 字），没有发布。请写名称。")
    read = _read_lines(lines)
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
            RulebookLine(rulebook=rulebook, order=order, text=text, points=points)
            for order, (text, points) in enumerate(read, 1)
        )
        act.record(
            "evaluation.rulebook.published",
            f"share:{share.scheme_id}/{share.key}",
            number=rulebook.number,
            title=title,
            lines=[{"text": text, "points": None if points is None else plain(points)} for text, points in read],
        )
    return rulebook


def _read_lines(lines: Sequence[LineInput]) -> list[tuple[str, Decimal | None]]:
    read: list[tuple[str, Decimal | None]] = []
    errors: list[FieldError] = []
    for number, line in enumerate(lines, 1):
        text = line.text.strip()
        if not text and not line.points.strip():
            continue
        if not 2 <= len(text) <= 500:
            errors.append(FieldError(f"第 {number} 条要写内容（2 至 500 字）。", "bad-line", field=str(number)))
            continue
        try:
            read.append((text, _read_points(line.points)))
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


def _read_points(text: str) -> Decimal | None:
    if not text.strip():
        return None
    points = read_decimal(text, places=DECIMALS, what="每次扣分上限")
    if not 0 < points <= 100:
        raise Refused("bad-points", f"每次扣分上限 {plain(points)} 不在 0 与 100 之间，没有发布。不设上限请留空。")
    return points
