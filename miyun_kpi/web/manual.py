"""The manual (docs/manual.md) as pages of the product: chapters with their sections, rendered once and kept.

The text is ours and the renderer takes no HTML from it (commonmark without raw HTML, links checked by the library), so what
comes out is as safe as the file it came from. Nothing is fetched.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

MANUAL = Path(settings.BASE_DIR) / "docs" / "manual.md"
# Between a chapter and its section, where one names a place: 八、年终收尾｜自查报告.
WITHIN = "｜"


@dataclass(frozen=True)
class Section:
    title: str
    anchor: str


@dataclass(frozen=True)
class Chapter:
    number: int
    title: str
    sections: tuple[Section, ...]
    body: SafeString

    @property
    def address(self) -> str:
        return reverse("help:chapter", args=[self.number])


def chapters() -> tuple[Chapter, ...]:
    """In the order of the file; read anew when the file has changed."""
    return _chapters(MANUAL.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _chapters(changed: int) -> tuple[Chapter, ...]:
    parts = re.split(r"^## +(.+)$", MANUAL.read_text(encoding="utf-8"), flags=re.MULTILINE)
    titles, texts = parts[1::2], parts[2::2]
    return tuple(
        _chapter(at, title.strip(), text) for at, (title, text) in enumerate(zip(titles, texts, strict=True), 1)
    )


def foreword() -> SafeString:
    """What stands before the first chapter, without the title."""
    text = MANUAL.read_text(encoding="utf-8").partition("\n## ")[0]
    return _rendered(re.sub(r"^# .+$", "", text, flags=re.MULTILINE))[0]


def _chapter(number: int, title: str, text: str) -> Chapter:
    body, sections = _rendered(text)
    return Chapter(number, title, sections, body)


def _rendered(text: str) -> tuple[SafeString, tuple[Section, ...]]:
    renderer = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable("table")
    tokens = renderer.parse(text)
    sections: list[Section] = []
    for token, inside in zip(tokens, tokens[1:], strict=False):
        if token.type == "heading_open":
            section = Section(inside.content, f"s{len(sections) + 1}")
            sections.append(section)
            token.attrSet("id", section.anchor)
            token.attrSet("tabindex", "-1")
        elif token.type == "table_open":
            token.attrSet("class", "table")
    html = renderer.renderer.render(tokens, renderer.options, {})
    return mark_safe(html), tuple(sections)  # the library escapes what it is given; raw HTML is off


def address_of(place: str) -> str:
    """The address of a chapter or of a section in it, by their titles. Raises LookupError for one that is not there."""
    chapter_title, _, section_title = place.partition(WITHIN)
    for chapter in chapters():
        if chapter.title != chapter_title:
            continue
        if not section_title:
            return chapter.address
        for section in chapter.sections:
            if section.title == section_title:
                return f"{chapter.address}#{section.anchor}"
    raise LookupError(f"the manual has no {place!r}")
