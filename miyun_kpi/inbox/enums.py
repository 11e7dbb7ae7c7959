from enum import Enum


class ItemKind(Enum):
    """What an item of the desk is: whether it has a day by which it is to be done, and what is said over it when late."""

    REPORT = ("填报", True)  # a filing with a window: after its day still taken, as late
    TERM = ("办理", True)  # something with a day of its own: a milestone, a probation, a mending, an answer
    CHECK = ("复核", False)  # put forward by one person, waits for another of the same office
    REVIEW = ("审核", False)  # handed in by a unit, waits for whoever decides on it
    SIGN = ("签收确认", False)  # sent to the unit, waits for its signature or consent
    TURN = ("接着办", False)  # a step of a course whose turn has come; the text prints no days for it
    RETURNED = ("改正", False)  # came back with an opinion; without a day unless it was given one
    STANDING = ("长期事项", False)  # open until somebody settles it

    def __init__(self, label: str, has_day: bool) -> None:
        self.label = label
        self.has_day = has_day
