"""Questions that the framework puts together once: a process keeps their text, never what they are asked with or answered."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Generic, ParamSpec, TypeVar, cast

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators

P = ParamSpec("P")
R = TypeVar("R")
# Stands where a key will while the text is made: no constant of a question is as large.
STAND_IN = 2**40


def asked(made: Callable[P, QuerySet[Any, R]]) -> "Asked[P, R]":
    """A function that makes a queryset from keys becomes one that answers it: the list of its models or its tuples.

    The keys are given by position: whole numbers, texts, or lists of whole numbers. The function may decide nothing by their
    values: each comes out as a parameter of the question, a list as all that stands in an IN. An empty one has an empty answer.
    """
    return Asked(made)


class Asked(Generic[P, R]):
    def __init__(self, made: Callable[P, QuerySet[Any, R]]) -> None:
        self.made, self.texts = made, dict[tuple[object, ...], _Text]()

    def __call__(self, *keys: P.args, **named: P.kwargs) -> list[R]:
        assert not named, "keys are given by position"
        given = cast("list[list[int | str]]", [key if isinstance(key, list) else [key] for key in keys])
        if not all(given):
            return []
        shape = (connection.vendor, *map(type, keys))
        text = self.texts.get(shape)
        if text is None:
            text = self.texts[shape] = _Text(self.made, shape[1:])
        return cast("list[R]", text.answers(given))


class _Text:
    """The text, cut where the parameters stand, and how a row becomes what the queryset gives."""

    def __init__(self, made: Callable[..., QuerySet[Any, Any]], kinds: Sequence[object]) -> None:
        numbers = [STAND_IN + place for place in range(len(kinds))]
        stand_ins = [str(one) if kind is str else one for one, kind in zip(numbers, kinds, strict=True)]
        question = made(*([one] if kind is list else one for one, kind in zip(stand_ins, kinds, strict=True)))
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

    def answers(self, given: Sequence[Sequence[int | str]]) -> list[Any]:
        text: list[str] = [self.first]
        params: list[int | str | None] = []
        for (place, constant), piece in zip(self.params, self.pieces, strict=True):
            values = [constant] if place is None else given[place]
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
