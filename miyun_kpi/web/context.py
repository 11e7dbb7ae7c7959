"""The frame around every page. Lazy, so that a fragment rendered with the same processors costs no query."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from miyun_kpi.requests import OpenRequest
from miyun_kpi.site import is_demonstration
from miyun_kpi.web import registry


@dataclass(frozen=True)
class NavItem:
    label: str
    address: str
    current: bool
    count: int = 0


class Frame:
    """What base.html shows beside the page itself."""

    def __init__(self, request: OpenRequest) -> None:
        self._request = request

    @cached_property
    def _places(self) -> tuple[list[NavItem], list[NavItem]]:
        """The top bar: what concerns the post and where one is; and the other subjects, which stay public reading."""
        shown: list[NavItem] = []
        others: list[NavItem] = []
        here = registry.subject_at(self._request.path)
        count = registry.count(self._request) if self.actor else 0
        subjects = registry.subject_keys()
        own = registry.own_subjects(self._request) if self.actor else subjects
        for place in registry.places():
            item = NavItem(place.label, place.address, place.key == here, count if place.key == "desk" else 0)
            (others if place.key in subjects - own and not item.current else shown).append(item)
        return shown, others

    @property
    def nav(self) -> list[NavItem]:
        return self._places[0]

    @property
    def others(self) -> list[NavItem]:
        return self._places[1]

    @property
    def actor(self) -> Any:
        return getattr(self._request, "actor", None)

    @property
    def acting_post(self) -> str:
        """For which post the page is drawn; what it sends is refused in another (accounts.middleware.SamePost)."""
        return str(getattr(self.actor, "post_id", None) or "")

    @cached_property
    def posts(self) -> list[Any]:
        return list(getattr(self._request, "posts", []))

    @cached_property
    def post(self) -> Any:
        """The post acted in, of the posts the middleware has already read."""
        acting = getattr(self.actor, "post_id", None)
        return next((post for post in self.posts if post.pk == acting), None)

    @property
    def person(self) -> str:
        user = getattr(self._request, "user", None)
        return str(user) if user is not None and user.is_authenticated else ""

    @property
    def person_key(self) -> str:
        """The account, for what the browser keeps of it: never the name shown, which may change or be shared."""
        actor = self.actor
        return f"{actor.user_id}" if actor is not None and actor.user_id else ""

    @property
    def demonstration(self) -> bool:
        return is_demonstration()

    @cached_property
    def notice(self) -> registry.Notice | None:
        return registry.notice(self._request)

    @property
    def path(self) -> str:
        return self._request.get_full_path()


def page_frame(request: OpenRequest) -> dict[str, Any]:
    return {"frame": Frame(request)}
