"""In a browser a form that was typed into is sent after its draft (static/kpi/keep.js): a click returns when it has been."""

from functools import wraps
from typing import Any

WAITS = "() => !document.querySelector('form[data-asking], form[data-sent]')"


def install() -> None:
    from playwright.sync_api import Error, Locator, Page

    def settled(page: Any) -> None:
        try:
            page.wait_for_function(WAITS, timeout=3000)
        except Error:
            # The page is gone, or what it asked for was a file: then it was sent.
            pass

    def after(kind: Any, name: str, page_of: Any) -> None:
        plain = getattr(kind, name)
        if hasattr(plain, "plain"):
            return

        @wraps(plain)
        def act(self: Any, *given: Any, **named: Any) -> Any:
            plain(self, *given, **named)
            settled(page_of(self))

        act.plain = plain  # type: ignore[attr-defined]
        setattr(kind, name, act)

    for name in ("click", "press"):
        after(Page, name, lambda one: one)
        after(Locator, name, lambda one: one.page)
