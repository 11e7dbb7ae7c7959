"""What 19号 has its offices keep, clause by clause."""

from finance_policy.rules.kinds import ledgers, library, watching
from finance_policy.rules.kinds.indicators import INDICATOR

KINDS = (*library.KINDS, INDICATOR, *watching.KINDS, *ledgers.KINDS, *watching.PEOPLE_AND_CASES)
