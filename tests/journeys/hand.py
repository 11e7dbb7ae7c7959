"""What a person does at a page, counted: a press, a key, a text typed."""

from typing import Any

import pytest


class Hand:
    """`keys`: without a mouse. Walking there by Tab is not counted, pressing is."""

    def __init__(self, page: Any, *, keys: bool = False) -> None:
        self.page, self.keys, self.acts = page, keys, 0

    def click(self, target: Any) -> None:
        target = self.page.locator(target).first if isinstance(target, str) else target
        if self.keys:
            self.reach(target)
            kind = target.evaluate("one => one.type || ''")
            self.page.keyboard.press("Space" if kind in ("checkbox", "radio") else "Enter")
        else:
            target.click()
        self.acts += 1

    def reach(self, target: Any) -> None:
        """With Tab: only what is shown can be reached, and a script may show it a moment after the page came."""
        target.wait_for()
        target.focus()
        assert target.evaluate("one => one === document.activeElement"), "the cursor did not get there"

    def key(self, name: str) -> None:
        self.page.keyboard.press(name)
        self.acts += 1

    def type(self, text: str) -> None:
        self.page.keyboard.insert_text(text)
        self.acts += 1

    def fill(self, target: str, text: str) -> None:
        """Into a field that does not have the cursor yet: going there counts by mouse."""
        here = self.page.locator(target).first
        if not here.evaluate("one => one === document.activeElement"):
            self.reach(here)
            self.acts += 0 if self.keys else 1
        here.fill("")
        self.type(text)


BOTH_WAYS = pytest.mark.parametrize("keys", [False, True], ids=["mouse", "keys"])
