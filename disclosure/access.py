"""Who may do what: a unit enters and publishes its own, 区政务服务中心 (and a lead unit its own register) all of them.

审核 is done by a 单位负责人 of the same unit or by the office, and never by anybody who wrote, changed or submitted it.
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from disclosure.enums import APP, DOCUMENT, Decision, Stage, duty_key
from disclosure.models import Application, ApplicationEvent, Consultation, Package, PackageItem, Review
from disclosure.rules.kinds import PUBLISHED
from miyun_kpi.accounts.enums import Verb
from miyun_kpi.db.finding import one_of
from miyun_kpi.duties.enums import UnitRole
from miyun_kpi.duties.models import DutyDocument, DutyUnit
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, NotFound
from miyun_kpi.organisations.queries import acts_for, stands_for
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.registry import KEEPER, OWNER, Doer, Keeper, Rights, kind_by, owns, reports, with_verb
from miyun_kpi.registers.rules.kinds import Kind, Step

# Where the clause names another lead unit than 区政务服务中心, it keeps its register beside the office.
LED = {
    "enforcement": duty_key("三（二）/2"),
    "both-publicities": duty_key("三（二）/3"),
    "random-checks": duty_key("三（二）/4"),
}
# What a unit has not made public is nobody else's to read.
INWARD = frozenset({"inquiries", "policies", "policy-reviews"})


def is_office(actor: Actor) -> bool:
    return (
        actor.may(Verb.KEEP_REGISTERS)
        and actor.organisation_id is not None
        and DutyDocument.objects.filter(document=DOCUMENT, office_id=actor.organisation_id).exists()
    )


def keeper_of(code: str) -> Keeper:
    def keeper(actor: Actor) -> bool:
        if is_office(actor):
            return True
        if code not in LED or not actor.may(Verb.KEEP_REGISTERS):
            return False
        led = DutyUnit.objects.filter(duty__key=LED[code], role=UnitRole.LEAD, active=True)
        return led.filter(organisation_id=actor.organisation_id or 0).exists()

    return keeper


def may_publish(actor: Actor, record: Record) -> bool:
    return is_office(actor) or (owns(actor, record) and actor.may(Verb.REPORT_PROGRESS))


def publishable(actor: Actor, rows: Iterable[Record]) -> list[Record]:
    """Those of the records that the actor may publish, asked once for all."""
    if is_office(actor):
        return list(rows)
    return [row for row in rows if owns(actor, row)] if actor.may(Verb.REPORT_PROGRESS) else []


def may_review(actor: Actor, record: Record) -> bool:
    return actor.may(Verb.REVIEW_DISCLOSURE) and (owns(actor, record) or is_office(actor))


reviews = with_verb(Verb.REVIEW_DISCLOSURE)
# 审核 and 发布 of published information: the office, and the unit by its own reporters and reviewers.
_ENTERED_BY = (Doer(KEEPER, is_office), Doer(OWNER, reports))
_REVIEWED_BY = (Doer(KEEPER, lambda actor: is_office(actor) and reviews(actor)), Doer(OWNER, reviews))


def left_its_row(actor: Actor, record: Record, step: Step) -> bool:
    """审核 and 发布 leave a row of their own first; without it the step does not exist, whichever door is used."""
    if step.code == "approve":
        passed = Review.objects.filter(record=record, version=record.version, decision=Decision.PASSED)
        return passed.filter(reviewer_id=actor.user_id or 0).exists()
    if step.code == "publish":
        linked = PackageItem.objects.filter(record=record, version=record.version).exclude(link="")
        return linked.exists()
    return True


def _own(actor: Actor) -> Q:
    return Q(owner__in=stands_for(actor.organisation_id))


def _own_or_public(actor: Actor) -> Q:
    asked = Consultation.objects.filter(organisation__in=stands_for(actor.organisation_id)).values("record_id")
    return _own(actor) | Q(stage=Stage.PUBLISHED) | Q(pk__in=asked)


def rights_of(kind: Kind) -> Rights:
    """What is published is read by everybody signed in; the rest by its unit, the organs asked, the office and leaders."""
    if kind.code in PUBLISHED:
        return Rights(
            keeper_of(kind.code),
            open_to_all=False,
            doers=_ENTERED_BY,
            own_doers=_ENTERED_BY,
            doers_of={"approve": _REVIEWED_BY, "returned": _REVIEWED_BY},
            condition=left_its_row,
            shown=_own_or_public,
        )
    # 定期审查 is done by 区政务服务中心 alone (四（一）).
    return Rights(keeper_of(kind.code), owners_write=kind.code != "policy-reviews", open_to_all=kind.code not in INWARD)


def published_record(actor: Actor, record_id: int) -> tuple[Kind, Record]:
    """A record of information to be published that the actor may see. Raises NotFound."""
    row = one_of(Record.objects.filter(pk=record_id, kind__in=[f"{APP}.{code}" for code in PUBLISHED]))
    kind, rights = kind_by(APP, row.kind.removeprefix(f"{APP}."))
    if not Record.objects.filter(rights.sees(actor), pk=record_id).exists():
        raise NotFound
    return kind, Record.objects.select_related("owner").get(pk=record_id)


def require_prepare(actor: Actor, record: Record) -> None:
    if not may_publish(actor, record):
        raise NotAllowed("not-your-unit", "协商确认和第三方意见由公开单位登记，没有执行。请由公开单位的填报人办理。")


def may_confirm(actor: Actor, asked: Consultation) -> bool:
    """The organ that was asked, by a post that works on its filings or keeps its registers; no other post of it."""
    works = actor.may(Verb.REPORT_PROGRESS) or actor.may(Verb.KEEP_REGISTERS)
    return works and acts_for(actor.organisation_id, asked.organisation_id)


def require_confirm(actor: Actor, asked: Consultation, record: Record) -> None:
    if not (may_confirm(actor, asked) or may_publish(actor, record)):
        raise NotAllowed(
            "not-the-organ",
            f"协商确认由公开单位登记，或由{asked.organisation.name}自己登记，没有执行。请由其填报人或主管岗位办理。",
        )


def require_review(actor: Actor, record: Record) -> None:
    if not may_review(actor, record):
        raise NotAllowed("not-a-reviewer", "审核由公开单位的负责人或区政务服务中心办理，没有执行。请由他们审核。")


def visible_records(actor: Actor) -> QuerySet[Record]:
    """Every record of 14号 that the actor may see, over all kinds: the same scope in one query."""
    found = Record.objects.filter(kind__startswith=f"{APP}.", struck_at__isnull=True).select_related("owner")
    if is_office(actor) or actor.may(Verb.READ_ALL_TRACKING):
        return found
    led = [f"{APP}.{code}" for code in LED if actor.may(Verb.KEEP_REGISTERS) and keeper_of(code)(actor)]
    published, inward = [f"{APP}.{code}" for code in PUBLISHED], [f"{APP}.{code}" for code in INWARD]
    return found.filter(
        Q(kind__in=led)
        | (Q(kind__in=published) & _own_or_public(actor))
        | (Q(kind__in=inward) & _own(actor))
        | ~Q(kind__in=[*published, *inward])
    )


def visible_packages(actor: Actor) -> QuerySet[Package]:
    found = Package.objects.select_related("organisation")
    return found if is_office(actor) else found.filter(organisation__in=stands_for(actor.organisation_id))


def visible_package(actor: Actor, package_id: int) -> Package:
    found = one_of(visible_packages(actor).filter(pk=package_id))
    return found


def visible_applications(actor: Actor) -> QuerySet[Application]:
    """Of the own organ; the office and leaders see all of them. The applicant is masked for everybody."""
    late = ApplicationEvent.objects.filter(application=OuterRef("pk")).exclude(late="")
    found = Application.objects.select_related("organisation").prefetch_related("holds", "challenges")
    found = found.annotate(has_late=Exists(late))
    if is_office(actor) or actor.may(Verb.READ_ALL_TRACKING):
        return found
    if not (actor.may(Verb.REPORT_PROGRESS) or actor.may(Verb.KEEP_REGISTERS)):
        return found.none()
    return found.filter(organisation__in=stands_for(actor.organisation_id))


def visible_application(actor: Actor, application_id: int) -> Application:
    found = one_of(visible_applications(actor).filter(pk=application_id))
    return found


def may_handle(actor: Actor, organisation_id: int | None) -> bool:
    """Register, handle and unmask: people of the handling organ alone."""
    own = organisation_id is not None and acts_for(actor.organisation_id, organisation_id)
    return own and (actor.may(Verb.REPORT_PROGRESS) or is_office(actor))


def require_handle(actor: Actor, organisation_id: int | None) -> None:
    if not may_handle(actor, organisation_id):
        raise NotAllowed("not-the-organ", "公开申请由收到它的机关办理，没有执行。请由该机关的填报人办理。")


def applications_of(actor: Actor, applicant: str) -> QuerySet[Application]:
    """Those of one applicant, named in full: of the own organ, for whoever may unmask its applicants; for others none."""
    found = visible_applications(actor)
    if not may_open(actor):
        return found.none()
    return found.filter(organisation__in=stands_for(actor.organisation_id), applicant__sought=applicant)


def may_open(actor: Actor) -> bool:
    """期初登记 of the own organ: whoever handles, and who decides its extensions."""
    own = actor.organisation_id
    return own is not None and (may_handle(actor, own) or may_decide_extensions(actor, own))


def may_hand_over(actor: Actor, application: Application) -> bool:
    """The organ that has it; the office too, for one that was split nobody else could."""
    return may_handle(actor, application.organisation_id) or is_office(actor)


def require_hand_over(actor: Actor, application: Application) -> None:
    if not may_hand_over(actor, application):
        raise NotAllowed("not-the-organ", "公开申请由办理它的机关或区政务服务中心移交，没有移交。")


def may_extend(actor: Actor, application: Application) -> bool:
    return may_decide_extensions(actor, application.organisation_id)


def may_decide_extensions(actor: Actor, organisation_id: int) -> bool:
    """公开机构负责人 of the organ."""
    return actor.may(Verb.REVIEW_DISCLOSURE) and acts_for(actor.organisation_id, organisation_id)
