from urllib.parse import parse_qs, parse_qsl, unquote, urlencode

from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import NotAllowed, Refused
from miyun_kpi.registers.models import SavedView
from miyun_kpi.registers.rules.asking import only_known
from miyun_kpi.registers.rules.kinds import Kind

MOST = 20
# Characters of a query as an address carries it.
LONGEST = 500


def save_view(*, actor: Actor, kind: Kind, name: str, query: str) -> SavedView:
    """Keep what a list was asked under a name of one's own; the same name again replaces it. What it does not know goes."""
    said = name.strip()
    if actor.user_id is None or actor.token_id is not None:
        raise NotAllowed("named-person", "常用视图属于个人，接口客户端没有。")
    if not 1 <= len(said) <= 40 or "\x00" in said:
        raise Refused("bad-name", "视图名称须为 1 至 40 字，没有保存。")
    if {one.name for one in kind.fields if one.findable} & set(parse_qs(query.lstrip("?"))):
        raise Refused("sealed-text", "按加密的栏查找的条件不存进视图，没有保存。请先把那一栏清空，再存。")
    if "\x00" in unquote(query):
        raise Refused("bad-character", "查找的条件里有读不出的字符，没有保存。请删去后再存。")
    asked = urlencode(only_known(kind, parse_qsl(query.lstrip("?"))))
    if len(asked) > LONGEST:
        long = f"写成地址有 {len(asked)} 个字符，最多 {LONGEST} 个，一个汉字占 9 个"
        raise Refused("query-too-long", f"查找的条件太长（{long}），没有保存。请减去一些条件，再存。")
    own = SavedView.objects.filter(user_id=actor.user_id, kind=kind.key)
    if own.exclude(name=said).count() >= MOST:
        raise Refused("too-many-views", f"每个登记簿最多存 {MOST} 个视图，没有保存。请先删去不用的。")
    row, _ = SavedView.objects.update_or_create(
        user_id=actor.user_id, kind=kind.key, name=said, defaults={"query": asked}
    )
    return row


def remove_view(*, actor: Actor, kind: Kind, view_id: int) -> None:
    SavedView.objects.filter(pk=view_id, user_id=actor.user_id or 0, kind=kind.key).delete()
