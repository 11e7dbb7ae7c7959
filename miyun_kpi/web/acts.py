"""Pages that carry out an act: what is sent, the act, and either the next page or the same one with the refusal on it."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from inspect import signature
from typing import IO, Any, TypeVar

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from miyun_kpi.acts.models import Versioned
from miyun_kpi.lib.errors import Malformed, Refused
from miyun_kpi.lib.reading import read_whole
from miyun_kpi.requests import OpenRequest
from miyun_kpi.web.forms.reading import checked, require_one_each, unreadable

F = TypeVar("F", bound=forms.Form)
T = TypeVar("T")
View = Callable[..., HttpResponse]


def own_page(refusal: Refused) -> bool:
    """Whether a refusal is a page of its own: unreadable, not allowed, unknown. All others stand above what was typed;
    that somebody else must do it is said where the button is."""
    return refusal.status in (400, 404) or (refusal.status == 403 and refusal.code != "second-person")


def page_act(back: View, *, opens: bool = False, explains: bool = False) -> Callable[[View], View]:
    """A view that carries out an act and answers with the way on; what it refuses is shown by `back` (the page it came from).

    `back(request, refusal=…, …)` is given the places of the address that it knows, and finds what was sent by `form_of`.
    `opens`: the same address shows `back` first. `explains`: the sentences of a refusal go to the fields they are about, for a page with one form and its summary.
    """
    methods = ["GET", "HEAD", "POST"] if opens else ["POST"]
    known = signature(back).parameters

    def decorate(view: View) -> View:
        @require_http_methods(methods)
        @wraps(view)
        def act(request: OpenRequest, **places: Any) -> HttpResponse:
            above = {name: place for name, place in places.items() if name in known}
            if request.method != "POST":
                return back(request, **above)
            try:
                return view(request, **places)
            except Refused as refusal:
                if own_page(refusal):
                    raise
                if explains:
                    explain(request, refusal)
                return back(request, refusal=refusal, **above)

        return act

    return decorate


def takes_several(*names: str) -> Callable[[View], View]:
    """Marks a view whose address may have several of these names: OneOfEach refuses them elsewhere."""

    def mark(view: View) -> View:
        view.__dict__["several"] = frozenset(names)
        return view

    return mark


def takes_files(view: View) -> View:
    """Marks a view that files are sent to: BodyLimits lets more through to it than to the others."""
    view.__dict__["takes_files"] = True
    return view


def sent(
    request: OpenRequest,
    form_class: type[F],
    name: str = "",
    /,
    *,
    read: Callable[[forms.Form], dict[str, Any]] = checked,
    **options: Any,
) -> dict[str, Any]:
    """The values of the form that was sent, or Refused with everything that is wrong; `form_of` shows it again."""
    if name:
        options = {"auto_id": f"{name}-%s"} | options
    form = form_class(request.POST, request.FILES or None, **options)
    _sent(request)[name or form_class.__name__] = form
    require_one_each(form)
    return read(form)


def form_of(request: OpenRequest, form_class: type[F], name: str = "", /, *, initial: Any = None, **options: Any) -> F:
    """The form as it was sent in this request, else a fresh one. `name` tells several acts of one page apart."""
    form = _sent(request).get(name or form_class.__name__)
    if isinstance(form, form_class):
        return form
    if name:
        options = {"auto_id": f"{name}-%s"} | options
    return form_class(initial=initial, **options)


def on_top(form: F, version: int) -> F:
    """What was typed is kept, and the next press goes on top of what is stored now."""
    if isinstance(form.data, QueryDict) and form.is_bound:
        form.data = form.data.copy()
        form.data["version"] = str(version)
    return form


def sent_file(request: OpenRequest, name: str = "file") -> tuple[IO[bytes], str]:
    """The file that was sent and what it was called there."""
    found = request.FILES.get(name)
    if found is None or found.file is None:
        raise Refused("no-file", "没有选文件，没有上传。请先选一个文件。")
    return found.file, found.name or ""


def sent_workbook(request: OpenRequest, most: int) -> tuple[bytes, str]:
    """What the workbook that was sent holds and its name there; of one above `most` bytes one more, enough to be refused."""
    found = request.FILES.get("workbook")
    if found is None:
        raise Refused("no-file", "没有选工作簿，没有导入。请先选一个 .xlsx 文件。")
    return found.read(most + 1), found.name or "工作簿.xlsx"


def asked(compute: Callable[[], T]) -> tuple[T | None, Refused | None]:
    """What a page computes without an act, or why it cannot; a refusal that is a page of its own is raised."""
    try:
        return compute(), None
    except Refused as refusal:
        if own_page(refusal):
            raise
        return None, refusal


def explain(request: OpenRequest, refusal: Refused) -> None:
    """Onto the form that was sent; one that could not be read already says what is wrong with it."""
    for form in list(_sent(request).values())[-1:]:
        if form.errors:
            return
        for error in refusal.errors:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        if not refusal.errors or refusal.status == 409:
            form.add_error(None, refusal.message)


def _sent(request: OpenRequest) -> dict[str, forms.Form]:
    found: dict[str, forms.Form] = request.__dict__.setdefault("sent_forms", {})
    return found


def whole(request: OpenRequest, name: str) -> int | None:
    """A whole number of the address or of a hidden field; None without one; what is no number is a broken page."""
    text = (request.POST if request.method == "POST" else request.GET).get(name, "")
    if not text:
        return None
    found = read_whole(text)
    if found is None:
        raise unreadable()
    return found


def day_asked(request: OpenRequest, today: date) -> date:
    """`?on=2020-07-06`: the day as of which something is shown; today without it."""
    text = request.GET.get("on", "").strip()
    try:
        return date.fromisoformat(text) if text else today
    except ValueError:
        raise Malformed("bad-date", f"日期“{text[:20]}”读不懂，请写成 2020-07-06。") from None


def ticked(request: OpenRequest, name: str = "seen") -> list[tuple[int, int]]:
    """Rows that were ticked, each as (key, version seen), sent as key:version."""
    found = []
    for text in request.POST.getlist(name):
        key, _, version = text.partition(":")
        pair = (read_whole(key), read_whole(version))
        if pair[0] is None or pair[1] is None:
            raise unreadable()
        found.append((pair[0], pair[1]))
    return found


def tick_of(request: OpenRequest, row: Versioned, name: str = "seen") -> tuple[str, bool]:
    """The value of a row's box, and whether it was ticked when the act was refused."""
    value = f"{row.pk}:{row.version}"
    return value, value in request.POST.getlist(name)


def version_of(request: OpenRequest, name: str = "version") -> int:
    """The version that the page was opened with; a page without one is broken."""
    found = whole(request, name)
    if found is None:
        raise unreadable()
    return found


def keep_typed(request: OpenRequest, **typed: Any) -> None:
    """What no form reads and a refused act shows again; `typed_again` finds it."""
    typed_again(request).update(typed)


def typed_again(request: OpenRequest) -> dict[str, Any]:
    found: dict[str, Any] = request.__dict__.setdefault("typed_again", {})
    return found


def shown(
    request: OpenRequest, template: str, context: dict[str, Any], refusal: Refused | None = None, *, kept: bool = True
) -> HttpResponse:
    """The page with the refusal's sentence and status where there is one. `kept=False`: no browser may store it."""
    response = render(request, template, context | {"refusal": refusal}, status=refusal.status if refusal else 200)
    if not kept:
        response["Cache-Control"] = "private, no-store"
    return response
