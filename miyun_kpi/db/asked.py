"""Questions that the framework puts together once: a process keeps their text, never what they are asked with or answered."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators

P = ParamSpec("P")
M = TypeVar("M", bound=Model)
R = TypeVar("R")
Key = int | str | date
# Stand where a key will while the text is made: no constant of a question is as large or as late.
STAND_IN, LATE = 2**40, datetime(9000, 1, 1, tzinfo=UTC)
LARGEST = 2**63
# What an actor sees: the function that makes it and the keys it is made from; None is nothing.
Scope = tuple[Callable[..., QuerySet[Any]], tuple[Key, ...]] | None


def asked(made: Callable[P, QuerySet[Any, R]]) -> "Asked[P, R]":
    """A function that makes a queryset from keys becomes one that answers it: the list of its models or its tuples.

    The keys are given by position: whole numbers, texts, days, moments, or lists of whole numbers or texts. The function may
    decide nothing by their values: each comes out as a parameter of the question, a list as all that stands in an IN. An empty
    one has an empty answer.
    """
    return Asked(made)


def asked_within(made: Callable[Concatenate[QuerySet[M], P], QuerySet[Any, R]]) -> "Within[M, P, R]":
    """The same of a question within what an actor sees, which is given first, as a `Scope`: a text for each kind of scope.

    Which kind it is, is decided anew each time; a kind is a function of a module, so that there are few of them.
    """
    return Within(made)


class Within(Generic[M, P, R]):
    def __init__(self, made: Callable[Concatenate[QuerySet[M], P], QuerySet[Any, R]]) -> None:
        self.made, self.kinds = made, dict[Callable[..., QuerySet[M]], Asked[..., R]]()

    def __call__(self, scope: Scope, *keys: P.args, **named: P.kwargs) -> list[R]:
        assert not named, "keys are given by position"
        if scope is None:
            return []
        kind, own = scope
        if kind not in self.kinds:
            assert "<" not in kind.__qualname__, f"{kind.__qualname__} is made anew each time"
            self.kinds[kind] = asked(self._question(kind, len(own)))
        return self.kinds[kind](*own, *keys)

    def _question(self, kind: Callable[..., QuerySet[M]], many: int) -> Callable[..., QuerySet[Any, R]]:
        made = cast("Callable[..., QuerySet[Any, R]]", self.made)

        def question(*keys: Key) -> QuerySet[Any, R]:
            return made(kind(*islice(keys, many)), *islice(keys, many, None))

        return question


class Asked(Generic[P, R]):
    def __init__(self, made: Callable[P, QuerySet[Any, R]]) -> None:
        self.made, self.texts = made, dict[tuple[object, ...], _Text]()

    def __call__(self, *keys: P.args, **named: P.kwargs) -> list[R]:
        assert not named, "keys are given by position"
        return self.after("", *keys)

    def after(self, first: str, *keys: Any) -> list[R]:
        """The answer; `first`: statements that go to the store in the same message, ahead of the question (PostgreSQL)."""
        given = cast("list[list[Key]]", [key if isinstance(key, list) else [key] for key in keys])
        # No row bears a number of more than eight bytes, and not every database takes one as a question.
        if not all(given) or any(isinstance(one, int) and abs(one) >= LARGEST for key in given for one in key):
            return []
        kinds = [(type(key), type(one[0])) for key, one in zip(keys, given, strict=True)]
        shape = (connection.vendor, *kinds)
        text = self.texts.get(shape)
        if text is None:
            text = self.texts[shape] = _Text(self.made, kinds)
        return cast("list[R]", text.answers(given, first))


def _stand_in(place: int, kind: object) -> Key:
    late = LATE + timedelta(days=place)
    if kind in (date, datetime):
        return late if kind is datetime else late.date()
    return str(STAND_IN + place) if kind is str else STAND_IN + place


def _stored(key: Key) -> Key | None:
    """As the database is given it."""
    if isinstance(key, datetime):
        return connection.ops.adapt_datetimefield_value(key)
    return connection.ops.adapt_datefield_value(key) if isinstance(key, date) else key


class _Text:
    """The text, cut where the parameters stand, and how a row becomes what the queryset gives."""

    def __init__(self, made: Callable[..., QuerySet[Any, Any]], kinds: Sequence[tuple[object, object]]) -> None:
        given = [_stand_in(place, kind) for place, (_, kind) in enumerate(kinds)]
        question = made(*([one] if whole is list else one for one, (whole, _) in zip(given, kinds, strict=True)))
        stand_ins = list(map(_stored, given))
        compiler = question.query.get_compiler(connection=connection)
        text, params = compiler.as_sql()
        assert set(stand_ins) <= set(params), f"{made.__qualname__} is not asked with all its keys"
        self.first, *self.pieces = text.split("%s")
        assert len(self.pieces) == len(params) and "%%" not in text, text
        # Of each parameter the place among the keys, or the constant that it is.
        self.params = [(stand_ins.index(one), None) if one in stand_ins else (None, one) for one in params]
        converters = compiler.get_converters([one[0] for one in islice(compiler.select, compiler.col_count)])
        self.converters = list(converters.items())
        self.alias, self.model = question.db, cast("type[Model] | None", None)
        if question._iterable_class is ModelIterable:
            info = compiler.klass_info
            fields = info["select_fields"]
            self.model, self.columns = info["model"], slice(fields[0], fields[-1] + 1)
            self.names = [one[0].target.attname for one in compiler.select[self.columns]]
            self.related = get_related_populators(info, compiler.select, self.alias)  # type: ignore[call-arg]  # stubs of a later Django
            self.beside = list(compiler.annotation_col_map.items())
        else:
            assert question._iterable_class is ValuesListIterable

    def answers(self, given: Sequence[Sequence[Key]], first: str) -> list[Any]:
        text: list[str] = [f"{first}; {self.first}" if first else self.first]
        params: list[Key | None] = []
        stored = [list(map(_stored, keys)) for keys in given]
        for (place, constant), piece in zip(self.params, self.pieces, strict=True):
            values = [constant] if place is None else stored[place]
            params += values
            text += ["%s", ", %s" * (len(values) - 1), piece]
        with connection.cursor() as cursor:
            cursor.execute("".join(text), params)
            rows = cursor.fetchall()
        rows = self._converted(rows) if self.converters else rows
        return rows if self.model is None else self._models(self.model, rows)

    def _converted(self, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
        found = [list(row) for row in rows]
        for place, (converters, expression) in self.converters:
            for row in found:
                for converter in converters:
                    row[place] = converter(row[place], expression, connection)
        return found

    def _models(self, model: type[Model], rows: Sequence[Sequence[Any]]) -> list[Any]:
        made, names, columns, alias = model.from_db, self.names, self.columns, self.alias
        found = [made(alias, names, row[columns]) for row in rows]
        for related in self.related:
            for row, one in zip(rows, found, strict=True):
                related.populate(row, one)
        for name, place in self.beside:
            for row, one in zip(rows, found, strict=True):
                setattr(one, name, row[place])
        return found
