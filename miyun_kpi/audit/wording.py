"""The acts in words, as plain names, so that the audit need not know the apps above it; a test holds the list complete.

The kernel's stand here; an app of the upper floors adds its own in AppConfig.ready().
"""

WORDS: dict[str, str] = {
    "accounts.account.created": "建立账号",
    "accounts.account.disabled": "停用账号",
    "accounts.account.enabled": "启用账号",
    "accounts.account.renamed": "改姓名",
    "accounts.lock.released": "解除登录锁定",
    "accounts.password.changed": "本人改密码",
    "accounts.password.reset": "重设密码",
    "accounts.portfolio.added": "登记分管",
    "accounts.portfolio.ended": "结束分管",
    "accounts.post.ended": "结束岗位",
    "accounts.post.granted": "授予岗位",
    "accounts.post.handed-over": "换人交接",
    "accounts.session.locked": "登录锁定",
    "accounts.session.signed-in": "登录",
    "accounts.session.signed-out": "退出",
    "accounts.token.issued": "发放令牌",
    "accounts.token.revoked": "收回令牌",
    "attachments.file.removed": "删去佐证材料",
    "attachments.file.stored": "上传佐证材料",
    "audit.chain.verified": "校验审计",
    "organisations.organisation.alias-added": "增加别名",
    "organisations.organisation.alias-removed": "删去别名",
    "organisations.organisation.created": "新建机构",
    "organisations.organisation.merged": "并入机构",
    "organisations.organisation.renamed": "机构更名",
    "organisations.organisation.split": "分设机构",
}


def register_words(words: dict[str, str]) -> None:
    """`words` maps an action ("app.thing.done") to its word on screen."""
    WORDS.update(words)


def word_of(action: str) -> str:
    return WORDS.get(action, action)
