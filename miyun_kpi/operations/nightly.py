"""What the clock does for the proof (the master entry of the hour, the look over everything at night), and tidying."""

from miyun_kpi.accounts.services import forget_old_tries
from miyun_kpi.audit.services import chain_heads
from miyun_kpi.jobs.clock import Run, timed
from miyun_kpi.lib.actors import SYSTEM
from miyun_kpi.operations.anchoring import kept_outside, send_out
from miyun_kpi.operations.models import VerificationRun
from miyun_kpi.operations.running import watch
from miyun_kpi.operations.verification import run_tonight


@timed("operations.chain_heads", "审计各链的总链")
def chain_hourly(run: Run) -> None:
    if made := chain_heads(at=run.at):
        run.did([f"master/{made.number}"])
        send_out(made, at=run.at)


@timed("operations.watch", "运行的提醒")
def watch_often(run: Run) -> None:
    watch(run)


@timed("operations.verify", "夜间核验")
def verify_nightly(run: Run) -> None:
    found = run_tonight(at=run.at, anchors=kept_outside())
    if VerificationRun.objects.filter(by=SYSTEM.label, at=run.at).exists():
        run.did([run.at.astimezone().date().isoformat()], count=found)


@timed("operations.tidy", "清理过期的登录计数")
def tidy(run: Run) -> None:
    """Thrown away without a slot: nobody waits for it, and the next call does what this one did not."""
    forget_old_tries(at=run.at)
