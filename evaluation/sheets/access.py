"""Who sees and writes which sheet, and which rules of marking."""

from django.db.models import Q, QuerySet, Subquery

from evaluation.enums import FigureKind, SheetState
from evaluation.scheme.access.office import is_ranked_co_office
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.sheets.models.conditions import MarkCondition
from evaluation.sheets.models.marks import MarkSheet
from evaluation.sheets.models.record import RecordLine
from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.acts.acting import is_hand_of, locking
from miyun_kpi.db.asked import Scope, asked_within
from miyun_kpi.db.finding import one_of, the_one
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.queries import acts_for, in_place_of, stands_for


def _own(organisation: int) -> QuerySet[MarkSheet]:
    return MarkSheet.objects.filter(Q(evaluator=organisation) | Q(evaluator__in=in_place_of(organisation)))


def _own_or_of_townships(organisation: int) -> QuerySet[MarkSheet]:
    return _own(organisation) | MarkSheet.objects.exclude(scheme__track=Track.DEPARTMENT)


def _every() -> QuerySet[MarkSheet]:
    return MarkSheet.objects.all()


def _scope(actor: Actor) -> Scope:
    """An evaluator its own sheets, the office all (区发改委 not those of the departments given by others)."""
    keys = () if actor.organisation_id is None else (actor.organisation_id,)
    if actor.may(Verb.READ_ALL_MARKS):
        return (_own_or_of_townships, keys) if is_ranked_co_office(actor) else (_every, ())
    if keys and actor.role in (Role.EVALUATOR, Role.CERTIFIER, Role.UNIT_HEAD):
        return _own, keys
    return None


def sheets_visible_to(actor: Actor) -> QuerySet[MarkSheet]:
    scope = _scope(actor)
    return MarkSheet.objects.none() if scope is None else scope[0](*scope[1])


# What stands beside a sheet wherever it is acted on.
RELATED = ("scheme", "period", "indicator", "indicator__dimension", "share_figure", "evaluator")


@asked_within
def _seen(visible: QuerySet[MarkSheet], sheet: int) -> QuerySet[MarkSheet]:
    return visible.filter(pk=sheet).select_related(*RELATED)


@asked_within
def _locked(visible: QuerySet[MarkSheet], sheet: int) -> QuerySet[MarkSheet]:
    return locking(visible.filter(pk=sheet).select_related(*RELATED))


def visible_sheet(actor: Actor, sheet_id: int, **beside: Subquery) -> MarkSheet:
    """With what stands beside it, or NotFound. `beside`: what else is read with it in the same question."""
    if not beside:
        return the_one(_seen(_scope(actor), sheet_id))
    found = sheets_visible_to(actor).select_related(*RELATED).annotate(**beside)
    return one_of(found.filter(pk=sheet_id))


def lock_visible_sheet(actor: Actor, sheet_id: int) -> MarkSheet:
    """`visible_sheet`, locked until the act ends."""
    return the_one(_locked(_scope(actor), sheet_id))


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


def is_own_filing(actor: Actor, sheet: MarkSheet) -> bool:
    """Somebody may hold a post in both houses: nobody gives back to himself what he has filed. A sheet entered from paper
    is the evaluator's, whoever of the office filed it."""
    return is_hand_of(actor, (sheet.filed_by_id,)) and sheet.state == SheetState.FILED and not sheet.paper_number


def lines_visible_to(actor: Actor) -> QuerySet[RecordLine]:
    """The mapping of 据实打分 is the office's; 区发改委 keeps none of the departments it is ranked among."""
    if not actor.may(Verb.KEEP_SETTINGS):
        return RecordLine.objects.none()
    found = RecordLine.objects.all()
    return found.exclude(share_figure__scheme__track=Track.DEPARTMENT) if is_ranked_co_office(actor) else found


def conditions_visible_to(actor: Actor) -> QuerySet[MarkCondition]:
    """As the mapping: the office's, for what a trial found are marks."""
    if not actor.may(Verb.KEEP_SETTINGS):
        return MarkCondition.objects.none()
    found = MarkCondition.objects.all()
    return found.exclude(scheme__track=Track.DEPARTMENT) if is_ranked_co_office(actor) else found


def may_read_record(actor: Actor, sheet: MarkSheet) -> bool:
    """What the mapping puts beside a mark: for who evaluates by this sheet, and for who keeps the mapping."""
    return actor.may(Verb.KEEP_SETTINGS) or acts_for(actor.organisation_id, sheet.evaluator_id)


def shares_visible_to(actor: Actor) -> QuerySet[Figure]:
    """Shares whose 考评细则 one may read: one's own, those of items one's organisation carries, the office all."""
    shares = Figure.objects.filter(kind=FigureKind.SHARE, scheme__in=Scheme.objects.issued())
    if actor.may(Verb.READ_ALL_MARKS):
        return shares
    if actor.organisation_id is None:
        return shares.none()
    own = stands_for(actor.organisation_id)
    carried = Figure.objects.filter(kind=FigureKind.CARRIED, value="yes", organisation__in=own)
    return shares.filter(Q(organisation__in=own) | Q(indicator_id__in=carried.values("indicator_id")))


def visible_share(actor: Actor, figure_id: int) -> Figure:
    share = one_of(
        shares_visible_to(actor)
        .select_related("scheme", "indicator", "indicator__dimension", "organisation")
        .filter(pk=figure_id)
    )
    return share


def may_keep_rulebook(actor: Actor, share: Figure) -> bool:
    return actor.may(Verb.KEEP_RULEBOOK) and acts_for(actor.organisation_id, share.organisation_id or 0)


def keepable_share(actor: Actor, figure_id: int) -> Figure:
    """A share whose 考评细则 the actor keeps. A foreign one that may be read is refused, any other not found."""
    share = visible_share(actor, figure_id)
    if not may_keep_rulebook(actor, share):
        raise NotAllowed("not-your-rulebook", "这份考评细则由考评部门自己维护，没有发布。请由考评部门的经办人办理。")
    return share
