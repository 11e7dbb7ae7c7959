"""A real site that starts empty: its three administrators, and what comes first after them, each on somebody's desk."""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from evaluation.periods.models import Period
from evaluation.scheme.models.scheme import Figure, Scheme
from miyun_kpi.accounts.access import require
from miyun_kpi.accounts.enums import SEPARATED_ROLES, Role, Verb
from miyun_kpi.accounts.models import Post
from miyun_kpi.accounts.services import begin_account, grant_post
from miyun_kpi.acts.acting import locked
from miyun_kpi.audit.services import record
from miyun_kpi.db.finding import one_of
from miyun_kpi.inbox.enums import ItemKind
from miyun_kpi.inbox.registry import DeskItem
from miyun_kpi.lib.actors import SYSTEM, Actor
from miyun_kpi.lib.errors import FieldError, NotFound, Refused
from miyun_kpi.operations.key_sheet import copy
from miyun_kpi.operations.models import Site
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.organisations.queries import resolve
from miyun_kpi.routes import to
from miyun_kpi.site import is_real

# 三权分立: three persons, none of whom marks. Who they are proposed to belong to is 推定, typed over at will.
ADMINISTRATORS = (
    (Role.SYSTEM_ADMIN, "系统管理员", "维护机构和账号", "区政府办公室"),
    (Role.SECURITY_ADMIN, "安全管理员", "授予岗位、发放接口令牌、解锁", "区政府办公室"),
    (Role.AUDITOR, "审计员", "查阅并校验审计记录", "区审计局"),
)
OFFICE_PERSONS = 2


@dataclass(frozen=True)
class Administrator:
    role: str
    username: str
    display_name: str
    organisation: str


def key_file() -> Path:
    return Path(settings.VAR_DIR) / "first-key"


