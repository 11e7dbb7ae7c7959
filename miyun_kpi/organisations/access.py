from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed

# The value of accounts.enums.Verb.MANAGE_ORGANISATIONS; accounts stands above this app, so it cannot be imported here.
MANAGE = "manage-organisations"
# The value of accounts.enums.Verb.GRANT_POSTS.
GRANT = "grant-posts"


def may_manage(actor: Actor | None) -> bool:
    return actor is not None and actor.may(MANAGE)


def require_changes(actor: Actor | None) -> None:
    """Who reads what a change leaves to be done: whoever enters it, and whoever hands over the posts."""
    if actor is None or not (actor.may(MANAGE) or actor.may(GRANT)):
        message = "机构改革由系统管理员登记、安全管理员交接岗位，您的岗位不能查看。"
        raise NotAllowed("verb-lacking", message)


def require_manage(actor: Actor | None) -> Actor:
    if actor is None or not actor.may(MANAGE):
        message = "您的岗位没有“维护机构”的权限，没有保存；机构由系统管理员维护，如需更改请与其联系。"
        raise NotAllowed("verb-lacking", message)
    return actor
