"""Shapes of what REST takes: every figure an exact string."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from farmland.enums import Builder, Investor
from farmland.rules.limits import LARGEST_AREA, LARGEST_MONEY, read_exact
from miyun_kpi.api.bodies import Body
from miyun_kpi.api.params import RenamedChoiceField
from miyun_kpi.lib.errors import Refused

LARGEST = 2**31 - 1
ACTS = ("reserve", "revoked", "coordinate")
PROPOSED = ("release", "post", "reclaim", "find", "settle", "assess", "waive")
# Acts by a paper: its day, and for 补登 what it is and why it is registered only now.
BY_PAPER = ("reserve", "release", "post", "reclaim", "assess")
DATED = {"on", "late_source", "late_reason"}


class Exact(serializers.CharField):
    """A decimal written as text; a number of JSON would already have lost digits."""

    def __init__(self, *, places: int, **options: Any) -> None:
        self.places = places
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            raise serializers.ValidationError('请写成字符串，例如 "36.5000"。')
        try:
            largest = LARGEST_AREA if self.places == 4 else LARGEST_MONEY
            return read_exact(
                super().to_internal_value(data), places=self.places, largest=largest, what=self.field_name or "数值"
            )
        except Refused as refusal:
            raise serializers.ValidationError(refusal.message, code=refusal.code) from None


class LotBody(Body):
    record_number = serializers.CharField(max_length=60)
    name = serializers.CharField(max_length=60)
    town = serializers.CharField(max_length=60)
    builder = serializers.ChoiceField(choices=Builder.choices)
    builder_name = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    mining = serializers.BooleanField()
    area = Exact(places=4)
    accepted_on = serializers.DateField()
    acceptance_number = serializers.CharField(max_length=60)
    cost = Exact(places=2, required=False, allow_null=True, default=None)
    profit = Exact(places=2, required=False, allow_null=True, default=None)
    quality = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    paddy = Exact(places=4, required=False, allow_null=True, default=None)
    capacity = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    coordination = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class NatureBody(Body):
    """The four facts: none has a default."""

    investor = serializers.ChoiceField(choices=Investor.choices)
    commercial = serializers.BooleanField()
    district_pays = serializers.BooleanField()
    public = serializers.BooleanField()
    town = serializers.CharField(max_length=60)
    area = Exact(places=4)
    coordination = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    coordinated_compensation = serializers.BooleanField(required=False, allow_null=True, default=None)


class ApplicationBody(NatureBody):
    name = serializers.CharField(max_length=120)
    applicant = serializers.CharField(max_length=120)
    approval_number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    approval_on = serializers.DateField(required=False, allow_null=True, default=None)
    request_number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    request_on = serializers.DateField(required=False, allow_null=True, default=None)


class FarmlandTrialBody(NatureBody):
    on = serializers.DateField()


class PaperBody(Body):
    """Paper and reason of what is registered late."""

    late_source = serializers.CharField(max_length=100, required=False, help_text="补登的依据：文书名称、文号")
    late_reason = serializers.CharField(max_length=200, required=False, help_text="现在才登记的理由")


class LateBody(PaperBody):
    on = serializers.DateField(required=False, help_text="办理日期；不写为登记（两人办理的为确认）之日")


class ActBody(LateBody):
    """`act` and what it needs: reason; or coordination and coordinated_compensation; a reservation may be dated."""

    act = RenamedChoiceField(once={"strike": "revoked"}, choices=ACTS)
    version = serializers.IntegerField(min_value=1, max_value=LARGEST)
    reason = serializers.CharField(max_length=300, required=False)
    coordination = serializers.CharField(max_length=300, required=False, allow_blank=True)
    coordinated_compensation = serializers.BooleanField(required=False, allow_null=True)


class ProposedBody(LateBody):
    """`act` and what it needs: reason; on; amount, approval_number, approval_on; force_majeure, coordination;
    of settle also reclamation and compensation, what is given back of each fee, "0.00" for nothing.
    """

    act = serializers.ChoiceField(choices=PROPOSED)
    version = serializers.IntegerField(min_value=1, max_value=LARGEST)
    reason = serializers.CharField(max_length=300, required=False)
    amount = Exact(places=2, required=False)
    approval_number = serializers.CharField(max_length=60, required=False)
    approval_on = serializers.DateField(required=False)
    force_majeure = serializers.BooleanField(required=False)
    coordination = serializers.CharField(max_length=300, required=False, allow_blank=True)
    reclamation = Exact(places=2, required=False)
    compensation = Exact(places=2, required=False)


NEEDS: dict[str, tuple[str, ...]] = {
    "reserve": (),
    "post": (),
    "release": ("reason",),
    "revoked": ("reason",),
    "assess": ("on",),
    "waive": ("amount", "approval_number", "approval_on"),
    "coordinate": ("coordination", "coordinated_compensation"),
    "find": ("force_majeure", "coordination"),
    "settle": ("coordination", "reclamation", "compensation"),
    "reclaim": ("approval_number", "approval_on", "force_majeure", "coordination"),
}


def area(value: Decimal) -> str:
    return f"{value:.4f}"


def money(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"
