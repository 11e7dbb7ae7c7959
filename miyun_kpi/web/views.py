"""Pages that answer for the whole site: refused, not found (and not yours), broken, stale form; and the help."""

import json
import sys
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import DisallowedHost, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from miyun_kpi.db.outage import Outage, outage
from miyun_kpi.lib.errors import NotFound, Refused
from miyun_kpi.requests import KpiRequest
from miyun_kpi.web.manual import chapters, foreword

TITLES = {
    400: "这个请求读不懂",
    403: "您的岗位不能办这件事",
    405: "这一页不能直接打开",
    409: "内容已被改过",
    422: "没有办成",
    503: "封存核对未通过",
}


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """One refusal, one sentence. An htmx answer is shown in the page's refusal place, so nothing typed is replaced."""
    if getattr(request, "htmx", False):
        response = render(request, "components/_refusal.html", {"refusal": refusal}, status=refusal.status)
        response["HX-Retarget"] = "#refusal"
        response["HX-Reswap"] = "innerHTML"
        return response
    if refusal.status == 404:
        return page_not_found(request)
    context = {"refusal": refusal, "title": TITLES.get(refusal.status, "没有办成")}
    return render(request, "errors/refused.html", context, status=refusal.status)


def json_refusal(status: int, code: str, message: str) -> HttpResponse:
    body = json.dumps({"code": code, "message": message, "clause": None, "errors": []}, ensure_ascii=False)
    return HttpResponse(body, content_type="application/json", status=status)


@login_not_required
def page_not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Unknown and somebody else's look alike."""
    if request.path.startswith("/api/"):
        return json_refusal(404, "not-found", "没有这一项，或不在您能看的范围。")
    template = "errors/404.html" if getattr(request, "actor", None) else "errors/404_plain.html"
    return render(request, template, status=404)


# What cannot be done while the store is away, and after how many seconds to ask again.
_UNAVAILABLE = {
    Outage.AWAY: ("数据库暂时连不上", "这一步没有完成。恢复以后一切照旧，已经保存的内容不受影响。", 10),
    Outage.FULL: ("服务器磁盘满了", "这一步没有执行。查看照常，暂时不能保存；请告诉系统管理员腾出地方。", 60),
    Outage.LOCKED: ("别人正在办同一件事", "这一步没有执行。请稍候再办一次。", 2),
}


def unavailable(request: HttpRequest, why: Outage) -> HttpResponse:
    """One page, and one answer of the API, for what is nobody's mistake and passes: 503, and when to ask again."""
    title, said, again = _UNAVAILABLE[why]
    if request.path.startswith("/api/"):
        response = json_refusal(503, "unavailable", f"{title}，{said}请 {again} 秒后再发。")
    else:
        context = {"title": title, "said": said, "sent": request.method not in ("GET", "HEAD")}
        response = HttpResponse(render_to_string("errors/unavailable.html", context), status=503)
    response.headers["Retry-After"] = str(again)
    return response


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """Without the context processors: what broke may be what they read. Django calls it while it handles the exception."""
    if why := outage(sys.exception()):
        return unavailable(request, why)
    if request.path.startswith("/api/"):
        return json_refusal(500, "server-error", "服务器出错，这次请求没有完成。请稍后再试；仍不行请告诉系统管理员。")
    return HttpResponse(render_to_string("errors/500.html"), status=500)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page was opened before the last sign-in, or without cookies."""
    message = (
        "这一页是在上次登录之前打开的，提交没有执行，也没有保存。请返回上一页（填写的内容还在）复制后刷新，再提交一次。"
    )
    if request.path.startswith("/api/"):
        return json_refusal(403, "csrf", message)
    refusal = Refused("stale-page", message)
    if getattr(request, "htmx", False):
        response = refused(request, refusal)
        response.status_code = 403
        return response
    return render(request, "errors/csrf.html", {"refusal": refusal}, status=403)


_UNREAD: dict[type[Exception], str] = {
    TooManyFieldsSent: f"一次提交的栏目超过 {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS} 项，没有执行。请分几次提交。",
    TooManyFilesSent: f"一次提交的文件超过 {settings.DATA_UPLOAD_MAX_NUMBER_FILES} 个，没有执行。请分几次提交。",
    DisallowedHost: "这个网址不是本系统的，没有执行。请用管理员给的网址打开。",
    MultiPartParserError: "提交的表单传到一半断了，或者格式不对，没有执行。请返回上一页再试。",
}


@login_not_required
def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """A request that could not even be read; nothing of it is read again here."""
    message = next(
        (said for kind, said in _UNREAD.items() if isinstance(exception, kind)),
        "这次请求读不懂，或者太大，没有执行。请返回上一页再试。",
    )
    if request.path.startswith("/api/"):
        return json_refusal(400, "bad-request", message)
    return HttpResponse(render_to_string("errors/400.html", {"message": message}), status=400)


def too_large(request: HttpRequest, most: int) -> HttpResponse:
    """413, without reading a byte of what was sent, here or in what renders the answer."""
    limit = f"{most // 1024 // 1024} MB" if most >= 1024 * 1024 else f"{most // 1024} KB"
    message = f"发送的内容太大，没有接收，也没有保存。这里一次最多 {limit}；文件请压缩或拆开后再传。"
    if request.path.startswith("/api/"):
        return json_refusal(413, "too-large", message)
    if getattr(request, "htmx", False):
        refusal = Refused("too-large", message)
        response = HttpResponse(render_to_string("components/_refusal.html", {"refusal": refusal}), status=413)
        response["HX-Retarget"], response["HX-Reswap"] = "#refusal", "innerHTML"
        return response
    context = {"message": message, "title": "发送的内容太大"}
    return HttpResponse(render_to_string("errors/400.html", context), status=413)


@require_safe
def help_contents(request: KpiRequest) -> HttpResponse:
    return render(request, "help/contents.html", {"chapters": chapters(), "foreword": foreword()})


@require_safe
def help_chapter(request: KpiRequest, number: int) -> HttpResponse:
    """One chapter of the manual; the sign in the head of every page leads here."""
    found = chapters()
    chapter = next((one for one in found if one.number == number), None)
    if chapter is None:
        raise NotFound
    return render(request, "help/chapter.html", {"chapter": chapter, "chapters": found})
