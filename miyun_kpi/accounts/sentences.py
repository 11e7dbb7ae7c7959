"""Acts on accounts, posts and tokens as sentences."""

from typing import Any

from miyun_kpi.accounts.enums import Role, Verb
from miyun_kpi.accounts.models import ApiToken, User
from miyun_kpi.audit.sentences import Subject, Words, choice, of
from miyun_kpi.lib.actors import Actor
from miyun_kpi.routes import to

POST = "{organisation}{role}岗位[，职务{title}][，自 {starts_on} 起][，至 {ends_on} 止]"
PERIOD = "[，自 {starts_on} 起][，至 {ends_on} 止]"
ACTS = {
    "accounts.account.created": "{-display_name}建立{thing}的账号",
    "accounts.account.disabled": "停用{thing}的账号",
    "accounts.account.enabled": "启用{thing}的账号",
    "accounts.account.renamed": "把账号的姓名由“{from}”改为“{to}”",
    "accounts.activation.asked": "为{thing}提请激活[，理由：{reason}]",
    "accounts.activation.released": "放行{thing}的激活[，{until} 前有效]",
    "accounts.activation.used": "用激活码设置密码",
    "accounts.activation.struck": "作废{thing}的激活[，理由：{reason}]",
    "accounts.activation.glass-broken": "动用应急口，在服务器上为{thing}发放激活码[，理由：{reason}]",
    "accounts.certificate.bound": "登记{thing}的客户端证书[，理由：{reason}]",
    "accounts.certificate.dropped": "取消{thing}的客户端证书[，理由：{reason}]",
    "accounts.factor.begun": "开始登记动态口令",
    "accounts.factor.dropped": "取消{thing}的动态口令[，理由：{reason}]",
    "accounts.factor.enrolled": "登记动态口令",
    "accounts.factor.paused": "动态口令连续输错，暂停",
    "accounts.factor.shown": "动态口令通过[，恢复码还剩 {left} 个]",
    "accounts.lock.released": "解除{thing}的登录锁定",
    "accounts.password.changed": "修改本人的密码",
    "accounts.password.expired": "密码用满 {days} 天，登录后须先改密码",
    "accounts.password.reset": "重设{thing}的密码",
    "accounts.portfolio.added": f"登记{{thing}}分管{{organisation}}{PERIOD}",
    "accounts.portfolio.ended": f"结束{{thing}}对{{organisation}}的分管{PERIOD}",
    "accounts.post.deputised": f"由{{to}}代理{{from}}：{POST}[，理由：{{reason}}]",
    "accounts.post.ended": f"结束{{thing}}的{POST}[，{{at_once}}][，随{{principal}}的岗位结束代理]",
    "accounts.post.granted": f"授予{{thing}}{POST}",
    "accounts.post.moved": f"把{{thing}}的岗位由{{old_unit}}转到承接的单位：{POST}",
    "accounts.post.handed-over": f"把{{from}}的岗位交接给{{to}}：{POST}",
    "accounts.session.displaced": "同时登录的处数满了，结束最久没用的一处：{browser}[，{address}]",
    "accounts.session.ended": "结束自己的一处登录：{browser}[，{address}]",
    "accounts.session.locked": "登录{thing}多次未成，账号锁定",
    "accounts.session.signed-in": "登录",
    "accounts.session.signed-out": "退出",
    "accounts.tries.account": "登录{thing}在各处一刻钟里不成功满 {attempts} 次，暂停到这一刻钟完",
    "accounts.tries.address": "从 {address} 登录一刻钟里不成功满 {attempts} 次，这个地址暂停到这一刻钟完，最后试的是{thing}",
    "accounts.tries.all": "全站登录一刻钟里不成功满 {attempts} 次，没有在本地址登录过的暂停到这一刻钟完，最后试的是{thing}",
    "accounts.tries.old": "改密码时现在的密码一刻钟里输错 {attempts} 次，暂停到这一刻钟完",
    "accounts.token.fetched": "领取客户端“{client}”的接口令牌[，岗位{role}]",
    "accounts.token.issued": "给客户端“{client}”发放接口令牌[，单位{organisation}][，岗位{role}][，负责人{owner}]",
    "accounts.token.revoked": "撤销客户端“{client}”的接口令牌[，岗位{role}]",
}
LABELS = {
    "address": "登录地址",
    "at_once": "何时生效",
    "attempts": "失败次数",
    "browser": "浏览器",
    "before": "原结束日期",
    "client": "客户端",
    "days": "天数",
    "display_name": "姓名",
    "fingerprint": "证书指纹",
    "ends_on": "至",
    "expiry": "有效期至",
    "from": "原",
    "left": "恢复码还剩",
    "organisation": "单位",
    "owner": "负责人",
    "post": "岗位第几号",
    "principal": "代理的人",
    "reason": "理由",
    "role": "岗位",
    "sessions": "结束的登录",
    "starts_on": "自",
    "title": "职务",
    "to": "新",
    "tokens": "撤销的令牌",
    "until": "激活截止",
}
WORDS: dict[str, Words] = {
    "role": choice(Role),
    "post.handed-over/from": of("user"),
    "post.handed-over/to": of("user"),
    "before": Words(lambda value, names: str(value)),
    "at_once": Words(lambda value, names: "立即收回"),
    "post.ended/principal": of("user"),
    "token.issued/owner": of("user"),
}


def _people(actor: Actor) -> Any:
    may = actor.may(Verb.MANAGE_ACCOUNTS) or actor.may(Verb.GRANT_POSTS)
    return User.objects.filter(is_client=False) if may else User.objects.none()


SUBJECTS = {
    "user": Subject(
        "账号",
        User,
        lambda user: f"{user}",
        by="username",
        page=lambda user: to("accounts:person", user.username),
        visible=_people,
        called=lambda username: f"“{username}”",
    ),
    "token": Subject("接口令牌", ApiToken, lambda token: f"客户端“{token.client}”", by="token_key"),
}


def register() -> None:
    from miyun_kpi.audit.sentences import register_sentences

    register_sentences("accounts", ACTS, labels=LABELS, words=WORDS)
    register_sentences("", {}, words={"role": choice(Role)}, subjects=SUBJECTS)