def first_key() -> str:
    """The key that opens the first page: made while there is no account, readable only on the machine itself."""
    path = key_file()
    kept = path.read_text().strip() if path.exists() else ""
    if not kept:
        # In place whole: a start that is killed here leaves no empty key, which would open nothing for ever.
        kept, half = secrets.token_urlsafe(24), path.with_name(f".{path.name}-{os.getpid()}")
        half.unlink(missing_ok=True)
        with open(half, "x", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
            file.write(kept)
        half.replace(path)
    return kept


def may_begin(key: str) -> bool:
    """Whether the first administrators can still be made, by who holds the key."""
    path = key_file()
    kept = path.read_text().strip() if path.exists() else ""
    return (
        is_real()
        and bool(kept)
        and secrets.compare_digest(kept.encode(), key.encode())
        and not get_user_model().objects.exists()
    )


def begin(*, key: str, administrators: Sequence[Administrator], at: datetime) -> list[tuple[Administrator, str, str]]:
    """The three accounts with their posts, all or none; returns each with both halves of its activation, shown once."""
    if not may_begin(key):
        raise NotFound
    problems = []
    places = {one.role: resolve(one.organisation.strip()) for one in administrators}
    for one in administrators:
        if places[one.role] is None:
            sentence = f"没有叫“{one.organisation[:30]}”的机构，没有建立。请写机构名单里的名称。"
            problems.append(FieldError(sentence, "unknown-organisation", field=f"{one.role}_organisation"))
    names = [one.username.strip().lower() for one in administrators]
    if len(set(names)) < len(names):
        problems.append(FieldError("三个用户名要各不相同，没有建立：三员须是三个人。", "same-person"))
    if problems:
        raise Refused(problems[0].code, problems[0].message, errors=problems)
    with transaction.atomic():
        # Two that hold the page open at once meet here.
        locked(Site.objects.all(), 1)
        if get_user_model().objects.exists():
            raise NotFound
        made = [(one, *_administrator(one, places[one.role], at)) for one in administrators]
    key_file().unlink(missing_ok=True)
    return made


def _administrator(one: Administrator, place: Organisation | None, at: datetime) -> tuple[str, str]:
    assert place is not None
    user, first, second = begin_account(username=one.username, display_name=one.display_name, at=at)
    grant_post(
        actor=SYSTEM,
        username=user.username,
        organisation=place,
        role=one.role,
        title="",
        starts_on=at.astimezone().date(),
        ends_on=None,
        at=at,
    )
    return first, second


def certify_from_the_start(*, at: datetime) -> None:
    """A real site begins with 审核 on: a second person of each 考评部门 looks before a sheet is filed. A setting as any other."""
    for scheme in Scheme.objects.filter(certification=False):
        scheme.certification = True
        scheme.version += 1
        scheme.save(update_fields=["certification", "version"])
        data = {"changes": {"certification": {"old": False, "new": True}}, "reason": "正式站首次启动"}
        subject = f"scheme:{scheme.pk}"
        record(actor=SYSTEM, action="evaluation.scheme.settings-changed", subject=subject, data=data, at=at)


@dataclass(frozen=True)
class Step:
    """`who` are roles that do it, `done` whether it is; `address` where it is done."""

    code: str
    title: str
    what: str
    who: tuple[Role, ...]
    done: bool
    address: str


def steps(site: Site) -> list[Step]:
    """In the order in which they are to be done; seven queries."""
    office = Post.objects.filter(role=Role.EVALUATION_OFFICE, user__is_active=True)
    persons = office.values("user").distinct().count()
    others = get_user_model().objects.exclude(posts__role__in=SEPARATED_ROLES).count()
    return [
        Step(
            "organisations",
            "核对机构名单",
            "名单照公报装载：有没有更名、合并、新设的，逐个看过后在这里点“已核对”。",
            (Role.SYSTEM_ADMIN,),
            site.organisations_checked_at is not None,
            to("organisations:organisations"),
        ),
        Step(
            "keys",
            "打印密钥存档",
            "密钥只在这台机器上：坏了、丢了，结果就核验不了，封存的个人信息也打不开。打印两份封存。",
            (Role.SYSTEM_ADMIN,),
            copy().is_kept,
            to("operations:keys"),
        ),
        Step(
            "accounts",
            "建立考评办的账号",
            f"至少 {OFFICE_PERSONS} 个人：确认方案数字、审签和通报都要第二个人。",
            (Role.SYSTEM_ADMIN,),
            others >= OFFICE_PERSONS,
            to("accounts:people"),
        ),
        Step(
            "office",
            "授予考评办岗位",
            f"给考评办的 {OFFICE_PERSONS} 个人授予“考评办”岗位，现有 {persons} 人。",
            (Role.SECURITY_ADMIN,),
            persons >= OFFICE_PERSONS,
            to("accounts:posts"),
        ),
        *_of_the_office(),
    ]


def _of_the_office() -> list[Step]:
    unconfirmed = Figure.objects.unconfirmed().count()
    schemes = Scheme.objects.issued().exists()
    marking = Figure.objects.filter(kind="share", organisation__isnull=False).values("organisation").distinct()
    with_post = Post.objects.filter(role=Role.EVALUATOR, organisation__in=marking).values("organisation").distinct()
    lacking = marking.count() - with_post.count()
    return [
        Step(
            "scheme",
            "确认方案数字",
            f"还有 {unconfirmed} 处推定或不可读；也可以导入正式的任务表。没有确认完的只能试算。",
            (Role.EVALUATION_OFFICE,),
            schemes and not unconfirmed,
            to("evaluation:schemes"),
        ),
        Step(
            "evaluators",
            "给考评部门授予岗位",
            f"还有 {lacking} 个考评部门没有考评经办。",
            (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN),
            lacking <= 0,
            to("accounts:posts"),
        ),
        Step(
            "period",
            "开启第一个期间",
            "开启以后打分表和月报就在各单位的工作台上。",
            (Role.EVALUATION_OFFICE,),
            Period.objects.exists(),
            to("evaluation:periods"),
        ),
    ]


def current_site() -> Site | None:
    """The site while its first steps are open; None afterwards and on every other site."""
    return Site.objects.filter(pk=1, first_steps=True).first()


def desk_items(actor: Actor, at: datetime) -> Sequence[DeskItem]:
    if actor.role not in {*SEPARATED_ROLES, Role.EVALUATION_OFFICE} or (site := current_site()) is None:
        return []
    return [
        DeskItem(
            group="to-check",
            subject="desk",
            state="not_filed",
            title=f"首次启动：{step.title}",
            context=step.what,
            url=to("operations:first-steps"),
            action="去办",
            kind=ItemKind.TURN,
        )
        for step in steps(site)
        if not step.done and actor.role in step.who
    ]


def organisations_checked(*, actor: Actor, at: datetime) -> None:
    """The list has been looked through by who keeps it; said once."""
    require(actor, Verb.MANAGE_ORGANISATIONS)
    with transaction.atomic():
        site = one_of(Site.objects.select_for_update().filter(pk=1, first_steps=True))
        if site.organisations_checked_at is not None:
            return
        site.organisations_checked_at, site.organisations_checked_by = at, actor.label
        site.save(update_fields=["organisations_checked_at", "organisations_checked_by"])
        record(actor=actor, action="operations.organisations.checked", subject="site:1", data={}, at=at)


def finish(*, actor: Actor, at: datetime) -> None:
    """All steps are done: the site runs, and nothing reminds of its beginning. Refuses while one is open."""
    require(actor, Verb.OPEN_PERIODS)
    with transaction.atomic():
        site = one_of(Site.objects.select_for_update().filter(pk=1, first_steps=True))
        left = [step.title for step in steps(site) if not step.done]
        if left:
            raise Refused("steps-open", f"还有没办的：{'、'.join(left)}。办完再收起。")
        site.first_steps = False
        site.save(update_fields=["first_steps"])
        record(actor=actor, action="operations.first-steps.finished", subject="site:1", data={}, at=at)
