"""Who may see and do what in evaluation (engine 12, 18). Every door asks here."""

from django.db.models import Q, QuerySet

from evaluation.enums import BatchState, FigureKind, RankingKind, RankingState
from evaluation.models import Figure, FigureBatch, MarkSheet, Ranking, Rectification, Scheme
from evaluation.queries.frozen import WHOLE
from evaluation.rules.tracking import duty_key
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.accounts.models import Post
from miyun_kpi.duties.enums import Cadence
from miyun_kpi.duties.models import DutyPeriod, DutyUnit
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, NotFound
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.models import Organisation

# 区发改委 runs the evaluation with 区政府办 and is itself ranked among the departments (engine 12).
CO_OFFICE_CODE = "fagai-wei"


def is_ranked_co_office(actor: Actor) -> bool:
    if actor.role != Role.EVALUATION_OFFICE or actor.organisation_id is None:
        return False
    return Organisation.objects.filter(pk=actor.organisation_id, code=CO_OFFICE_CODE).exists()


def sheets_visible_to(actor: Actor) -> QuerySet[MarkSheet]:
    """An evaluator its own sheets, the office all (区发改委 not those of the departments given by others)."""
    own = Q(evaluator_id=actor.organisation_id) if actor.organisation_id else Q(pk__in=[])
    if actor.may(Verb.READ_ALL_MARKS):
        return (
            MarkSheet.objects.filter(own | ~Q(scheme__track=Track.DEPARTMENT))
            if is_ranked_co_office(actor)
            else MarkSheet.objects.all()
        )
    if actor.role in (Role.EVALUATOR, Role.CERTIFIER, Role.UNIT_HEAD):
        return MarkSheet.objects.filter(own)
    return MarkSheet.objects.none()


def visible_sheet(actor: Actor, sheet_id: int) -> MarkSheet:
    sheet = (
        sheets_visible_to(actor)
        .select_related("scheme", "period", "indicator", "indicator__dimension", "share_figure", "evaluator")
        .filter(pk=sheet_id)
        .first()
    )
    if sheet is None:
        raise NotFound
    return sheet


def may_read_scan(actor: Actor, sheet_id: int) -> bool:
    """The stamped scan of a sheet is read by whoever may read the sheet."""
    return sheets_visible_to(actor).filter(pk=sheet_id).exists()


def may_write_sheet(actor: Actor, sheet: MarkSheet) -> bool:
    """The evaluator itself; or the person of the office who enters it from stamped paper (代录)."""
    if actor.may(Verb.ENTER_MARKS) and actor.organisation_id == sheet.evaluator_id:
        return not sheet.paper_number
    return actor.may(Verb.ENTER_FROM_PAPER) and bool(sheet.paper_number) and sheet.paper_by_id == actor.user_id


def require_sheet_write(actor: Actor, sheet: MarkSheet) -> None:
    if may_write_sheet(actor, sheet):
        return
    if sheet.paper_number and sheet.paper_by_id != actor.user_id:
        raise NotAllowed(
            "entered-from-paper", f"这张打分表由{sheet.paper_by}按纸质报送表代录，您不能改动。请与区政府办联系。"
        )
    raise NotAllowed("not-your-sheet", "这张打分表不由您的岗位打分，没有保存。请由考评部门的经办人办理。")


def require_office(actor: Actor, verb: Verb, *, track: str | None = None) -> None:
    """A verb of the evaluation office; 区发改委 has none of them over the departments it is ranked among."""
    require(actor, verb)
    if track == Track.DEPARTMENT and is_ranked_co_office(actor):
        raise NotAllowed("ranked-itself", "区发改委也在政府部门中排名，部门的核算与通报由区政府办办理。")


def require_batch_reader(actor: Actor, batch: FigureBatch) -> None:
    """A checked batch is everybody's to read; one proposed or rejected is the office's and the auditor's."""
    if batch.state == BatchState.CHECKED or actor.may(Verb.READ_AUDIT):
        return
    if actor.may(Verb.CONFIRM_FIGURES) and not (batch.scheme.track == Track.DEPARTMENT and is_ranked_co_office(actor)):
        return
    raise NotFound


def shares_visible_to(actor: Actor) -> QuerySet[Figure]:
    """Shares whose 考评细则 one may read: one's own, those of items one's organisation carries, the office all."""
    shares = Figure.objects.filter(kind=FigureKind.SHARE, scheme__in=Scheme.objects.issued())
    if actor.may(Verb.READ_ALL_MARKS):
        return shares
    if actor.organisation_id is None:
        return shares.none()
    carried = Figure.objects.filter(kind=FigureKind.CARRIED, value="yes", organisation_id=actor.organisation_id)
    return shares.filter(Q(organisation_id=actor.organisation_id) | Q(indicator_id__in=carried.values("indicator_id")))


def visible_share(actor: Actor, figure_id: int) -> Figure:
    share = (
        shares_visible_to(actor)
        .select_related("scheme", "indicator", "indicator__dimension", "organisation")
        .filter(pk=figure_id)
        .first()
    )
    if share is None:
        raise NotFound
    return share


