"""The markup of a page without its layout."""

import re


def one_line(text: str) -> str:
    """Line breaks and indentation dropped beside tags, a space elsewhere: how a template is laid out says nothing."""
    return re.sub(r"\s*\n\s*", " ", re.sub(r"(?<=>)\s*\n\s*|\s*\n\s*(?=<)", "", text))
