"""What 人事任免 shows of a unit on its page: who holds which post there on the day. What is issued everybody reads."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q

from miyun_kpi.organisations.unit_record import Asked, Block, Cell, Part
from miyun_kpi.routes import to
from personnel.models import Act, Position
from personnel.queries.terms import SeatLine, TermLine, book, seats_on


def present(asked: Asked) -> bool:
    """Posts that issued notices name, or whose 职数 is set."""
    named = Act.objects.standing().filter(position=OuterRef("pk"))
    own = Position.objects.filter(organisation=asked.organisation)
    return own.filter(Q(seats__isnull=False) | Exists(named)).exists()


def blocks(asked: Asked) -> Sequence[Block]:
    rows = [
        row
        for group in seats_on(book(), asked.on, organisation=asked.organisation.code)
        for seat in group.seats
        for row in _rows(seat)
    ]
    address = to("personnel:index", on=asked.on.isoformat(), q=asked.organisation.name)
    heads = ["职务", "姓名", "任职自", "职数:num"]
    return [Block(f"{asked.on} 任职", heads, rows, end="按已登记的任免", more=("看任职情况", address))]


def _rows(seat: SeatLine) -> list[list[Cell]]:
    post = Cell(seat.position.title, to("personnel:position", seat.position.pk))
    seats = Cell("–" if seat.position.seats is None else seat.position.seats)
    if not seat.holders:
        return [[post, Cell("–" if seat.position.seats is None else "空缺"), Cell("–"), seats]]
    return [[post, _name(line), Cell(line.term.since or "日期不明"), seats] for line in seat.holders]


def _name(line: TermLine) -> Cell:
    return Cell(line.person.name, to("personnel:person", line.person.pk))


PART = Part("people", 50, present=present, blocks=blocks)
