"""The acts in words, as plain names, so that the audit need not know the apps above it; a test holds the list complete.

The kernel's stand here; an app of the upper floors adds its own in AppConfig.ready().
"""

from miyun_kpi.audit.streams import register_streams

WORDS: dict[str, str] = {
    "accounts.activation.asked": "提请激活",
    "accounts.activation.glass-broken": "动用应急口",
    "accounts.activation.released": "放行激活",
    "accounts.activation.used": "本人激活",
    "accounts.activation.struck": "作废激活",
    "accounts.account.created": "建立账号",
    "accounts.account.disabled": "停用账号",
    "accounts.account.enabled": "启用账号",
    "accounts.account.renamed": "改姓名",
    "accounts.certificate.bound": "登记客户端证书",
    "accounts.certificate.dropped": "取消客户端证书",
    "accounts.factor.begun": "开始登记动态口令",
    "accounts.factor.dropped": "取消动态口令",
    "accounts.factor.enrolled": "登记动态口令",
    "accounts.factor.paused": "动态口令输错停用",
    "accounts.factor.shown": "动态口令通过",
    "accounts.lock.released": "解除登录锁定",
    "accounts.password.changed": "本人改密码",
    "accounts.password.reset": "重设密码",
    "accounts.portfolio.added": "登记分管",
    "accounts.portfolio.ended": "结束分管",
    "accounts.post.ended": "结束岗位",
    "accounts.post.deputised": "登记代理岗位",
    "accounts.post.granted": "授予岗位",
    "accounts.post.handed-over": "换人交接",
    "accounts.post.moved": "岗位随机构改革转移",
    "accounts.session.displaced": "登录处数太多，结束最久没用的",
    "accounts.session.ended": "结束自己的一处登录",
    "accounts.session.locked": "登录锁定",
    "accounts.password.expired": "密码到期",
    "accounts.tries.account": "账号暂停登录",
    "accounts.tries.address": "地址暂停登录",
    "accounts.tries.all": "全站暂停登录",
    "accounts.tries.old": "暂停试现在的密码",
    "accounts.session.signed-in": "登录",
    "accounts.session.signed-out": "退出",
    "accounts.token.fetched": "领取令牌",
    "accounts.token.issued": "发放令牌",
    "accounts.token.revoked": "撤销令牌",
    "attachments.file.removed": "删去佐证材料",
    "attachments.file.stored": "上传佐证材料",
    "audit.access.exported": "导出",
    "audit.access.refused": "被拒绝的访问",
    "audit.entry.opened": "查看未报送的内容",
    "audit.sign-in.failed": "登录失败",
    "audit.anchor.checked": "核对旧链头",
    "audit.chain.closed": "旧链封存",
    "audit.chain.verified": "校验审计",
    "organisations.organisation.alias-added": "增加别名",
    "organisations.organisation.alias-removed": "删去别名",
    "organisations.organisation.created": "新建机构",
    "organisations.organisation.merged": "并入机构",
    "organisations.organisation.renamed": "机构更名",
    "organisations.organisation.change-revoked": "撤销机构改革的登记",
    "organisations.organisation.closed": "撤并机构",
    "organisations.organisation.dealt-out": "移交撤并机构的事项",
    "organisations.organisation.split": "分设机构",
    "organisations.organisation.voided": "分设的机构并回",
}


# What is done so no more; the entries of before are still told.
PAST = frozenset({"accounts.password.reset"})

register_streams(WORDS)

# Old action → the one it is called by since; the entries of before keep theirs for ever, for the chain holds it.
RENAMED: dict[str, str] = {}


def register_words(words: dict[str, str], renamed: dict[str, str] | None = None) -> None:
    """`words` maps an action ("app.thing.done") to its word on screen, `renamed` what it was called before."""
    WORDS.update(words)
    register_streams(words)
    RENAMED.update(renamed or {})


def now_called(action: str) -> str:
    return RENAMED.get(action, action)


def word_of(action: str) -> str:
    return WORDS.get(now_called(action), action)


def called(words: str) -> list[str]:
    """The acts, by their names of today and of before, whose word holds these words."""
    found = {action for action, word in WORDS.items() if words in word}
    return [*found, *(old for old, new in RENAMED.items() if new in found)]


def is_unknown(words: str) -> bool:
    """Whether these are words, and no act is called so."""
    return not words.isascii() and not called(words)


def act_words(action: str) -> str:
    """What stands in the filter for an act that an address names by its code: its word, or the code as it narrows."""
    return word_of(action)


def once_called(beginning: str) -> list[str]:
    """The old names of the acts whose name begins so."""
    return [old for old, new in RENAMED.items() if new.startswith(beginning)]
