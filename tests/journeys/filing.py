"""At a sheet in the browser: a pasted column, 扣分原因 for many rows, 报送."""

from typing import Any

PASTE = """text => {
  const data = new DataTransfer();
  data.setData('text/plain', text);
  (document.activeElement || document.body).dispatchEvent(
    new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def paste(page: Any, text: str) -> None:
    """Where the cursor is. A page that has only just come does not hear it before its scripts have run."""
    page.wait_for_load_state()
    page.evaluate(PASTE, text)


def one_reason(page: Any, said: str = "与日常检查记录一致") -> None:
    """扣分原因 of all that have none, in one act."""
    page.click("#sheet-checks .one-reason summary")
    page.fill("#one-reason", said)
    page.click("#sheet-checks .one-reason button")
    # The page comes anew: on one that has only begun nothing stands either.
    page.wait_for_load_state()
    page.wait_for_selector("#sheet-checks .one-reason", state="detached")


def file_it(page: Any) -> None:
    """报送, and the step that shows what is filed."""
    page.wait_for_load_state()
    page.click("[data-file-ask]")
    # What is held against the record comes a moment after the page, and may ask for a reason.
    page.wait_for_selector("form[data-file] button:not([type=button])")
    if page.locator("#confirm-reason").count():
        page.fill("#confirm-reason", "与日常检查记录一致")
    page.click("form[data-file] button:not([type=button])")
