"""What stands around every page of 绩效考评: the striped notice, and five places with the pages of a post behind them."""

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse

from miyun_kpi.accounts.enums import Verb
from miyun_kpi.lib.actors import Actor
from miyun_kpi.organisations.enums import Category
from miyun_kpi.organisations.models import Organisation
from miyun_kpi.requests import OpenRequest
from miyun_kpi.site import is_demonstration, tag
from miyun_kpi.web.registry import Notice


def notice_of_page(request: OpenRequest) -> Notice | None:
    """On the pages of the demonstration and of a rehearsal alone."""
    if is_demonstration():
        return Notice("demo", "演示站：数据全部为虚构，不得引用；每一步都可以办到底。")
    if tag():
        return Notice("rehearsal", "演练站：机构、方案和人员照正式站，填的数不作数，不得引用；正式站不受影响。")
    return None


@dataclass(frozen=True)
class Page:
    """A page of a place, for posts with one of `verbs` (none: everybody); `also`: other addresses that belong to it."""

    route: str
    label: str
    verbs: frozenset[str] = frozenset()
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageLink:
    label: str
    address: str
    current: bool


@dataclass(frozen=True)
class Place:
    """One of the five, as a post sees it. Its address is that of its first page."""

    label: str
    pages: tuple[PageLink, ...]

    @property
    def address(self) -> str:
        return self.pages[0].address

    @property
    def current(self) -> bool:
        return any(page.current for page in self.pages)


FILLS = frozenset({Verb.REPORT_PROGRESS, Verb.REVIEW_REPORTS, Verb.PRESS_FOR_CORRECTION})
KEEPS = frozenset({Verb.REPORT_PROGRESS, Verb.KEEP_TASKS})
MARKS = frozenset({Verb.ENTER_MARKS, Verb.CERTIFY_SHEETS, Verb.READ_ALL_MARKS})
RUNS = frozenset({Verb.CONFIRM_FIGURES, Verb.KEEP_SETTINGS, Verb.DRAFT_SCHEMES})
TRACKING = ("evaluation:tracking", "月跟踪", ("/evaluation/rectifications/",))
LISTS = (("evaluation:tasks", "任务清单"), ("evaluation:supervision", "督办台账"), ("evaluation:data-tables", "数据表"))

# Who only looks on has the same pages under 进展: nothing there is for them to fill in.
FILLING = (
    Page(*TRACKING[:2], FILLS, TRACKING[2]),
    Page("evaluation:sheets", "打分表", MARKS, ("/evaluation/rulebooks/",)),
    Page("evaluation:rulebooks", "考评细则", frozenset({Verb.KEEP_RULEBOOK})),
    *(Page(route, label, KEEPS) for route, label in LISTS),
    Page("evaluation:filing", "报送", frozenset({Verb.DECIDE_FILING})),
)
LOOKING_ON = (
    Page(*TRACKING[:2], frozenset({Verb.READ_ALL_TRACKING}), TRACKING[2]),
    *(Page(route, label, frozenset({Verb.READ_ALL_TRACKING})) for route, label in LISTS),
)
RESULTS = (
    Page("evaluation:rankings", "排名", also=("/evaluation/deadlines/",)),
    Page("evaluation:leader", "领导首页", frozenset({Verb.FILL_LEADER_FORM, Verb.PUBLISH_RANKINGS})),
    Page("evaluation:leader", "单位首页", frozenset({Verb.CONSENT_REVIEWS})),
    Page("evaluation:feedbacks", "反馈单", frozenset({Verb.CHECK_FEEDBACK, Verb.READ_UNPUBLISHED})),
    Page("evaluation:reviews", "复核", frozenset({Verb.CHECK_FEEDBACK, Verb.READ_UNPUBLISHED, Verb.ANSWER_REVIEWS})),
    Page("evaluation:adjustments", "加减分", frozenset({Verb.PROPOSE_ADJUSTMENTS, Verb.READ_UNPUBLISHED})),
    Page("evaluation:check-paper", "核验"),
)
YEAR = (
    Page("evaluation:year-ends", "年终考评", frozenset({Verb.READ_UNPUBLISHED})),
    Page(
        *("evaluation:self-reports", "自查报告"),
        frozenset({Verb.REPORT_PROGRESS, Verb.READ_UNPUBLISHED}),
        ("/evaluation/self-report/",),
    ),
    Page("evaluation:visits", "现场考评", frozenset({Verb.REPORT_PROGRESS, Verb.READ_UNPUBLISHED, Verb.PLAN_VISITS})),
)
BULLETINS = (Page("evaluation:bulletins", "通报"),)
SCHEMES = (
    Page(
        *("evaluation:schemes", "考评方案"),
        also=("/evaluation/figures/", "/evaluation/batches/", "/evaluation/amendments/"),
    ),
    Page("evaluation:periods", "期间", FILLS | MARKS | RUNS),
    Page("gazette:doubts", "文本存疑", RUNS),
)


# Verbs of an evaluation; administrators and a post that only keeps registers have none of them.
EVALUATES = FILLS | KEEPS | MARKS | RUNS | {Verb.READ_UNPUBLISHED, Verb.CHECK_FEEDBACK, Verb.CERTIFY_SHEETS}


def concerns(actor: Actor, organisation: Organisation) -> list[str]:
    """Whoever marks, reports, checks or oversees; and a post in a body that is ranked."""
    ranked = actor.may(Verb.KEEP_REGISTERS) and organisation.category != Category.BODY
    return ["evaluation"] if ranked or actor.verbs & EVALUATES else []


def places_of(verbs: Collection[str], path: str, *, reads_sheets: bool = False) -> list[Place]:
    """The places in which a post with these verbs has a page; of several that fit the path, the closest is current.

    `reads_sheets`: the head of an evaluating unit, who reads its sheets and has no verb for it.
    """
    filling = [page for page in FILLING if page.verbs & set(verbs) or (reads_sheets and page.verbs is MARKS)]
    offered = [
        ("填报", filling),
        ("进展", [] if filling else [page for page in LOOKING_ON if page.verbs & set(verbs)]),
        *(
            (label, [page for page in pages if not page.verbs or page.verbs & set(verbs)])
            for label, pages in (("结果", RESULTS), ("年终", YEAR), ("通报", BULLETINS), ("方案与期间", SCHEMES))
        ),
    ]
    addresses = {page.route: reverse(page.route) for _, pages in offered for page in pages}
    fitting = [
        # A page's own address before one that only belongs to it.
        (len(prefix), prefix == addresses[page.route], page.route)
        for _, pages in offered
        for page in pages
        for prefix in (addresses[page.route], *page.also)
        if path.startswith(prefix)
    ]
    here = max(fitting, default=(0, False, ""))[2]
    return [
        Place(
            "方案" if label == "方案与期间" and len(pages) == 1 else label,
            tuple(PageLink(page.label, addresses[page.route], page.route == here) for page in pages),
        )
        for label, pages in offered
        if pages
    ]
