from django.apps import AppConfig


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
        from miyun_kpi.operations import tour
        from miyun_kpi.operations.first_steps import desk_items
        from miyun_kpi.operations.machine import on_the_machine
        from miyun_kpi.operations.models import Site
        from miyun_kpi.routes import to

        register_words(
            {
                "operations.organisations.checked": "核对机构名单（首次启动）",
                "operations.first-steps.finished": "首次启动的几步办完",
                "operations.rehearsal.made": "建演练站",
                "operations.tour.entered": "不用密码进入（演示）",
                "operations.rehearsal.begun": "演练站建成",
            }
        )
        register_sentences(
            "operations",
            {
                "operations.organisations.checked": "看过机构名单，说明已核对",
                "operations.first-steps.finished": "首次启动的几步办完，收起",
                "operations.rehearsal.made": "照本站另建演练站：机构 {organisations} 个、方案 {schemes} 个、账号 {accounts} 个",
                "operations.tour.entered": "从演示的起始页以{thing}的身份进入，不用密码，去办“{task}”",
                "operations.rehearsal.begun": "照正式站（{database}，审计记到第 {last_entry} 条）建成演练站",
            },
            labels={
                "hash": "正式站审计末条的校验值",
                "database": "正式站的数据库",
                "last_entry": "正式站审计末条",
                "organisations": "机构数",
                "schemes": "方案数",
                "accounts": "账号数",
                "address": "登录地址",
                "task": "要办的事",
            },
            subjects={"site": Subject("站点", Site, lambda site: "本站")},
        )
        register_desk(desk_items)
        register_tour(lambda request: tour.shown() if on_the_machine(request) else ())
        register_target("operations.audit", lambda at: to("audit:entries"))
        register_target("operations.people", lambda at: to("accounts:create"))
