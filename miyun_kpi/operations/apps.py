from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

WORDS = {
    "operations.audit-key.changed": "更换审计密钥",
    "operations.audit-key.adopted": "审计密钥丢失，换用新的",
    "operations.keys.printed": "密钥打印存档",
    "operations.organisations.checked": "核对机构名单（首次启动）",
    "operations.first-steps.finished": "首次启动的几步办完",
    "operations.rehearsal.made": "建演练站",
    "operations.tour.entered": "不用密码进入（演示）",
    "operations.rehearsal.begun": "演练站建成",
    "operations.site.verified": "核验",
    "operations.site.restored": "从备份恢复",
    "operations.site.drilled": "恢复演练",
    "operations.years.synthesised": "放进虚构的年份",
}
SENTENCES = {
    "operations.audit-key.changed": "换用另一把审计密钥（指纹由 {before} 改为 {after}）",
    "operations.audit-key.adopted": "审计密钥（指纹 {before}）丢失，{two}在服务器上换用另一把（{after}），{seals} 件封存的材料无钥，理由：{reason}",
    "operations.keys.printed": "打印密钥（指纹 {key}）封存两份，登记",
    "operations.organisations.checked": "看过机构名单，说明已核对",
    "operations.first-steps.finished": "首次启动的几步办完，收起",
    "operations.rehearsal.made": "照本站另建演练站：机构 {organisations} 个、方案 {schemes} 个、账号 {accounts} 个",
    "operations.tour.entered": "从演示的起始页以{thing}的身份进入，不用密码，去办“{task}”",
    "operations.rehearsal.begun": "照正式站（{database}，审计记到第 {last_entry} 条）建成演练站",
    "operations.site.verified": "核验{thing}，发现不符 {faults} 处",
    "operations.site.restored": "从备份 {archive} 恢复{thing}：{rows} 行，核验不符 {faults} 处",
    "operations.site.drilled": "恢复演练：备份后在旁边恢复 {rows} 行、审计 {entries} 条，用 {seconds} 秒，{outcome}",
    "operations.years.synthesised": "在演示站放进 {years} 年的虚构数据，共 {rows} 行",
}
LABELS = {
    "hash": "正式站审计末条的校验值",
    "database": "正式站的数据库",
    "last_entry": "正式站审计末条",
    "organisations": "机构数",
    "schemes": "方案数",
    "accounts": "账号数",
    "address": "登录地址",
    "task": "要办的事",
    "faults": "不符",
    "master": "总链头的号",
    "archive": "备份文件",
    "moment": "备份的时间",
    "rows": "行数",
    "tables": "表数",
    "years": "年数",
    "entries": "审计条数",
    "bytes": "字节",
    "seconds": "秒",
    "before": "原指纹",
    "after": "新指纹",
    "outcome": "结果",
    "key": "密钥的指纹",
    "two": "两名管理员",
    "seals": "无钥的封存件数",
    "known": "此前核验的不符",
    "reason": "理由",
}


class OperationsConfig(AppConfig):
    """Running the site: starting it, its signs of life, backup and restore. Nothing stands above but the front door."""

    name = "miyun_kpi.operations"
    label = "operations"
    verbose_name = "运行"

    def ready(self) -> None:
        from miyun_kpi.accounts.tour import register_target, register_tour
        from miyun_kpi.audit.sentences import Subject, register_sentences
        from miyun_kpi.audit.wording import register_words
        from miyun_kpi.inbox.registry import register_desk
        from miyun_kpi.operations import tasks, tour  # noqa: F401 (tasks register themselves)
        from miyun_kpi.operations.first_steps import desk_items
        from miyun_kpi.operations.machine import on_the_machine
        from miyun_kpi.operations.models import Site
        from miyun_kpi.operations.password_desk import desk_items as passwords
        from miyun_kpi.operations.running import desk_items as running
        from miyun_kpi.operations.shared_load import before_the_queue_forks
        from miyun_kpi.operations.strength import refuse_weak_starts
        from miyun_kpi.operations.verification import desk_items as verified
        from miyun_kpi.routes import to

        # Framework hooks, not business signals: SQLite drops triggers whenever a migration rebuilds a table.
        pre_migrate.connect(before_migrations, sender=self, dispatch_uid="guards-off")
        post_migrate.connect(after_migrations, sender=self, dispatch_uid="guards-on")
        refuse_weak_starts()
        before_the_queue_forks()
        register_words(WORDS)
        register_sentences(
            "operations", SENTENCES, labels=LABELS, subjects={"site": Subject("站点", Site, lambda site: "本站")}
        )
        for desk in (desk_items, verified, passwords, running):
            register_desk(desk)
        register_tour(lambda request: tour.shown() if on_the_machine(request) else ())
        register_target("operations.audit", lambda at: to("audit:entries"))
        register_target("operations.people", lambda at: to("accounts:create"))


def before_migrations(using: str, **_: Any) -> None:
    from miyun_kpi.audit.guards import remove_guards

    remove_guards(using)


def after_migrations(using: str, **_: Any) -> None:
    """What an earlier version left without a seal gets one; then all guards are put on again."""
    from django.db import DEFAULT_DB_ALIAS
    from django.utils import timezone

    from miyun_kpi.audit.guards import install_guards
    from miyun_kpi.audit.verifying import adopt
    from miyun_kpi.operations.database import is_up_to_date

    if using == DEFAULT_DB_ALIAS and is_up_to_date():
        adopt(timezone.now())
    install_guards(using)
