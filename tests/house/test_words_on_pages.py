"""No English word and no code on any page, for anybody: every page of the role matrix is read as a person reads it.

What is behind a sign for those who look after interfaces stands in <code>; the documentation of the API is for
developers and is written in their words.
"""

import html
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.urls import reverse

from miyun_kpi.accounts.models import User
from miyun_kpi.web.manual import chapters
from miyun_kpi.web.repair import codes_in, repair_code
from tests.evaluation.conftest import _demo_of_module, demo
from tests.house.role_matrix import ROLES
from tests.house.test_role_matrix import (
    NAMES,
    Walker,
    _world,
    arguments,
    column,
    decorated,
    is_api,
    offices,
    world,
)

__all__ = ["_demo_of_module", "_world", "demo", "world"]

ROOT = Path(settings.BASE_DIR)
# Pages for developers, in their words.
OTHERS = {"api:docs": "the description of the interface: its words are the interface"}
ALLOWED = {
    # kinds of files, as they are called on every desk
    **dict.fromkeys(("Excel", "WPS", "PDF", "OFD", "PNG", "JPEG"), "programs and kinds of files"),
    **dict.fromkeys(("xlsx", "docx", "pdf", "html", "zip"), "endings of files"),
    "MB": "size of a file",
    "SHA": "SHA-256, the name of the digest of a file",
    **dict.fromkeys(("Esc", "Enter", "Tab", "Shift", "Ctrl", "Caps", "Lock"), "printed on the keyboard"),
    "PEM": "the kind of file in which a certificate is handed over",
    "UKey": "what the stick with a certificate is called in every office",
    # printed in the gazette in Latin letters
    **dict.fromkeys(("GDP", "PPP", "IFC", "PPN"), "printed so in the gazette"),
    "gulou": "how the code of an organisation is to be typed, on the page where one is made",
    "jiedao": "as above",
    "yanshi": "codes of the banks of the demonstration, as an office types them",
    "someone": "a person of these tests",
}
# What is no word: digests and keys of the machine that are compared on paper, the 统一社会信用代码 of an enterprise, numbers of
# papers and receipts that begin with their period (2020Q2-镇街-2-1), the 核验码 of a paper (M1A7-Q3ZK-8P2W), an address of the web.
NO_WORDS = re.compile(
    r"(?<![A-Za-z0-9])(?:https?://[!-~]+|[0-9a-f]{8,}|[0-9a-f]{4}(?:·[0-9a-f]{4})+|[0-9]{2}[0-9A-Z]{16}|\d{4}Q[1-4]-(?:镇街|部门)[0-9-]*"
    r"|[RMFTY][0-9A-Z]{3}(?:-[0-9A-Z]{1,4}){2,5})"
    r"(?![A-Za-z0-9])"
)
WORD = re.compile(r"[A-Za-z]{2,}")
PERIOD = re.compile(r"(?<!\d)\d{4}(?:Q[1-4]|H[12])(?![0-9A-Za-z])|(?<![\d-])\d{4}-(?:0[1-9]|1[0-2])(?![\d-])")
HIDDEN = re.compile(r"<(script|style|template|code)\b.*?</\1>|<!--.*?-->|<mark class=\"read-so\".*?</mark>", re.S)


def read(page: str) -> str:
    """What a person reads: without scripts, styles, attributes and what stands behind the sign of an interface."""
    return html.unescape(re.sub(r"<[^>]+>", " ", HIDDEN.sub(" ", page)))


def wrong_in(page: str, names: set[str]) -> list[str]:
    text = NO_WORDS.sub(" ", read(page))
    for one in names:
        text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(one)}(?![A-Za-z0-9])", " ", text)
    found = [match for match in WORD.finditer(text) if match[0] not in ALLOWED]
    return [
        re.sub(r"\s+", " ", text[max(0, match.start() - 20) : match.end() + 20])
        for match in (*found, *PERIOD.finditer(text))
    ]


