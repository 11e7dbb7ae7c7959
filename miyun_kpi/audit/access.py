from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed

# The value of accounts.enums.Verb.READ_AUDIT; accounts stands above this app, so it cannot be imported here.
READ = "read-audit"


def require_reader(actor: Actor) -> None:
    if not actor.may(READ):
        raise NotAllowed("verb-lacking", "您的岗位没有“查阅审计”的权限，没有执行。审计记录由审计员查阅。")
