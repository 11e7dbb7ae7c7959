from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed

# The value of accounts.enums.Verb.MANAGE_ORGANISATIONS; accounts stands above this app, so it cannot be imported here.
MANAGE = "manage-organisations"


def may_manage(actor: Actor | None) -> bool:
    return actor is not None and actor.may(MANAGE)


def require_manage(actor: Actor | None) -> Actor:
    if actor is None or not actor.may(MANAGE):
        message = "您的岗位没有“维护机构”的权限，没有保存；机构由系统管理员维护，如需更改请与其联系。"
        raise NotAllowed("verb-lacking", message)
    return actor
