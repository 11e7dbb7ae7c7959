"""What other apps give to the frame of every page. Filled in AppConfig.ready(); web itself knows none of them.

Everything registered here runs at most once a page, and only when a whole page (not a fragment) is rendered; keep each
function to one query.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from miyun_kpi.requests import OpenRequest


@dataclass(frozen=True)
class Subject:
    """One entry of the top bar. `prefixes` are the URL prefixes under which it is marked as the current subject."""

    key: str
    label: str
    address: str
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notice:
    """One sentence on a striped ground. `kind` is "trial" (试算) or "demo" (演示); the trial is the graver."""

    kind: str
    sentence: str
    link: str = ""
    link_text: str = ""

    @property
    def tag(self) -> str:
        return {"trial": "试算", "demo": "演示"}[self.kind]


Counter = Callable[[OpenRequest], int]
NoticeSource = Callable[[OpenRequest], Notice | None]

# The order is fixed: people learn a place, not a name. A subject without an app of its own opens its document.
_SUBJECTS: dict[str, Subject] = {
    subject.key: subject
    for subject in (
        Subject("desk", "工作台", "/"),
        Subject("evaluation", "绩效考评", "/gazette/13/"),
        Subject("disclosure", "政务公开", "/gazette/14/"),
        Subject("safety", "城市安全", "/gazette/15/"),
        Subject("finance_policy", "绿色金融", "/gazette/19/"),
        Subject("farmland", "耕地占补", "/gazette/21/"),
        Subject("water", "水环境", "/gazette/22/"),
        Subject("postdoc", "博士后", "/gazette/27/"),
        Subject("personnel", "人事任免", "/gazette/16/"),
        Subject("gazette", "公报", "/gazette/", ("/gazette/",)),
        Subject("organisations", "机构", "/organisations/", ("/organisations/",)),
    )
}
_counters: list[Counter] = []
_notices: list[NoticeSource] = []


def register_subject(key: str, *, address: str, prefixes: Iterable[str] = ()) -> None:
    """Let an app take over its place in the top bar. Raises KeyError for a key that is not in the fixed order."""
    _SUBJECTS[key] = Subject(key, _SUBJECTS[key].label, address, tuple(prefixes) or (address,))


def register_counter(function: Counter) -> None:
    """Count something for the number beside 工作台; the numbers of several apps are added."""
    if function not in _counters:
        _counters.append(function)


def register_notice(function: NoticeSource) -> None:
    """Offer a notice for a page; of several, the graver one is shown."""
    if function not in _notices:
        _notices.append(function)


def subjects() -> tuple[Subject, ...]:
    return tuple(_SUBJECTS.values())


def subject_at(path: str) -> str:
    """The key of the subject whose prefix fits the path best, "" for none: /duties/14/ is 政务公开, /duties/ the desk."""
    if path == "/":
        return "desk"
    fitting = [
        (len(prefix), subject.key)
        for subject in _SUBJECTS.values()
        for prefix in subject.prefixes
        if path.startswith(prefix)
    ]
    return max(fitting, default=(0, ""))[1]


def count(request: OpenRequest) -> int:
    return sum(function(request) for function in _counters)


def graver(*notices: Notice | None) -> Notice | None:
    """The notice to show: a trial before a demonstration, the first given among equals, None when there is none."""
    given = [notice for notice in notices if notice]
    return min(given, key=lambda notice: notice.kind != "trial", default=None)


def notice(request: OpenRequest) -> Notice | None:
    return graver(*(function(request) for function in _notices))
