"""The demonstration: accounts for each role, and the scene that they find."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.db import transaction

from evaluation.demo.marks import invented_mark
from evaluation.demo.months import load_months
from evaluation.demo.scenes import Scene
from evaluation.demo.year.story import tell
from evaluation.enums import SheetState
from evaluation.periods.models import Period
from evaluation.periods.rules.calendar import SHANGHAI, Window, default_window
from evaluation.ranking.services import compute_trial
from evaluation.scheme.models.scheme import Figure, Scheme
from evaluation.sheets.models.marks import Mark, MarkSheet, Rulebook, RulebookLine
from evaluation.sheets.services.periods import open_period
from evaluation.sheets.services.sheets import receipt_number
from evaluation.sheets.services.stating import state_marks
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.models import Portfolio, Post, User
from miyun_kpi.accounts.registry import DemoAccount, demo_parts, tell_parts
from miyun_kpi.accounts.services import random_password
from miyun_kpi.audit.services import record
from miyun_kpi.inbox.models import Notice
from miyun_kpi.lib import workdays
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.lib.periods import PeriodCode
from miyun_kpi.organisations.enums import Track
from miyun_kpi.organisations.queries import resolver

INVENTED = "演示数据"
# Whoever acts in the story of the year has been in the post since then.
BEFORE = timedelta(days=240)
PAST, PRESENT = PeriodCode(2020, quarter=2), PeriodCode(2020, quarter=3)


ACCOUNTS = (
    DemoAccount(
        "shuiwu", "水务经办（演示）", (("区水务局", Role.EVALUATOR, "考评经办"),), "给镇街打河长制和水环境治理"
    ),
    DemoAccount(
        "weijian",
        "卫健经办（演示）",
        (("区卫健委", Role.EVALUATOR, "考评经办"),),
        "给镇街打公共卫生、给部门打其他重点任务",
    ),
    DemoAccount(
        "zhengfuban1",
        "考评组甲（演示）",
        (("区政府办公室", Role.EVALUATION_OFFICE, "考评组"), ("区政府办公室", Role.EVALUATOR, "考评经办")),
        "考评办：确认方案、试算、核定",
    ),
    DemoAccount(
        "zhengfuban2",
        "考评组乙（演示）",
        (("区政府办公室", Role.EVALUATION_OFFICE, "考评组"),),
        "考评办的第二个人：复核、通报",
    ),
    DemoAccount("beizhuang", "北庄镇综合办（演示）", (("北庄镇", Role.REPORTER, "综合办"),), "被考评的镇：看得分明细"),
    DemoAccount("lingdao", "分管区领导（演示）", (("区政府办公室", Role.LEADER, "区领导"),), "看试算与排名"),
    DemoAccount(
        "guanliyuan", "系统管理员（演示）", (("区政府办公室", Role.SYSTEM_ADMIN, "系统管理"),), "维护机构与账号"
    ),
    DemoAccount(
        "anquan", "安全管理员（演示）", (("区政府办公室", Role.SECURITY_ADMIN, "安全管理"),), "授予岗位、发令牌、解锁"
    ),
    DemoAccount("shenji", "审计员（演示）", (("区审计局", Role.AUDITOR, "审计"),), "查阅并校验审计记录"),
)


def all_accounts() -> tuple[DemoAccount, ...]:
    """Those of the evaluation, then those of the registers."""
    return ACCOUNTS + tuple(account for part in demo_parts() for account in part.accounts)


def around(today: date) -> Window:
    """A window that is open today: began a week ago, due in ten days, so that the demonstration can be used at once."""
    midnight = datetime.combine(today, time(), SHANGHAI)
    due_day = workdays.on_or_after(today + timedelta(days=10))
    due = datetime.combine(due_day, time(18), SHANGHAI)
    return Window(midnight - timedelta(days=7), due, due + timedelta(days=3), due + timedelta(days=8))


def load_demo(*, at: datetime, scene: Scene = Scene.YEAR) -> list[tuple[DemoAccount, str]]:
    """Everything of the demonstration in one transaction; returns the new accounts with their passwords.

    Runs only on a database without any account, so that a real installation never gets one.
    """
    with transaction.atomic():
        if User.objects.exists():
            return []
        since = at if scene == Scene.OPENING else at - BEFORE
        accounts = _create_accounts(since)
        _create_portfolio(since)
        now = around(at.astimezone(SHANGHAI).date())
        if scene == Scene.OPENING:
            _open_the_scene(at, now)
        else:
            tell(at, now)
        for part in demo_parts():
            part.load(at, now)
        if scene != Scene.OPENING:
            tell_parts(at, now)
        if scene == Scene.OPENING:
            past = Period.objects.get(code=str(PAST))
            for scheme in Scheme.objects.filter(year=PAST.year):
                compute_trial(actor=SYSTEM, scheme=scheme, period=past, at=at)
        data = {
            "accounts": [account.username for account, _ in accounts],
            "periods": sorted(Period.objects.values_list("code", flat=True)),
        }
        record(actor=SYSTEM, action="evaluation.demo.loaded", subject="demo", data=data, at=at)
    return accounts


def _open_the_scene(at: datetime, now: Window) -> None:
    """One quarter filed, the next one open, three months: set-based, for the tests begin from it."""
    past = open_period(actor=SYSTEM, code=PAST, at=at, window=default_window(PAST)).period
    # Its sheets are filed below: nobody is asked for them any more.
    Notice.objects.all().delete()
    _publish_rulebook(past.starts_at)
    _fill_and_file(past, at)
    open_period(actor=SYSTEM, code=PRESENT, at=at, window=now)
    load_months(at=at, present=now)


def _create_accounts(at: datetime) -> list[tuple[DemoAccount, str]]:
    """Hashing a password is meant to be slow, and lets other threads run meanwhile."""
    accounts = [(account, random_password()) for account in all_accounts()]
    with ThreadPoolExecutor() as pool:
        hashed = list(pool.map(make_password, [password for _, password in accounts]))
    for (account, _), password in zip(accounts, hashed, strict=True):
        _create_account(account, password, at)
    return accounts


def _create_account(account: DemoAccount, hashed: str, at: datetime) -> None:
    resolve = resolver()
    user = User.objects.create(
        username=account.username, password=hashed, display_name=account.display_name, created_at=at
    )
    for name, role, title in account.posts:
        organisation = resolve(name)
        assert organisation is not None, name
        Post.objects.create(
            user=user, organisation=organisation, role=role, title=title, starts_on=at.astimezone(SHANGHAI).date()
        )


def _create_portfolio(at: datetime) -> None:
    leader = User.objects.get(username="lingdao")
    resolve = resolver()
    day = at.astimezone(SHANGHAI).date()
    wanted = [resolve(name) for name in ("区水务局", "区农业农村局", "区园林绿化局")]
    Portfolio.objects.bulk_create(
        Portfolio(leader=leader, organisation=organisation, starts_on=day) for organisation in wanted if organisation
    )


def _publish_rulebook(before: datetime) -> None:
    """An invented 考评细则 for the water bureau's sheet, in force in both periods, so that 扣分明细 can be tried."""
    share = Figure.objects.get(scheme__track=Track.TOWNSHIP, scheme__year=PAST.year, key="share/4/1")
    rulebook = Rulebook.objects.create(
        share_figure=share,
        number=1,
        title="（演示）河长制和水环境治理考评细则",
        published_at=before - timedelta(days=30),
        published_by=INVENTED,
    )
    lines = (("（演示）月报迟报一次", "1"), ("（演示）巡河记录缺一次", "0.5"), ("（演示）排污口台账漏登一处", "2"))
    RulebookLine.objects.bulk_create(
        RulebookLine(rulebook=rulebook, order=order, text=text, points=Decimal(points))
        for order, (text, points) in enumerate(lines, start=1)
    )


