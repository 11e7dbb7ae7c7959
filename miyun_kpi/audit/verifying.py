"""What can be verified: apps hang in their checks in AppConfig.ready(), the command, the night and the pages run them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was written: where, and what is wrong with it, each in plain words."""

    where: str
    what: str

    @property
    def sentence(self) -> str:
        return f"{self.where}：{self.what}"


Check = Callable[[], Iterable[Fault]]
Adoption = Callable[[datetime], None]
_checks: dict[str, Check] = {}
_adoptions: dict[str, Adoption] = {}


def register_check(name: str, check: Check) -> None:
    """`name` says what is checked, in words. The check reads in portions: a site has 100,000 marks."""
    _checks[name] = check


def register_adoption(name: str, adoption: Adoption) -> None:
    """Runs after each migration, before the guards are put on: what an earlier version left without a seal gets one."""
    _adoptions[name] = adoption


def check_names() -> list[str]:
    return list(_checks)


def faults() -> Iterator[Fault]:
    for check in _checks.values():
        yield from check()


def adopt(at: datetime) -> None:
    for adoption in _adoptions.values():
        adoption(at)
