"""The one context of a business act. A service opens it, and no door can forget what it does."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Model, QuerySet

from miyun_kpi.acts.models import Versioned
from miyun_kpi.acts.ports import opening, sender
from miyun_kpi.acts.proof import require_proof
from miyun_kpi.audit.models import Result
from miyun_kpi.audit.services import Event, record_each
from miyun_kpi.db.outage import Outage, outage
from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.errors import Busy, Conflict, FieldError, NotAllowed, NotFound, Refused

SETTLE = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
M = TypeVar("M", bound=Model)
V = TypeVar("V", bound=Versioned)


@dataclass(eq=False)
class Kept:
    """What an act has to say, written when its outermost block ends: notices, audit, and what announces it to clients.

    The heads of the audit and of the feed are what all acts wait for, so they are held for the shortest time.
    """

    notices: list[tuple[Sequence[Any], datetime]] = field(default_factory=list)
    entries: list[tuple[Actor, Event, datetime]] = field(default_factory=list)
    last: list[Callable[[], object]] = field(default_factory=list)

    def mark(self) -> tuple[int, int, int]:
        return len(self.notices), len(self.entries), len(self.last)

    def forget_since(self, mark: tuple[int, int, int]) -> None:
        del self.notices[mark[0] :], self.entries[mark[1] :], self.last[mark[2] :]

    def write(self) -> None:
        for messages, at in self.notices:
            sender()(messages, at)
        record_each(self.entries, first=_settling(self.entries))
        for step in self.last:
            step()


def _settling(entries: Collection[object]) -> str:
    """Foreign keys are checked now, and wait now for whoever gives their rows another key, before the heads are held.

    PostgreSQL checks them at the commit: who held the heads would wait there for one who waits for the heads. It is sent
    with the question for the first head, which it is carried out before; without an entry by itself.
    """
    if connection.vendor != "postgresql":
        return ""
    if not entries:
        with connection.cursor() as cursor:
            cursor.execute(SETTLE)
    return SETTLE


_kept: ContextVar[Kept | None] = ContextVar("acts_kept", default=None)


@dataclass(frozen=True)
class Act:
    """One act of `actor` at `at`, within its transaction."""

    actor: Actor
    at: datetime
    _kept: Kept

    @property
    def today(self) -> date:
        return self.at.astimezone().date()

    def lock(
        self,
        found: QuerySet[M],
        pk: int | None,
        version: int | None = None,
        *,
        may: Callable[[M], object] | None = None,
    ) -> M:
        """The row, locked until the act ends; then `may` (raises what forbids the act), then its version.

        NotFound where the scope `found` does not hold it, Conflict under a newer version than the one that was seen.
        """
        row = locked(found, pk)
        if may is not None:
            may(row)
        if version is not None:
            assert isinstance(row, Versioned)
            require_version(row, version)
        return row

    def require_state(self, row: Any, states: Collection[str], act: str) -> None:
        """Conflict unless the row stands in one of the states; `act` is what was asked for (“撤销”)."""
        if row.state not in states:
            called = getattr(row, "called", "这一项")
            said = f"{called}现在是“{row.get_state_display()}”，不能{act}，没有执行。请刷新后看过再办。"
            raise Conflict("wrong-state", said)

    def save(self, row: Model) -> None:
        """The next version of the row, signed as changed by the actor where it has the columns for it."""
        if isinstance(row, Versioned):
            row.version += 1
        if hasattr(row, "changed_at"):
            row.changed_at = self.at
        if hasattr(row, "changed_by"):
            row.changed_by = self.actor.label
        row.save()

    def sign(self, row: Model, what: str) -> None:
        """Who did it and when, into `<what>_by`, `<what>_by_id` and `<what>_at`, as far as the row has them."""
        for name, value in self.signed(type(row), what).items():
            setattr(row, name, value)

    def signed(self, model: type[Model], what: str) -> dict[str, Any]:
        """The same as columns of a row that is only being made."""
        columns = {f"{what}_by": self.actor.label, f"{what}_by_id": self.actor.user_id, f"{what}_at": self.at}
        known = {one.name for one in model._meta.concrete_fields}
        return {name: value for name, value in columns.items() if name in known}

    def require_other_hand(self, row: Model, what: str, said: str) -> None:
        """A second person: not whoever signed `what`, by whatever session or token (they have the same owner)."""
        require_other_hand(self.actor, getattr(row, f"{what}_by_id"), said, self.at)

    def record(self, action: str, subject: Model | str, **data: Any) -> None:
        """An audit entry, written last."""
        self._kept.entries.append((self.actor, Event(action, _named(subject), data), self.at))

    def tell(self, messages: Sequence[Any]) -> None:
        """Notices, stored when everything of the act is done."""
        if messages:
            self._kept.notices.append((messages, self.at))


@contextmanager
def acting(actor: Actor, at: datetime) -> Iterator[Act]:
    """One transaction. Within another act a part of it: its notices and audit wait for the end of the outermost.

    Who waits longer than the store allows for somebody else's lock is refused as `busy` and may try again.
    """
    outer = _kept.get()
    if outer is not None:
        mark = outer.mark()
        try:
            with transaction.atomic():
                yield Act(actor, at, outer)
        except BaseException:
            outer.forget_since(mark)
            raise
        return
    kept = Kept()
    token = _kept.set(kept)
    try:
        with transaction.atomic():
            if (first := opening.get()) is not None:
                first()
            yield Act(actor, at, kept)
            kept.write()
    except OperationalError as error:
        if outage(error) is not Outage.LOCKED:
            raise
        raise Busy("别人正在办同一件事，没有执行。请稍候再办一次。") from error
    finally:
        _kept.reset(token)


class _Undone(Exception):
    pass


@contextmanager
def tried(actor: Actor, at: datetime) -> Iterator[None]:
    """What is done within is refused as it would be, and nothing of it stays."""
    with suppress(_Undone), acting(actor, at):
        yield
        raise _Undone


def record(
    *,
    actor: Actor,
    action: str,
    subject: Model | str,
    data: dict[str, Any] | None = None,
    result: Result = Result.DONE,
    at: datetime,
) -> None:
    """For what an act calls: an audit entry of the act that runs."""
    _running().entries.append((actor, Event(action, _named(subject), data or {}, result), at))


def tell(messages: Sequence[Any], *, at: datetime) -> None:
    """For what an act calls: notices of the act that runs."""
    if messages:
        _running().notices.append((messages, at))


def at_the_end(step: Callable[[], object]) -> None:
    """Run it when all else of the act that runs is written, and not at all where that is refused."""
    _running().last.append(step)


def _running() -> Kept:
    kept = _kept.get()
    assert kept is not None, "this is said within an act"
    return kept


def locked(found: QuerySet[M], pk: int | None) -> M:
    """The row with this key, locked, or NotFound; its relations are read, not locked."""
    return lock_only(found.filter(pk=pk))


def lock_only(found: QuerySet[M], said: str | None = None) -> M:
    """The one row of a queryset, locked, or NotFound, with `said` instead of its usual sentence."""
    row = lock_one(found)
    if row is None:
        raise NotFound(said) if said else NotFound
    return row


def lock_one(found: QuerySet[M]) -> M | None:
    """The one row of a queryset that names it by a unique column, locked; its relations are not locked, but read once it is.

    Beside a row that was waited for the store gives joined ones of before the wait, or none where they are others by now:
    a question with relations is asked once more when the row is held.
    """
    row = locking(_bare(found)).first()
    if row is None or not found.query.select_related:
        return row
    return found.filter(pk=row.pk).first()


def locking(found: QuerySet[M]) -> QuerySet[M]:
    """The same rows, locked when they are read, in no order: for a question that finds one."""
    return found.select_for_update(of=("self",), no_key=True).order_by()


def lock_all(found: QuerySet[M]) -> list[M]:
    """Every row, locked in the order of the keys; its relations are read once all are held (`lock_one`)."""
    rows = list(_bare(found).select_for_update(of=("self",), no_key=True).order_by("pk"))
    if not rows or not found.query.select_related:
        return rows
    return list(found.filter(pk__in=[row.pk for row in rows]).order_by("pk"))


def _bare(found: QuerySet[M]) -> QuerySet[M]:
    """The same rows without what is read beside them."""
    return found.select_related(None).prefetch_related(None).defer(None) if found.query.select_related else found


def lock_free(found: QuerySet[M]) -> list[M]:
    """Every row that nobody else holds, locked; nobody is waited for, and who is at work on a row keeps it."""
    return list(found.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("pk"))


def require_version(row: Versioned, version: int, *, seen: Any = None) -> None:
    """`seen`: what is shown as the stored value beside the refusal; else by whom it was changed."""
    if row.version == version:
        return
    current = {"value": {"changed_by": row.last_hand} if seen is None else seen, "version": row.version}
    raise Conflict(
        "stale",
        f"{row.called}刚被{row.last_hand or '别人'}改过，没有执行。请刷新后看过再办。",
        errors=[FieldError("刚被改过。", "stale", field="version", current=current)],
    )


Hands = int | None | Collection[int | None]


def require_other_hand(actor: Actor, first: Hands, said: str, at: datetime) -> None:
    """The second of two persons, who has also shown the second factor of this session. `first`: one or all who had a hand in it."""
    refuse_same_hand(actor, first, said)
    require_proof(actor, at)


def is_hand_of(actor: Actor, hands: Collection[int | None]) -> bool:
    """Whether the actor, or whom the actor stands in for, is one of those who did the first part."""
    return bool({actor.user_id, actor.stands_for} & set(hands) - {None})


def refuse_same_hand(actor: Actor, first: Hands, said: str) -> None:
    """The second of two persons is another owner, and is there in person: no program releases what one proposed."""
    if actor.token_id is not None:
        raise NotAllowed("no-token", "确认和放行要由本人登录办理，接口不能代办，没有执行。")
    hands = first if isinstance(first, Collection) else (first,)
    if actor.user_id is None or actor.user_id in hands:
        raise NotAllowed("second-person", said)
    if is_hand_of(actor, hands):
        raise NotAllowed("second-person", f"{said}前面那一步由您代理的人办理，他的代理人也不能接着办。")


@contextmanager
def unless_taken(refusal: Refused) -> Iterator[None]:
    """A unique constraint that is broken in this block is this refusal."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise refusal from error


def _named(subject: Model | str) -> str:
    if isinstance(subject, str):
        return subject
    name = getattr(subject, "audited_as", "") or subject._meta.model_name
    return f"{name}:{subject.pk}"
