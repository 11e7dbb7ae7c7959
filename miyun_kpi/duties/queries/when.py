"""When a duty is to be done: by its own sentence, by what its lead unit set, or, for a whole, by its parts."""

from dataclasses import dataclass

from miyun_kpi.duties.enums import Cadence, CadenceBasis
from miyun_kpi.duties.models import Duty
from miyun_kpi.duties.rules.printed import When, printed_words, when

STATUS = {"printed": "原文", "derived": "推算", "assumed": "推定", "set": "主管单位所定"}
# A whole whose parts have several cadences has none of its own.
SEVERAL = "several"


@dataclass(frozen=True)
class Timing:
    """What lists, pages, files and API say. `from_parts`: the duty's own sentence leaves it to its parts."""

    cadences: tuple[str, ...]
    basis: str
    printed: str = ""
    counted: str = ""
    counted_status: str = ""
    from_parts: bool = False

    @property
    def cadence(self) -> str:
        return self.cadences[0] if len(self.cadences) == 1 else SEVERAL

    @property
    def words(self) -> str:
        """ "按季度（原文）", "2022 年（原文）· 按 2022-12-31 计（推定）", "按月度、按季度（原文，见分项）", "原文未写周期"."""
        if self.basis == CadenceBasis.ASSUMED:
            return CadenceBasis.ASSUMED.label
        if self.basis == CadenceBasis.SET:
            return f"{self.counted}（{CadenceBasis.SET.label}）"
        if self.from_parts:
            return f"{self.printed}（原文，见分项）" if self.printed else "见分项"
        by = self.counted if self.counted.startswith("按") else f"按 {self.counted} "
        counted = f"{by}计（{STATUS[self.counted_status]}）" if self.counted else ""
        return "· ".join(filter(None, [f"{self.printed}（原文）" if self.printed else "", counted]))


def timing_of(duty: Duty) -> Timing:
    """The duty comes with its parts prefetched."""
    if duty.basis == CadenceBasis.SET:
        said = f"{duty.due_on:%Y-%m-%d} 前" if duty.due_on else duty.get_cadence_display()
        return Timing((duty.cadence,), CadenceBasis.SET, counted=said)
    if duty.basis == CadenceBasis.PRINTED:
        one = _own(duty)
        return Timing((duty.cadence,), CadenceBasis.PRINTED, one.printed, one.counted, one.counted_status)
    parts = [part for part in duty.parts.all() if part.withdrawn_on is None and part.basis == CadenceBasis.PRINTED]
    if not parts:
        return Timing((duty.cadence,), CadenceBasis.ASSUMED)
    # The whole's own sentence first: it may say 按季度 where the part says 每季度.
    words = [
        (printed_words(part.cadence, _text(duty)) if part.cadence != Cadence.ONCE else "") or _own(part).printed
        for part in parts
    ]
    cadences = tuple(dict.fromkeys(part.cadence for part in parts))
    return Timing(cadences, CadenceBasis.PRINTED, "、".join(dict.fromkeys(filter(None, words))), from_parts=True)


def _own(duty: Duty) -> When:
    return when(duty.cadence, _text(duty), duty.due_on)


def _text(duty: Duty) -> str:
    return f"{duty.title}\n{duty.requirement}"
