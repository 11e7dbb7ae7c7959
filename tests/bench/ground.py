"""The ground that is measured on: a track grown to any number of units, requests through the whole stack."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.http import HttpResponse
from django.urls import clear_url_caches, path

from evaluation.models import Figure, Mark, Period, Scheme
from evaluation.periods.models import PeriodUnit
from miyun_kpi import urls
from miyun_kpi.organisations.models import Organisation
from tests.factories.rankings import filed_quarter


def grown(size: int, track: str = "township", code: str = "2020Q2") -> tuple[Scheme, Period]:
    """A quarter of a track, filed unless it was there, with `size` units: copies of the real ones, carrying and marked as
    they are, frozen with the period as they are."""
    period = Period.objects.filter(code=code).first() or filed_quarter()
    scheme = Scheme.objects.get(track=track)
    _grow(scheme, period, size)
    assert PeriodUnit.objects.filter(scheme=scheme, period=period).count() == size
    return scheme, period


def _grow(scheme: Scheme, period: Period, size: int) -> None:
    there = list(Organisation.objects.of_track(scheme.track).in_printed_order())
    real = [one for one in there if "-x" not in one.code]
    copies = [_copy(real[n % len(real)], n) for n in range(len(there), size)]
    made = Organisation.objects.bulk_create(copies, batch_size=200)
    carried: dict[int, list[Figure]] = {}
    for figure in Figure.objects.filter(scheme=scheme, kind="carried", organisation__in=real).select_related(
        "indicator"
    ):
        carried.setdefault(figure.organisation_id, []).append(figure)
    marks: dict[int, list[Mark]] = {}
    for mark in Mark.objects.filter(sheet__scheme=scheme, sheet__period=period, organisation__in=real):
        marks.setdefault(mark.organisation_id, []).append(mark)
    figures, cells = [], []
    for n, one in enumerate(made, start=len(there)):
        source = real[n % len(real)].pk
        figures += [_carried(figure, one, n) for figure in carried[source]]
        cells += [_marked(mark, one, n) for mark in marks[source]]
    PeriodUnit.objects.bulk_create((_frozen(scheme, period, one) for one in made), batch_size=400)
    Figure.objects.bulk_create(figures, batch_size=400)
    Mark.objects.bulk_create(cells, batch_size=400)


@contextmanager
def shrunk(scheme: Scheme, period: Period, size: int) -> Iterator[None]:
    """As if it had been grown to fewer units; afterwards they are all there again."""
    with transaction.atomic():
        beyond = list(PeriodUnit.objects.filter(scheme=scheme, period=period, order__gte=size, name__regex=r"\d$"))
        gone = [one.organisation_id for one in beyond]
        for rows in (Mark.objects, Figure.objects, PeriodUnit.objects):
            rows.filter(organisation__in=gone)._raw_delete(connection.alias)
        yield
        transaction.set_rollback(True)


def _copy(unit: Organisation, n: int) -> Organisation:
    fields = {"category": unit.category, "zone": unit.zone, "evaluated": True, "order": n}
    return Organisation(code=f"{unit.code}-x{n}", name=f"{unit.name}{n}", key=f"{unit.key}{n}", **fields)


def _frozen(scheme: Scheme, period: Period, unit: Organisation) -> PeriodUnit:
    of_the_day = {"name": unit.name, "zone": unit.zone, "category": unit.category, "order": unit.order}
    return PeriodUnit(scheme=scheme, period=period, organisation=unit, **of_the_day)


def _carried(figure: Figure, unit: Organisation, n: int) -> Figure:
    fields = {"kind": "carried", "status": figure.status, "clause": figure.clause, "order": 10_000 + n}
    key = f"carried/{figure.indicator.number}/{unit.code}"[:80]
    fields |= {"scheme_id": figure.scheme_id, "indicator_id": figure.indicator_id, "value": figure.value}
    return Figure(key=key, organisation=unit, confirmed=True, **fields)


def _marked(mark: Mark, unit: Organisation, n: int) -> Mark:
    value = mark.value - Decimal(n % 7) / 10 if mark.value and mark.value > 1 else mark.value
    return Mark(sheet_id=mark.sheet_id, organisation=unit, order=n, full_mark=mark.full_mark, value=value)


def prepared(statement: str, names: dict[str, Any]) -> Callable[[], list[Any]]:
    """The statement parsed and planned once; each call executes it and takes its rows."""
    connection.ensure_connection()
    bare = connection.connection
    if connection.vendor == "sqlite":
        text = statement % {name: f":{name}" for name in names}
        return lambda: bare.execute(text, names).fetchall()
    cursor = bare.cursor()
    cursor.execute("DEALLOCATE ALL")
    cursor.execute("PREPARE measured AS " + cursor.mogrify(statement, names).decode())

    def executed() -> list[Any]:
        cursor.execute("EXECUTE measured")
        return cursor.fetchall()

    return executed


@contextmanager
def view_at(address: str, view: Callable[..., HttpResponse]) -> Iterator[None]:
    """A view of the bench beside those of the product, in the same stack."""
    urls.urlpatterns.append(path(address, view))
    clear_url_caches()
    try:
        yield
    finally:
        urls.urlpatterns.pop()
        clear_url_caches()


@contextmanager
def _kept_connection() -> Iterator[None]:
    """A request would close the connection that the test's transaction lives in."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


class Browser:
    """Requests straight into the WSGI handler: no client of the tests stands in what is measured."""

    def __init__(self, **headers: str) -> None:
        self.handler = WSGIHandler()
        self.headers = {f"HTTP_{name.upper()}": value for name, value in headers.items()}

    def __call__(self, address: str, *, status: int = 200, body: bytes | None = None, **headers: str) -> bytes:
        said: list[str] = []
        environ = {
            "REQUEST_METHOD": "GET" if body is None else "POST",
            "PATH_INFO": address,
            "QUERY_STRING": "",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "REMOTE_ADDR": "127.0.0.1",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body or b"")),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body or b""),
            "wsgi.errors": io.StringIO(),
            **self.headers,
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        with _kept_connection():
            response = self.handler(environ, lambda line, headers, exc_info=None: said.append(line))
            content = b"".join(response)
            response.close()
        assert said[0].startswith(str(status)), (said[0], content[:2000].decode(errors="replace"))
        return content
