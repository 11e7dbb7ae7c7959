"""A unit that comes into a track is found by 修订, 任务表, 承担对照表 and the draft; one that ended holds nothing up (0143)."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from evaluation.checks import schemes_as_printed
from evaluation.drafting.queries.pages import problems_of
from evaluation.drafting.services.amending import decide_amendment
from evaluation.drafting.services.carriers import matrix_version, save_carriers
from evaluation.drafting.services.evaluators import EvaluatorInput, set_evaluators
from evaluation.enums import SchemeState
from evaluation.figures.excel import read_task_table, template
from evaluation.models import Amendment, Figure, Mark, Scheme
from evaluation.sheets.services.periods import open_period
from miyun_kpi.accounts.models import User
from miyun_kpi.audit.models import AuditEntry
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.errors import Conflict, NotFound, Refused
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.models import Organisation
from tests.evaluation.drafting.test_draft_issue import decide, propose
from tests.factories.drafts import AT, copied, merged, share_values, split
from tests.factories.rankings import BACKEND

pytestmark = pytest.mark.django_db
TRACKS = pytest.mark.parametrize("track", ["township", "department"])
JULY = AT.replace(year=2021, month=7)


@pytest.fixture
def office(demo):
    client = Client()
    client.force_login(User.objects.get(username="zhengfuban1"), backend=BACKEND)
    return client


@pytest.fixture
def issued(first, second):
    """The scheme of the year after, issued here."""

    def issue(track):
        draft = copied(first, track)
        propose(first, draft)
        decide(second, draft)
        draft.refresh_from_db()
        return draft

    return issue


def cells(scheme, unit):
    return Figure.objects.filter(scheme=scheme, kind="carried", organisation=unit)


def forgotten(*units):
    """As an earlier release left them: ranked, and without a cell."""
    Figure.objects.filter(kind="carried", organisation__in=units).delete()


def page(client, name, scheme, **data):
    address = reverse(f"evaluation:{name}", args=[scheme.year, scheme.track])
    return client.post(address, data) if data else client.get(address)


def amend(client, scheme, unit, item=4, value="yes"):
    return page(
        client,
        "amend-scheme",
        scheme,
        effective_from=f"{scheme.year}Q2",
        reason="分设以后由它承担",
        organ="区政府常务会议",
        approved_on="2020-11-20",
        document_number="密政办字〔2021〕19号",
        carrier_unit_1=unit.name,
        carrier_item_1=str(item),
        carrier_value_1=value,
    )


# ── a scheme in force ────────────────────────────────────────────────────────────────────────────


@TRACKS
def test_a_unit_that_was_split_off_has_its_cells_in_the_scheme_of_the_year(administrator, issued, track):
    scheme = issued(track)
    (unit, _) = split(administrator, track)
    found = list(cells(scheme, unit).order_by("indicator__number"))
    assert [f.key for f in found] == [f"carried/{i.number}/{unit.code}" for i in scheme.indicators.all()]
    assert {(f.value, f.status, f.unsettled) for f in found} == {("no", "derived", False)}
    assert cells(Scheme.objects.get(year=2020, track=track), unit).count() == len(found)
    assert schemes_as_printed(databases=["default"]) == []
    # Nobody else can say what it carries.
    assert Notice.objects.filter(key__startswith=f"scheme-unit/{scheme.pk}/{unit.pk}/").exists()
    told = AuditEntry.objects.get(action="evaluation.scheme.units-added", subject=f"scheme:{scheme.pk}")
    assert unit.code in str(told.data)


@TRACKS
@pytest.mark.parametrize("from_before", [False, True])
def test_an_amendment_gives_it_what_it_carries_and_it_is_marked(
    office, administrator, second, issued, track, from_before
):
    scheme = issued(track)
    (unit, other) = split(administrator, track)
    if from_before:
        forgotten(unit, other)
    assert amend(office, scheme, unit).status_code == 302
    amendment = Amendment.objects.get(scheme=scheme)
    change = amendment.changes.get()
    assert (change.figure.organisation, change.old_value, change.new_value) == (unit, "no", "yes")
    decide_amendment(actor=second, amendment_id=amendment.pk, confirm=True, note="", at=AT)
    open_period(actor=SYSTEM, code=PeriodCode(2021, quarter=2), at=JULY)
    marked = Mark.objects.filter(sheet__period__code="2021Q2", organisation=unit)
    assert set(marked.values_list("sheet__indicator__number", flat=True)) == {4}


def test_a_name_that_is_no_unit_is_still_refused_and_nothing_stays(office, administrator, issued):
    scheme = issued("township")
    (unit, other) = split(administrator, "township")
    forgotten(unit, other)
    for wrong in ({"item": 99}, {"item": ""}):
        answer = amend(office, scheme, unit, **wrong)
        assert answer.status_code == 422 and "没有提出" in answer.content.decode()
    unit.name = "没有的镇"
    assert amend(office, scheme, unit).status_code == 422
    assert not cells(scheme, unit).exists() and not Amendment.objects.filter(scheme=scheme).exists()


@TRACKS
@pytest.mark.parametrize("from_before", [False, True])
def test_the_workbook_and_the_table_of_carriers_open_and_say_who_is_not_in_them(
    office, first, administrator, issued, track, from_before
):
    scheme = issued(track)
    units = split(administrator, track)
    if from_before:
        forgotten(*units)
    content = template(scheme, AT)
    sheet = load_workbook(io.BytesIO(content))["承担"]
    column = {row[1].value for row in sheet.iter_rows()}
    head = "".join(str(row[0].value) for row in sheet.iter_rows(max_row=2))
    assert ({one.name for one in units} <= column) is not from_before
    assert (units[0].name in head) is from_before
    assert not read_task_table(actor=first, scheme=scheme, file_name="任务表.xlsx", content=content).differences
    assert page(office, "task-table", scheme).status_code == 200
    said = page(office, "carriers", scheme).content.decode()
    assert units[0].name in said and ("还没有承担的格" in said) is from_before


@TRACKS
def test_a_period_that_freezes_its_units_finds_their_cells(administrator, issued, track):
    scheme = issued(track)
    (unit, other) = split(administrator, track)
    forgotten(unit, other)
    open_period(actor=SYSTEM, code=PeriodCode(2021, quarter=2), at=JULY)
    assert cells(scheme, unit).count() == scheme.indicators.count()
    # Opened again it brings nothing: who is ranked in it is frozen.
    forgotten(unit, other)
    open_period(actor=SYSTEM, code=PeriodCode(2021, quarter=2), at=JULY)
    assert not cells(scheme, unit).exists()


# ── a draft ──────────────────────────────────────────────────────────────────────────────────────


@TRACKS
@pytest.mark.parametrize("from_before", [False, True])
def test_a_draft_made_before_the_unit_came_is_issued_with_it(office, first, second, administrator, track, from_before):
    draft = copied(first, track)
    units = split(administrator, track)
    if from_before:
        forgotten(*units)
    assert [p.code for p in problems_of(draft)] == ["carries-nothing"] * 2
    shown = page(office, "draft-carriers", draft).content.decode()
    assert all(one.name in shown for one in units) and ("补上它的格" in shown) is from_before
    draft.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        propose(first, draft)
    assert refusal.value.code == "check-not-clean"
    ticked = list(draft.figures.filter(kind="carried", value="yes").values_list("pk", flat=True))
    for unit in units:
        whole = f"row:{unit.code}:yes"
        answer = page(office, "draft-carriers", draft, version=matrix_version(draft), c=ticked, whole=whole)
        assert answer.status_code == 302
        ticked = list(draft.figures.filter(kind="carried", value="yes").values_list("pk", flat=True))
    assert problems_of(draft) == []
    propose(first, draft)
    decide(second, draft)
    draft.refresh_from_db()
    assert draft.state == SchemeState.IN_FORCE
    keys = set(cells(draft, units[0]).values_list("key", "value", "confirmed"))
    assert keys == {(f"carried/{i.number}/{units[0].code}", "yes", True) for i in draft.indicators.all()}


def test_lacking_cells_are_brought_by_a_save_that_changes_nothing_else(office, first, administrator):
    draft = copied(first)
    units = split(administrator, "township")
    forgotten(*units)
    ticked = list(draft.figures.filter(kind="carried", value="yes").values_list("pk", flat=True))
    seen = matrix_version(draft)
    assert page(office, "draft-carriers", draft, version=seen, c=ticked, whole="").status_code == 302
    assert cells(draft, units[0]).count() == draft.indicators.count() and matrix_version(draft) == seen
    assert set(cells(draft, units[0]).values_list("value", "status")) == {("no", "assumed")}
    # And the page opens as it is read: a GET writes nothing.
    forgotten(*units)
    page(office, "draft-carriers", draft), page(office, "draft", draft)
    assert not cells(draft, units[0]).exists()


@TRACKS
def test_a_unit_that_ended_meanwhile_holds_nothing_up(office, first, second, administrator, track):
    draft = copied(first, track)
    marking = Figure.objects.filter(kind="share").values("organisation")
    gone, into = Organisation.objects.of_track(track).exclude(pk__in=marking).in_printed_order()[:2]
    ticked = set(draft.figures.filter(kind="carried", value="yes").values_list("pk", flat=True))
    merged(administrator, gone.code, into.code)
    assert page(office, "draft-carriers", draft).status_code == 200
    # Ticks of its row, on a page opened before, are nobody's.
    args = {"actor": first, "scheme_id": draft.pk, "carried": ticked, "at": AT}
    with pytest.raises(Conflict):
        save_carriers(**args, version=0, row=into.code, value=False)
    save_carriers(**args, version=matrix_version(draft))
    foreign = Figure.objects.filter(scheme=draft.copied_from, kind="carried").first()
    with pytest.raises(NotFound):
        save_carriers(**{**args, "carried": {foreign.pk}}, version=matrix_version(draft))
    assert problems_of(draft) == []
    propose(first, draft)
    decide(second, draft)
    draft.refresh_from_db()
    assert draft.state == SchemeState.IN_FORCE and not cells(draft, gone).exists()
    left = AuditEntry.objects.get(action="evaluation.draft.units-left", subject=f"scheme:{draft.pk}")
    assert gone.code in str(left.data)
    assert cells(draft.copied_from, gone).exists(), "what a scheme in force says stays"


def test_a_unit_that_comes_while_the_issue_waits_is_seen_by_the_second_person(first, second, administrator):
    draft = copied(first)
    propose(first, draft)
    split(administrator, "township")
    with pytest.raises(Refused) as refusal:
        decide(second, draft)
    assert refusal.value.code == "check-not-clean"
    decide(second, draft, confirm=False, note="新分设的镇还没有定承担")


def test_a_unit_that_ends_while_the_issue_waits_is_not_in_what_is_issued(first, second, administrator):
    draft = copied(first)
    propose(first, draft)
    merged(administrator, "bulaotun-zhen", "beizhuang-zhen")
    decide(second, draft)
    draft.refresh_from_db()
    gone = Organisation.objects.get(code="bulaotun-zhen")
    assert draft.state == SchemeState.IN_FORCE and not cells(draft, gone).exists()


# ── evaluators that have ended ───────────────────────────────────────────────────────────────────


def share_of(track="township"):
    """A share of 2020 whose evaluator marks that item alone."""
    found = Figure.objects.filter(scheme__track=track, scheme__year=2020, kind="share", value__endswith=":1")
    return found.select_related("organisation", "indicator").order_by("order").first()


@TRACKS
def test_the_copy_takes_the_one_body_that_took_an_evaluator_over(first, administrator, track):
    share = share_of(track)
    merged(administrator, share.organisation.code, "shenji-ju")
    draft = copied(first, track)
    assert share_values(draft, share.indicator.number) == ["shenji-ju:1"]
    figure = draft.figures.get(kind="share", indicator__number=share.indicator.number)
    assert figure.organisation.code == "shenji-ju" and f"{share.organisation.name}已撤并" in figure.note
    assert not [p for p in problems_of(draft) if p.code == "evaluator-ended"]


@TRACKS
def test_of_an_evaluator_that_was_split_another_is_asked_for(office, first, administrator, track):
    share = share_of(track)
    parts = split(administrator, track, code=share.organisation.code)
    draft = copied(first, track)
    found = [
        p for p in problems_of(draft) if p.code == "evaluator-ended" and f"“{share.indicator.short_name}”" in p.sentence
    ]
    assert len(found) == 1 and all(one.name in found[0].sentence for one in (share.organisation, *parts))
    item = draft.indicators.get(number=share.indicator.number)
    assert found[0].indicator == item.pk
    shown = page(office, "draft", draft).content.decode()
    assert reverse("evaluation:draft-indicator", args=[2021, track, item.pk]) in shown and found[0].sentence in shown
    with pytest.raises(Refused) as refusal:
        propose(first, draft)
    assert found[0].sentence in [e.message for e in refusal.value.errors]
    rows = [EvaluatorInput(parts[0].name, "1")]
    set_evaluators(actor=first, scheme_id=draft.pk, indicator_id=item.pk, version=item.version, rows=rows, at=AT)
    assert found[0].sentence not in [p.sentence for p in problems_of(draft)]


def test_two_co_evaluators_that_became_one_are_seen(first, administrator):
    draft = copied(first)
    item = draft.indicators.get(number=4)
    rows = [EvaluatorInput("区水务局", "1/2"), EvaluatorInput("区农业农村局", "1/2")]
    set_evaluators(actor=first, scheme_id=draft.pk, indicator_id=item.pk, version=item.version, rows=rows, at=AT)
    assert problems_of(draft) == []
    one, other = (Organisation.objects.get(name=row.organisation) for row in rows)
    merged(administrator, one.code, other.code)
    said = [p.sentence for p in problems_of(draft) if p.code == "evaluator-twice"]
    assert said == [
        f"第 4 项“{item.short_name}”的考评部门区水务局、区农业农村局现在是同一家（区农业农村局），一家只能占一份。"
    ]
