"""A 联络员 of the demonstration, with one account that waits for its release and one that came back. Everything is invented."""

from datetime import datetime

from miyun_kpi.accounts.demo import Timeline
from miyun_kpi.accounts.enums import Role
from miyun_kpi.accounts.registry import DemoAccount, DemoPart, DemoWindow
from miyun_kpi.powers.services import ask_account
from miyun_kpi.proposals.services import decide

ACCOUNTS = (
    DemoAccount(
        "shuiwulian", "水务联络员（演示）", (("区水务局", Role.LIAISON, "办公室"),), "提请本单位的账号、交接和请假代理"
    ),
)


def load(at: datetime, window: DemoWindow) -> None:
    """The account alone: what it proposes is told in the whole scene."""


def tell(at: datetime, window: DemoWindow) -> None:
    timeline = Timeline(at)
    liaison, administrator = timeline.actor("shuiwulian"), timeline.actor("guanliyuan")
    post = {"role": Role.EVALUATOR.value, "title": "考评经办", "starts_on": timeline.today}

    def returned(moment: datetime) -> None:
        row = ask_account(actor=liaison, username="shuiwu9", display_name="临时工（演示）", at=moment, **post)
        note = "（演示）一人一个账号，请写本人的姓名"
        decide(actor=administrator, proposal_id=row.pk, version=row.version, confirm=False, note=note, at=moment)

    timeline.on(0, returned, hour=9)
    timeline.on(
        0,
        lambda moment: ask_account(
            actor=liaison, username="shuiwu8", display_name="水务新同事（演示）", at=moment, **post
        ),
    )
    timeline.tell()


PART = DemoPart(ACCOUNTS, load, tell)