def may_keep_rulebook(actor: Actor, share: Figure) -> bool:
    return actor.may(Verb.KEEP_RULEBOOK) and actor.organisation_id == share.organisation_id


def keepable_share(actor: Actor, figure_id: int) -> Figure:
    """A share whose 考评细则 the actor keeps. A foreign one that may be read is refused, any other not found."""
    share = visible_share(actor, figure_id)
    if not may_keep_rulebook(actor, share):
        raise NotAllowed("not-your-rulebook", "这份考评细则由考评部门自己维护，没有发布。请由考评部门的经办人办理。")
    return share


def rankings_visible_to(actor: Actor) -> QuerySet[Ranking]:
    """Published ones everybody's; trials and computed ones the office's, the named leaders' and the auditor's."""
    published = Q(kind=RankingKind.OFFICIAL, state=RankingState.PUBLISHED)
    demo = Q(demo=True) if sees_demo(actor) else Q(pk__in=[])
    if actor.may(Verb.READ_UNPUBLISHED):
        if is_ranked_co_office(actor):
            return Ranking.objects.filter(published | demo | ~Q(scheme__track=Track.DEPARTMENT))
        return Ranking.objects.all()
    return Ranking.objects.filter(published | demo)


def visible_ranking(actor: Actor, ranking_id: int) -> Ranking:
    """The ranking without its long columns, or NotFound for unknown and unseen alike."""
    found = rankings_visible_to(actor).select_related("scheme", "period").defer("document", "inputs")
    ranking = found.filter(pk=ranking_id).first()
    if ranking is None:
        raise NotFound
    return ranking


def readable_ranking(actor: Actor, ranking_id: int, *, with_inputs: bool = False) -> Ranking:
    """The ranking with its document, or NotFound for unknown and unseen alike."""
    visible = rankings_visible_to(actor).select_related("scheme", "period").filter(pk=ranking_id)
    found = (visible if with_inputs else visible.defer("inputs")).first()
    if found is None:
        raise NotFound
    return found


def may_run(actor: Actor, track: str) -> bool:
    """Whether the office's buttons are this person's on this track (the services ask again)."""
    return actor.may(Verb.COMPUTE_RANKINGS) and not (track == Track.DEPARTMENT and is_ranked_co_office(actor))


def office_ids(track: str) -> list[int]:
    """Organisations that run the evaluation of a track (区发改委 not that of the departments)."""
    posts = Post.objects.filter(role=Role.EVALUATION_OFFICE)
    if track == Track.DEPARTMENT:
        posts = posts.exclude(organisation__code=CO_OFFICE_CODE)
    return sorted(set(posts.values_list("organisation_id", flat=True)))


def latest_ranking(actor: Actor, track: str) -> Ranking | None:
    """Newest period first, official before trial, the last computed of it."""
    found = rankings_visible_to(actor).filter(scheme__track=track).select_related("scheme", "period")
    return found.defer("document", "inputs").order_by("-period__code", "kind", "-number").first()


def scope_of(actor: Actor, ranking: Ranking) -> tuple[str, str]:
    """How much of a ranking the actor sees: ("whole", "") or the 公开范围 and the code of the own row."""
    if sees_whole_ranking(actor, ranking):
        return WHOLE, ""
    if actor.organisation_id is None:
        return ranking.disclosure_scope, ""
    return ranking.disclosure_scope, Organisation.objects.values_list("code", flat=True).get(pk=actor.organisation_id)


def sees_demo(actor: Actor) -> bool:
    """Demonstration data are visible to every demonstration account, and to a client without a role."""
    return actor.demo or (actor.token_id is not None and not actor.role)


def sees_whole_ranking(actor: Actor, ranking: Ranking) -> bool:
    """Whether every organisation's parts are shown, not only what the period's 公开范围 allows."""
    if ranking.demo and sees_demo(actor):
        return True
    return actor.may(Verb.READ_UNPUBLISHED) and not (
        ranking.scheme.track == Track.DEPARTMENT and is_ranked_co_office(actor)
    )


def may_see_receipt(actor: Actor, ranking: Ranking, organisation: Organisation) -> bool:
    return sees_whole_ranking(actor, ranking) or (
        actor.organisation_id is not None and actor.organisation_id == organisation.pk
    )


def tracked() -> QuerySet[DutyPeriod]:
    """Lines of 月跟踪, whoever may see them."""
    return DutyPeriod.objects.filter(unit__duty__document="13", unit__duty__cadence=Cadence.MONTHLY).select_related(
        "unit__duty", "unit__organisation", "report"
    )


def tracked_reviewed_by(actor: Actor) -> QuerySet[DutyPeriod]:
    """Lines of the indicators the actor's organisation marks, over all units; co-evaluators each review them (推定)."""
    if not actor.may(Verb.REVIEW_REPORTS) or actor.organisation_id is None:
        return tracked().none()
    shares = Figure.objects.filter(
        kind=FigureKind.SHARE, organisation_id=actor.organisation_id, scheme__in=Scheme.objects.issued()
    )
    own = Q(pk__in=[])
    rows = shares.values_list("scheme__document", "scheme__year", "scheme__track", "indicator__number").distinct()
    for document, year, track, number in rows:
        key = duty_key(document, year, track, number)
        own |= Q(unit__duty__key=key) | Q(unit__duty__key__startswith=f"{key}/")
    return tracked().filter(own)