def account_names() -> set[str]:
    """What people sign in with is a name, no word of ours."""
    found = set(User.objects.values_list("username", flat=True)) | set(
        User.objects.values_list("display_name", flat=True)
    )
    return {one for one in found if one.isascii()}


def pages_of(who: str, world: dict) -> list[tuple[str, str]]:
    """Every page a person gets, refusals too."""
    walker, found = Walker(who, world, False), []
    for name in sorted(name for name in NAMES if not is_api(name) and name not in OTHERS):
        if column(name, who) is None or "GET" not in (decorated(name) or ["GET"]):
            continue
        mark = transaction.savepoint()
        try:
            answer = walker.answer(name, "GET", reverse(name, kwargs=arguments(name, world)))
        finally:
            transaction.savepoint_rollback(mark)
        if answer.get("Content-Type", "").startswith("text/html") and answer.status_code not in (301, 302):
            found.append((name, answer.content.decode()))
    return found


@pytest.mark.once
@pytest.mark.timeout(600)
@pytest.mark.parametrize("who", [*ROLES, *(f"office {one}" for one in offices(api=False))])
def test_every_page_is_in_our_words_and_leads_to_its_chapter_of_the_manual(world, who):
    """Both of one walk: two tests on two processes would walk twice."""
    names, pages = account_names(), pages_of(who, world)
    assert len(pages) > 5 or who == "out"
    said = "\n".join(f"{name}: {said}" for name, page in pages for said in dict.fromkeys(wrong_in(page, names)))
    assert (said, without_chapter(pages, who)) == ("", {})


def without_chapter(pages: list[tuple[str, str]], who: str) -> dict[str, list[str]]:
    """Whole pages that do not lead to one chapter of the manual that is there."""
    places = {one.address for one in chapters()}
    places |= {f"{one.address}#{section.anchor}" for one in chapters() for section in one.sections}
    whole = [
        (name, page)
        for name, page in pages
        if '<main class="page"' in page and name not in ("operations:first", "operations:demo", "accounts:activate")
    ]
    assert len(whole) > 5 or who == "out"
    signs = {name: re.findall(r'<a class="help-sign no-print" href="([^"]+)"', page) for name, page in whole}
    return {name: found for name, found in signs.items() if len(found) != 1 or found[0] not in places}


def test_the_reading_finds_what_it_is_to_find():
    page = (
        '<p title="bad">期间 2020Q3</p><p>state <b>filed</b></p><script>let word</script><code>gulou</code><p>2020-09</p>'
        "<p>编号 2020Q2-镇街-2-1，2020-09-25，91000000MA0000001R，85e1·9ed4·4387·663f，shuiwu</p>"
    )
    found = wrong_in(page, {"shuiwu"})
    assert len(found) == 4 and all(one in " ".join(found) for one in ("state", "filed", "2020Q3", "2020-09"))
    assert wrong_in('<p data-code="bad">区水务局 2020年第三季度</p>', set()) == []


def test_a_refusal_shows_its_number_and_keeps_its_code_in_the_source(client, gazette):
    page = made_page(client)
    shown = read(page)
    assert f"报修码 {repair_code('verb-lacking')}" in shown and "verb-lacking" not in shown
    assert 'data-code="verb-lacking"' in page


def made_page(client):
    from tests.accounts.people import person

    client.force_login(person("someone"))
    return client.get("/audit/").content.decode()


def test_every_code_has_a_number_of_its_own_and_the_command_finds_it(capsys):
    codes = codes_in(file for file in ROOT.rglob("*.py") if not {"tests", ".venv"} & set(file.parts))
    assert len(codes) > 300 and len({repair_code(code) for code in codes}) == len(codes)
    call_command("repair_code", repair_code("verb-lacking"))
    assert capsys.readouterr().out.split() == ["verb-lacking"]
    with pytest.raises(CommandError):
        call_command("repair_code", "x")
