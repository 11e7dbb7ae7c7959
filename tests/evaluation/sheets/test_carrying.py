"""沿用: 记录对照 and conditions of the year before are offered to the scheme that continues it, and taken over one by one."""

import pytest

from evaluation.drafting.services.copying import copy_scheme
from evaluation.models import MarkCondition, RecordLine, Scheme
from evaluation.sheets.services.carrying import carry_conditions, carry_lines
from evaluation.sheets.services.conditions import withdraw_condition
from miyun_kpi.lib.errors import Conflict, NotAllowed, Refused
from tests.evaluation.conftest import NOW, actor_named
from tests.factories.sheets import person, water_sheet
from tests.factories.unlike import OFFICE, WHY, active, add, line, office

pytestmark = pytest.mark.django_db
RECORD = "/evaluation/schemes/2021/township/record/"
CONDITIONS = "/evaluation/schemes/2021/township/conditions/"


@pytest.fixture
def next_year(demo) -> Scheme:
    """2021, issued, with two lines, one of them withdrawn, an active condition and a withdrawn one behind it."""
    RecordLine.objects.all().delete()
    MarkCondition.objects.all().delete()
    line()
    gone = line(source="water.patrol")
    RecordLine.objects.filter(pk=gone.pk).update(withdrawn_at=NOW(), withdrawn_reason=WHY)
    active(add())
    other = add("missing", "80")
    withdraw_condition(actor=office(), condition_id=other.pk, version=other.version, reason=WHY, at=NOW())
    scheme = copy_scheme(actor=office(), scheme_id=water_sheet().scheme_id, at=NOW())
    assert not RecordLine.objects.filter(share_figure__scheme=scheme).exists()
    Scheme.objects.filter(pk=scheme.pk).update(state="in_force")
    return scheme


def test_lines_are_offered_and_taken_over_by_page(next_year):
    client = person(OFFICE, "evaluation_office")
    old = RecordLine.objects.get(source="water.outfall")
    page = client.get(RECORD).content.decode()
    assert "沿用上一年的" in page and page.count('name="line"') == 1 and f'value="{old.pk}:1"' in page
    none = client.post(f"{RECORD}carry/", {})
    assert none.status_code == 422 and "一条都没有勾选" in none.content.decode()
    assert client.post(f"{RECORD}carry/", {"line": f"{old.pk}:1"}).status_code == 302
    new = RecordLine.objects.get(share_figure__scheme=next_year)
    assert (new.provider, new.source, new.assumed) == (old.provider, old.source, old.assumed)
    assert new.basis == f"沿用2020年：{old.basis}"
    assert new.share_figure.indicator.from_indicator_id == old.share_figure.indicator_id
    assert new.share_figure.organisation_id == old.share_figure.organisation_id
    assert "沿用上一年的" not in client.get(RECORD).content.decode()
    assert client.post(f"{RECORD}carry/", {"line": f"{old.pk}:1"}).status_code == 409
    assert person("shuiwu").post(f"{RECORD}carry/", {"line": f"{old.pk}:1"}).status_code == 403


def test_conditions_are_taken_over_as_drafts(next_year):
    client = person(OFFICE, "evaluation_office")
    old = MarkCondition.objects.get(state="active")
    page = client.get(CONDITIONS).content.decode()
    assert page.count('name="condition"') == 1 and "要在本方案的上一期试算过才能启用" in page
    assert client.post(f"{CONDITIONS}carry/", {"condition": f"{old.pk}:1"}).status_code == 302
    new = MarkCondition.objects.get(scheme=next_year)
    assert (new.kind, new.threshold, new.state, new.trial) == (old.kind, old.threshold, "draft", {})
    assert "沿用上一年的" not in client.get(CONDITIONS).content.decode()


def test_what_is_refused(next_year):
    old = RecordLine.objects.get(source="water.outfall")
    gone = RecordLine.objects.get(source="water.patrol")
    given = {"scheme_id": next_year.pk, "at": NOW()}
    for actor in (actor_named("shuiwu"), actor_named("beizhuang")):
        with pytest.raises(NotAllowed):
            carry_lines(actor=actor, lines=[old.pk], **given)
        with pytest.raises(NotAllowed):
            carry_conditions(actor=actor, conditions=[MarkCondition.objects.get(state="active").pk], **given)
    with pytest.raises(Conflict):
        carry_lines(actor=office(), lines=[old.pk, gone.pk], **given)
    with pytest.raises(Conflict):
        carry_conditions(actor=office(), conditions=[MarkCondition.objects.get(state="withdrawn").pk], **given)
    with pytest.raises(Refused):
        carry_conditions(actor=office(), conditions=[], **given)
    assert not RecordLine.objects.filter(share_figure__scheme=next_year).exists()
    # Of a scheme that continues none nothing is offered.
    assert (
        "沿用上一年的" not in person(OFFICE, "evaluation_office").get(RECORD.replace("2021", "2020")).content.decode()
    )
