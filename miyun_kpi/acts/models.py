"""What records carry for the acts on them: a version, who signed what and when, two persons apart."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class Versioned(models.Model):
    """A record that is changed under a version: whoever saw an older one is refused, told by whom it was changed.

    `called` is how a refusal names it in the middle of a sentence (“这件申请”); `audited_as` the head of its audit
    subject (“farmland-application”), by default the name of the model.
    """

    called: ClassVar[str] = "这一项"
    audited_as: ClassVar[str] = ""

    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        abstract = True

    @property
    def last_hand(self) -> str:
        """By whom it was changed last, as its columns tell; "" where they do not."""
        names = ("changed_by", "saved_by", "hand", "entered_by", "drafted_by", "recorded_by")
        return next((str(getattr(self, name)) for name in names if getattr(self, name, "")), "")


def apart(first: str, second: str, *, name: str, said: str) -> models.CheckConstraint:
    """The store itself refuses that one person signs twice: `apart("recorded", "confirmed", …)`."""
    one, other = f"{first}_by_id", f"{second}_by_id"
    return models.CheckConstraint(
        condition=Q(**{f"{other}__isnull": True}) | ~Q(**{other: F(one)}), name=name, violation_error_message=said
    )
