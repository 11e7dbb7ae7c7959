"""What 15号 has its offices keep, clause by clause. Levels, limits and steps that the text does not print are 推定.

Without levels and steps a list could not say what is open; they are the plainest that do, and each stands at its kind.
"""

from safety.rules.kinds.credit import CREDIT
from safety.rules.kinds.hazards import HAZARD, RISK, SOURCE, SUPPLIES, WATER_POINT
from safety.rules.kinds.preparedness import PREPAREDNESS
from safety.rules.kinds.progress import ASSESSMENT, DELIVERABLE, INDICATOR, ROADMAP
from safety.rules.kinds.projects import PROJECTS

__all__ = [
    "ASSESSMENT",
    "CREDIT",
    "DELIVERABLE",
    "HAZARD",
    "INDICATOR",
    "PREPAREDNESS",
    "PROJECTS",
    "RISK",
    "ROADMAP",
    "SOURCE",
    "SUPPLIES",
    "WATER_POINT",
]
