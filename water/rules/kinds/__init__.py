"""Every register of 22号, in the order of the document."""

from miyun_kpi.registers.rules.kinds import Kind
from water.rules.kinds import bodies, pipes, villages, watching

KINDS: tuple[Kind, ...] = (*villages.KINDS, *bodies.KINDS, *pipes.KINDS, *watching.KINDS)