def tracked_overseen_by(actor: Actor) -> QuerySet[DutyPeriod]:
    """What the office and the leaders look over; 区发改委 not the departments it is ranked among."""
    if not actor.may(Verb.READ_ALL_TRACKING):
        return tracked().none()
    if is_ranked_co_office(actor):
        return tracked().exclude(unit__duty__key__contains=f"/{Track.DEPARTMENT}/")
    return tracked()


def tracked_own(actor: Actor) -> QuerySet[DutyPeriod]:
    if not actor.may(Verb.REPORT_PROGRESS) or actor.organisation_id is None:
        return tracked().none()
    return tracked().filter(unit__organisation_id=actor.organisation_id)


def tracked_visible_to(actor: Actor) -> QuerySet[DutyPeriod]:
    """The one scope of monthly reports for pages, files, counts and API."""
    if actor.may(Verb.READ_ALL_TRACKING):
        return tracked_overseen_by(actor)
    return tracked_own(actor) if actor.may(Verb.REPORT_PROGRESS) else tracked_reviewed_by(actor)


def visible_line(actor: Actor, duty_period_id: int) -> DutyPeriod:
    line = tracked_visible_to(actor).filter(pk=duty_period_id).first()
    if line is None:
        raise NotFound
    return line


def may_read_evidence(actor: Actor, duty_period_id: int) -> bool:
    """Evidence of a line is read by whoever may read the line."""
    return tracked_visible_to(actor).filter(pk=duty_period_id).exists()


def rectifications_visible_to(actor: Actor) -> QuerySet[Rectification]:
    """The unit its own, an evaluator those on its indicators, the office and the leaders those they look over."""
    found = Rectification.objects.select_related("unit__duty", "unit__organisation", "opened_for")
    if actor.may(Verb.READ_ALL_TRACKING):
        ranked = is_ranked_co_office(actor)
        return found.exclude(unit__duty__key__contains=f"/{Track.DEPARTMENT}/") if ranked else found
    if actor.may(Verb.REPORT_PROGRESS) and actor.organisation_id is not None:
        return found.filter(unit__organisation_id=actor.organisation_id)
    return found.filter(unit_id__in=tracked_reviewed_by(actor).order_by().values("unit_id"))


def visible_rectification(actor: Actor, rectification_id: int) -> Rectification:
    found = rectifications_visible_to(actor).filter(pk=rectification_id).first()
    if found is None:
        raise NotFound
    return found


def is_opener(actor: Actor, rectification: Rectification) -> bool:
    """Same organisation, same role: the work belongs to the post, not to the person."""
    return (actor.organisation_id, actor.role) == (rectification.opened_for_id, rectification.opened_role)


def line_to_press(actor: Actor, duty_period_id: int) -> DutyPeriod:
    """A line whose unit the actor may call to correct: its evaluator's or the office's."""
    require(actor, Verb.PRESS_FOR_CORRECTION)
    scope = tracked_overseen_by(actor) if actor.may(Verb.READ_ALL_TRACKING) else tracked_reviewed_by(actor)
    line = scope.filter(pk=duty_period_id).first()
    if line is None:
        raise NotFound
    return line


def pressable_units(actor: Actor, scheme: Scheme) -> QuerySet[DutyUnit]:
    """Units × indicators of a scheme's year that the actor may call to put something right: its own items, or all."""
    require(actor, Verb.PRESS_FOR_CORRECTION)
    prefix = duty_key(scheme.document, scheme.year, scheme.track, 0)[:-1]
    found = DutyUnit.objects.filter(duty__key__startswith=prefix, duty__key__regex=r"^[^/]+/[^/]+/[^/]+/[0-9]+$")
    found = found.select_related("duty", "organisation")
    if actor.may(Verb.READ_ALL_TRACKING):
        ranked = is_ranked_co_office(actor) and scheme.track == Track.DEPARTMENT
        return found.none() if ranked else found
    shares = Figure.objects.filter(scheme=scheme, kind=FigureKind.SHARE, organisation_id=actor.organisation_id or 0)
    numbers = shares.values_list("indicator__number", flat=True).distinct()
    return found.filter(duty__key__in=[duty_key(scheme.document, scheme.year, scheme.track, n) for n in numbers])


def unit_to_press(actor: Actor, scheme_id: int, organisation: str, indicator: int) -> DutyUnit:
    scheme = Scheme.objects.issued().filter(pk=scheme_id).first()
    if scheme is None:
        raise NotFound
    key = duty_key(scheme.document, scheme.year, scheme.track, indicator)
    unit = pressable_units(actor, scheme).filter(duty__key=key, organisation__code=organisation).first()
    if unit is None:
        raise NotFound("这个单位没有这项任务，或不由您的单位考评。")
    return unit
