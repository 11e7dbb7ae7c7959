"""期初: an application that ran before this system, by the days of what was done; the clock runs from its day of receipt. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from disclosure.rules.clocks import EXTENSION_DAYS, Facts, Hold, due_day

# What it stands at; the days must say the same.
STAGES = {
    "received": "登记在办",
    "correcting": "补正中",
    "third": "征求第三方意见中",
    "organ": "征求其他机关意见中",
    "extended": "已延期",
}
DAYS = {
    "received_on": "收到日期",
    "correction_sent_on": "补正告知日期",
    "corrected_on": "收到补正日期",
    "third_sent_on": "征求第三方意见日期",
    "third_returned_on": "收到第三方意见日期",
    "organ_sent_on": "征求其他机关意见日期",
    "organ_returned_on": "收到其他机关意见日期",
    "extended_on": "批准延期日期",
}
# Which day each asks for before it.
AFTER = {
    "correction_sent_on": "received_on",
    "corrected_on": "correction_sent_on",
    "third_returned_on": "third_sent_on",
    "organ_returned_on": "organ_sent_on",
    "extended_on": "received_on",
}


@dataclass(frozen=True)
class Running:
    received_on: date
    correction_sent_on: date | None = None
    corrected_on: date | None = None
    third_sent_on: date | None = None
    third_returned_on: date | None = None
    organ_sent_on: date | None = None
    organ_returned_on: date | None = None
    extended_on: date | None = None
    extension_days: int = 0

    @property
    def holds(self) -> list[tuple[str, date, date | None]]:
        """(kind, sent, returned) of whom it was asked."""
        asked = (
            ("third", self.third_sent_on, self.third_returned_on),
            ("organ", self.organ_sent_on, self.organ_returned_on),
        )
        return [(kind, sent, returned) for kind, sent, returned in asked if sent is not None]

    @property
    def stages(self) -> list[str]:
        """What the days say it stands at; who was asked of and who has more time may be both."""
        if self.correction_sent_on is not None and self.corrected_on is None:
            return ["correcting"]
        found = [kind for kind, _, returned in self.holds if returned is None]
        found += ["extended"] if self.extension_days else []
        return found or ["received"]

    def facts(self, *, extended: bool = True) -> Facts:
        holds = tuple(Hold(kind, sent, returned) for kind, sent, returned in self.holds)
        days = self.extension_days if extended else 0
        return Facts(self.received_on, self.correction_sent_on, self.corrected_on, holds, days)


def problems(case: Running, stage: str, today: date) -> Iterator[tuple[str, str]]:
    """(field, sentence) of everything that cannot be."""
    days: dict[str, date | None] = {name: getattr(case, name) for name in DAYS}
    for name, day in days.items():
        if day is not None and day > today:
            yield name, f"{DAYS[name]} {day} 在今天以后。"
        before = AFTER.get(name) or ("" if name == "received_on" else "starts")
        if day is None or not before:
            continue
        first = (case.corrected_on or case.received_on) if before == "starts" else days[before]
        if first is None:
            yield name, f"填了{DAYS[name]}，没有填{DAYS[before]}。"
        elif day < first:
            yield name, f"{DAYS[name]} {day} 早于{DAYS.get(before, '期限起算')} {first}。"
    yield from _extension(case)
    if stage not in case.stages:
        said = "、".join(STAGES[one] for one in case.stages)
        yield "stage", f"期初阶段写的是“{STAGES.get(stage, stage)[:20]}”，按日期是“{said}”。请核对。"


def _extension(case: Running) -> Iterator[tuple[str, str]]:
    if bool(case.extension_days) != (case.extended_on is not None):
        yield "extended_on", "延长工作日和批准延期日期要一起填。"
    elif not 0 <= case.extension_days <= EXTENSION_DAYS:
        yield "extension_days", f"延长 1 至 {EXTENSION_DAYS} 个工作日。"
    elif case.extended_on is not None and case.extended_on > (due := due_day(case.facts(extended=False))):
        yield "extended_on", f"批准延期 {case.extended_on} 晚于当时的期限 {due}，延期不成立；请不填延期，按原期限登记。"
