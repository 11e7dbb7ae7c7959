"""What other apps give to the frame of every page. Filled in AppConfig.ready(); web itself knows none of them.

Everything registered here runs at most once a page, and only when a whole page (not a fragment) is rendered; keep each
function to one query.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from miyun_kpi.lib.citations import code_of, documents_of
from miyun_kpi.requests import OpenRequest


@dataclass(frozen=True)
class Place:
    """One entry of the top bar. `prefixes` are the URL prefixes under which it is marked as the current one."""

    key: str
    label: str
    address: str
    order: int
    prefixes: tuple[str, ...]


@dataclass(frozen=True)
class Subject(Place):
    """A subject of the gazettes: the one list that navigation, desk, gazette, duties and URLs read.

    `short` is its name where there is little room, `urls` and `api_urls` the modules that answer below `address` and
    below /api/v1/.
    """

    short: str
    urls: str
    api_urls: str

    @property
    def documents(self) -> tuple[str, ...]:
        return documents_of(self.key)


@dataclass(frozen=True)
class Notice:
    """One sentence on a striped ground. `kind` is "trial" (试算), "demo" (演示) or "rehearsal" (演练); the trial is the graver."""

    kind: str
    sentence: str
    link: str = ""
    link_text: str = ""

    @property
    def tag(self) -> str:
        return {"trial": "试算", "demo": "演示", "rehearsal": "演练"}[self.kind]

    @property
    def short(self) -> str:
        """Beside the tag in the sub bar, where every page of every subject shows it: three words with the tag."""
        return "不得引用"


Counter = Callable[[OpenRequest], int]
NoticeSource = Callable[[OpenRequest], Notice | None]
OwnSubjects = Callable[[OpenRequest], frozenset[str]]

_places: dict[str, Place] = {}
_counters: list[Counter] = []
_notices: list[NoticeSource] = []
_own: list[OwnSubjects] = []


def register_place(key: str, label: str, *, order: int, address: str, prefixes: Iterable[str] = ()) -> None:
    """An entry of the top bar that is no subject: the desk, the gazette, the organisations."""
    _places[key] = Place(key, label, address, order, tuple(prefixes) or (address,))


def register_subject(
    key: str, label: str, *, order: int, address: str = "", short: str = "", package: str = ""
) -> None:
    """A subject takes its place by `order` (10 for the desk, 900 up for what stands last): people learn a place, not a name.

    Its modules `urls` and `api_urls` lie in `package`, its pages below `address`; both are called like the subject where
    nothing else is said. Pages of the duties of its documents stand under it too.
    """
    address, package = address or f"/{key}/", package or key
    own = [address]
    for ref in documents_of(key):
        own += [f"/duties/{name}/" for name in dict.fromkeys((ref, code_of(ref)))]
    _places[key] = Subject(
        key, label, address, order, tuple(own), short or label, f"{package}.urls", f"{package}.api_urls"
    )


def register_counter(function: Counter) -> None:
    """Count something for the number beside 工作台; the numbers of several apps are added."""
    if function not in _counters:
        _counters.append(function)


def register_notice(function: NoticeSource) -> None:
    """Offer a notice for a page; of several, the graver one is shown."""
    if function not in _notices:
        _notices.append(function)


def register_own(function: OwnSubjects) -> None:
    """Name the subjects that concern the post acted in: they stand first in the top bar, the others behind 其他."""
    if function not in _own:
        _own.append(function)


def places() -> tuple[Place, ...]:
    """The top bar."""
    return tuple(sorted(_places.values(), key=lambda place: place.order))


def subjects() -> tuple[Subject, ...]:
    return tuple(place for place in places() if isinstance(place, Subject))


def subject_keys() -> frozenset[str]:
    return frozenset(subject.key for subject in subjects())


def subject_label(key: str) -> str:
    """Its name on screen; a key that no app has registered comes back as it is."""
    return _places[key].label if key in _places else key


def subject_at(path: str) -> str:
    """The key of the subject whose prefix fits the path best, "" for none: /duties/14/ is 政务公开, /duties/ the desk."""
    if path == "/":
        return "desk"
    fitting = [
        (len(prefix), subject.key)
        for subject in _places.values()
        for prefix in subject.prefixes
        if path.startswith(prefix)
    ]
    return max(fitting, default=(0, ""))[1]


def own_subjects(request: OpenRequest) -> frozenset[str]:
    """All of them where no app says which: then nothing is folded away."""
    return frozenset().union(*(function(request) for function in _own)) if _own else subject_keys()


def count(request: OpenRequest) -> int:
    return sum(function(request) for function in _counters)


def graver(*notices: Notice | None) -> Notice | None:
    """The notice to show: a trial before a demonstration, the first given among equals, None when there is none."""
    given = [notice for notice in notices if notice]
    return min(given, key=lambda notice: notice.kind != "trial", default=None)


def notice(request: OpenRequest) -> Notice | None:
    return graver(*(function(request) for function in _notices))
