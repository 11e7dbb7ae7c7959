from django.db.models import TextChoices


class TwoPersonState(TextChoices):
    """Of what one person proposes and another of the same office decides."""

    PROPOSED = "proposed", "待第二人确认"
    CONFIRMED = "confirmed", "已确认"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


# State → word of the status vocabulary.
STATUS = {
    TwoPersonState.PROPOSED: "to_confirm",
    TwoPersonState.CONFIRMED: "confirmed",
    TwoPersonState.RETURNED: "returned",
    TwoPersonState.WITHDRAWN: "revoked",
}