def _fill_and_file(period: Period, at: datetime | None = None) -> None:
    """Marks and filing of the past quarter, written set-based: they are invented and need no evaluator's act."""
    marks = list(
        Mark.objects.filter(sheet__period=period).select_related("sheet__share_figure", "organisation", "sheet")
    )
    saved = period.starts_at + timedelta(days=2, hours=10)
    for mark in marks:
        mark.value = invented_mark(
            period=period.code,
            share_key=f"{mark.sheet.scheme_id}/{mark.sheet.share_figure.key}",
            organisation=mark.organisation.code,
            full_mark=mark.full_mark,
        )
        mark.version, mark.saved_at, mark.saved_by = 1, saved, INVENTED
    Mark.objects.bulk_update(marks, ["value", "version", "saved_at", "saved_by"], batch_size=300)
    state_marks(actor=SYSTEM, marks=marks, at=at or saved)
    sheets = list(
        MarkSheet.objects.filter(period=period).select_related("scheme", "indicator", "share_figure", "period")
    )
    for sheet in sheets:
        sheet.state, sheet.version = SheetState.FILED, 2
        sheet.filed_at, sheet.filed_by = period.due_at - timedelta(hours=3), INVENTED
        sheet.receipt_number = receipt_number(sheet)
    MarkSheet.objects.bulk_update(sheets, ["state", "version", "filed_at", "filed_by", "receipt_number"])


def reset_passwords(*, at: datetime) -> list[tuple[DemoAccount, str]]:
    """New random passwords for the demonstration accounts that exist."""
    fresh = []
    with transaction.atomic():
        for account in all_accounts():
            user = User.objects.filter(username=account.username).first()
            if user is None:
                continue
            password = random_password()
            user.set_password(password)
            user.save(update_fields=["password"])
            fresh.append((account, password))
        names = [account.username for account, _ in fresh]
        record(actor=SYSTEM, action="evaluation.demo.passwords-reset", subject="demo", data={"accounts": names}, at=at)
    return fresh
