"""A body that has ended is not chosen as an evaluator, offered or typed; where it stood before the check names it."""

import pytest
from django.test import Client
from django.urls import reverse

from evaluation.drafting.services.evaluators import EvaluatorInput, set_evaluators
from evaluation.drafting.services.indicators import add_indicator
from evaluation.figures.services.figures import Wanted
from evaluation.models import Amendment, Figure, Period, Scheme
from miyun_kpi.accounts.models import User
from miyun_kpi.lib.errors import Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation
from tests.evaluation.drafting.test_draft_edit import wanted
from tests.evaluation.drafting.test_draft_issue import amended
from tests.factories.drafts import AT, copied, merged, share_values, split
from tests.factories.rankings import BACKEND

pytestmark = pytest.mark.django_db
ENDED = "shenji-ju"


@pytest.fixture
def ended(administrator):
    """区审计局 marks nothing; it has been split."""
    split(administrator, "department", code=ENDED)
    return Organisation.objects.get(code=ENDED)


def choose(first, item, *names):
    rows = [EvaluatorInput(name, f"1/{len(names)}") for name in names]
    return set_evaluators(
        actor=first, scheme_id=item.scheme_id, indicator_id=item.pk, version=item.version, rows=rows, at=AT
    )


def test_a_draft_takes_no_ended_body_as_an_evaluator(first, ended):
    draft = copied(first)
    item = draft.indicators.get(number=4)
    with pytest.raises(Refused, match="区审计局已于 .* 撤并（由.*、.*承接）.*请改选现有的单位") as refused:
        choose(first, item, "区审计局", "区水务局")
    assert [(one.field, one.code) for one in refused.value.errors] == [("organisation_1", "ended-unit")]
    with pytest.raises(Refused, match="区审计局已于") as refused:
        weights = {"core": "1", "green": "1", "eco": "1", "economic": "1"}
        add_indicator(
            actor=first,
            scheme_id=draft.pk,
            version=draft.version,
            wanted=wanted(draft),
            evaluator="区审计局",
            weights=weights,
            at=AT,
        )
    assert refused.value.errors[0].field == "evaluator"


def test_one_that_ended_where_it_stood_is_left_to_the_check(first, administrator):
    """A clerk who adds a second one is not kept from it by what the check says anyway."""
    draft = copied(first)
    item = draft.indicators.get(number=4)
    choose(first, item, "区水务局")
    merged(administrator, "shuiwu-ju", ENDED)
    item.refresh_from_db()
    choose(first, item, "区水务局", "区农业农村局")
    assert share_values(draft, 4)[0] == "shuiwu-ju:1/2"


def test_an_amendment_gives_no_share_to_a_body_that_has_ended(first, second, ended):
    scheme = Scheme.objects.get(track="township", year=2020)
    found = Figure.objects.filter(scheme=scheme, kind="share", value__endswith=":1")
    share = next(one for one in found.select_related("organisation").order_by("order") if not one.unsettled)
    start = PeriodCode(2020, quarter=4)
    assert not Period.objects.filter(code=str(start)).exists()
    with pytest.raises(Refused, match="区审计局已于 .* 撤并") as refused:
        amended(first, second, scheme, [Wanted(share.pk, share.version, "区审计局:1")], start)
    assert [(one.field, one.code) for one in refused.value.errors] == [(share.key, "ended-unit")]
    assert not Amendment.objects.exists()
    taker = Organisation.objects.get(code=f"{ENDED}-1")
    amended(first, second, scheme, [Wanted(share.pk, share.version, f"{taker.name}:1")], start)
    share.refresh_from_db()
    assert share.organisation == taker


def test_the_forms_offer_only_bodies_that_stand(first, ended):
    draft = copied(first)
    client = Client()
    client.force_login(User.objects.get(username="zhengfuban1"), backend=BACKEND)
    item = draft.indicators.get(number=4)
    for address in (
        reverse("evaluation:draft-indicator", args=[2021, "township", item.pk]),
        reverse("evaluation:add-draft-indicator", args=[2021, "township"]),
        reverse("evaluation:amend-scheme", args=[2020, "township"]),
    ):
        page = client.get(address).content.decode()
        assert '<option value="区水务局"></option>' in page and '<option value="区审计局"></option>' not in page
