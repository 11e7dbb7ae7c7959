from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Running the site: starting it, its signs of life, backup and restore. Nothing stands above but the front door."""

    name = "miyun_kpi.operations"
    label = "operations"
    verbose_name = "运行"

    def ready(self) -> None:
        from miyun_kpi.audit.sentences import Subject, register_sentences
        from miyun_kpi.audit.wording import register_words
        from miyun_kpi.inbox.registry import register_desk
        from miyun_kpi.operations.first_steps import desk_items
        from miyun_kpi.operations.models import Site

        register_words(
            {
                "operations.organisations.checked": "核对机构名单（首次启动）",
                "operations.first-steps.finished": "首次启动的几步办完",
                "operations.rehearsal.made": "建演练站",
                "operations.rehearsal.begun": "演练站建成",
            }
        )
        register_sentences(
            "operations",
            {
                "operations.organisations.checked": "看过机构名单，说明已核对",
                "operations.first-steps.finished": "首次启动的几步办完，收起",
                "operations.rehearsal.made": "照本站另建演练站：机构 {organisations} 个、方案 {schemes} 个、账号 {accounts} 个",
                "operations.rehearsal.begun": "照正式站（{database}，审计记到第 {last_entry} 条）建成演练站",
            },
            labels={
                "hash": "正式站审计末条的校验值",
                "database": "正式站的数据库",
                "last_entry": "正式站审计末条",
                "organisations": "机构数",
                "schemes": "方案数",
                "accounts": "账号数",
            },
            subjects={"site": Subject("站点", Site, lambda site: "本站")},
        )
        register_desk(desk_items)
