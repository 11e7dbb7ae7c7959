"""What the API takes about rankings."""

from typing import Any

from rest_framework import serializers

from evaluation.enums import RankingKind
from miyun_kpi.api.bodies import Body
from miyun_kpi.api.params import PeriodField
from miyun_kpi.organisations.enums import Track

# What a client computes; an official ranking is an act of two persons on a page.
COMPUTED = [str(RankingKind.TRIAL)]


class RankingFilters(serializers.Serializer[Any]):
    track = serializers.ChoiceField(required=False, choices=Track.choices)
    period = PeriodField(required=False)
    kind = serializers.ChoiceField(required=False, choices=RankingKind.choices)


class AttributionFilters(serializers.Serializer[Any]):
    before = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, help_text="与哪一次排名相比；不写的，与上一期的通报"
    )


class LatestFilters(serializers.Serializer[Any]):
    track = serializers.ChoiceField(choices=Track.choices)


class RankingTrialBody(Body):
    track = serializers.ChoiceField(choices=Track.choices)
    period = PeriodField()
    kind = serializers.ChoiceField(choices=COMPUTED)
