"""The registers of 14号, in the order of its clauses."""

from disclosure.rules.kinds.common import STAGES, STEPS
from disclosure.rules.kinds.information import INFORMATION
from disclosure.rules.kinds.interaction import INTERACTION, INTERPRETATION, MEETING

KINDS = (*INFORMATION, *INTERACTION)
PUBLISHED = {kind.code: kind for kind in KINDS if kind.steps is STEPS}

__all__ = ["INTERPRETATION", "KINDS", "MEETING", "PUBLISHED", "STAGES", "STEPS"]
