"""Records of the demonstration, brought to their stage by the acts of its accounts and by nothing else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.lib.actors import Actor
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services.records import create_record, take_step

# Texts; a date is a day as such, or a number of days after the act it is typed in.
Typed = Mapping[str, object]


@dataclass(frozen=True)
class Said:
    """One step as somebody takes it. `act` in place of the step of the register: what an app does in its own way."""

    by: str
    step: str
    reason: str = ""
    typed: Typed = field(default_factory=dict)
    act: Callable[[Actor, Record, datetime], object] | None = None


@dataclass
class Told:
    """A record that will exist once its deed is done."""

    row: Record | None = None

    @property
    def record(self) -> Record:
        assert self.row is not None, "told before it was registered"
        return Record.objects.get(pk=self.row.pk)


def written(typed: Typed, at: datetime) -> dict[str, str]:
    day = at.astimezone().date()
    found = {}
    for name, value in typed.items():
        if isinstance(value, int):
            found[name] = (day + timedelta(days=value)).isoformat()
        else:
            found[name] = value.isoformat() if isinstance(value, date) else str(value)
    return found


class Book:
    """The registers of one app on a timeline."""

    def __init__(self, timeline: Timeline, app: str) -> None:
        self.timeline, self.app = timeline, app

    def record(self, kind: str, by: str, ago: int, typed: Typed, steps: Sequence[Said] = (), *, gap: int = 5) -> Told:
        """Registered `ago` days before, then a step every `gap` days (the rest on the last days, where time is short)."""
        told = Told()

        def register(at: datetime) -> None:
            actor = self.timeline.actor(by)
            told.row = create_record(actor=actor, app=self.app, kind=kind, typed=written(typed, at), at=at)

        self.timeline.on(ago, register)
        for number, step in enumerate(steps, start=1):
            self.step(max(ago - number * gap, 0), told, kind, step, hour=10 + min(number, 7))
        return told

    def step(self, ago: int, told: Told, kind: str, said: Said, *, hour: int = 17) -> None:
        """One more step of a record told before."""
        self.timeline.on(ago, self._deed(told, kind, said), hour=hour)

    def _deed(self, told: Told, kind: str, said: Said) -> Callable[[datetime], object]:
        def deed(at: datetime) -> None:
            row, actor = told.record, self.timeline.actor(said.by)
            if said.act is not None:
                said.act(actor, row, at)
                return
            take_step(
                actor=actor,
                app=self.app,
                kind=kind,
                record_id=row.pk,
                version=row.version,
                step=said.step,
                reason=said.reason,
                typed=written(said.typed, at),
                at=at,
            )

        return deed
