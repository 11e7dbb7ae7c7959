"""Acts by REST: who may, what is sent, the act (once under its key), and its answer."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from miyun_kpi.api.answers import ONCE
from miyun_kpi.api.bodies import Body
from miyun_kpi.api.idempotency import once
from miyun_kpi.api.params import NoFilters, read_params
from miyun_kpi.requests import ApiRequest

Method = Callable[..., Any]
Shape = type[serializers.BaseSerializer[Any]]


def api_act(
    operation_id: str,
    body: type[Body] | None,
    answer: Shape | None,
    *,
    status: int = 200,
    also: tuple[int, ...] = (),
    keyed: bool = True,
    may: Callable[..., object] | None = None,
) -> Callable[[Method], Callable[..., Response]]:
    """A view's method that carries out an act: `act(self, request, given, at, **places)` gives the answer's content.

    `may(actor, **places)` raises what forbids the act or hides what it is about: it is asked before the body is read, so
    that whoever may not act learns nothing of the rest. `keyed`: an Idempotency-Key is heeded; not for an act that its
    version makes harmless to repeat, nor for a trial. `also`: further statuses, of a method that makes its own Response.
    Without `operation_id` the schema is said elsewhere.
    """

    def decorate(method: Method) -> Callable[..., Response]:
        @wraps(method)
        def act(self: Any, request: ApiRequest, **places: Any) -> Response:
            read_params(request, NoFilters)
            if may is not None:
                may(request.actor, **places)
            given, at = sent_body(request, body), timezone.now()

            def carried_out() -> Response:
                made = method(self, request, given, at, **places)
                return made if isinstance(made, Response) else Response(made, status=status)

            return once(request, carried_out, at=at) if keyed else carried_out()

        if not operation_id:
            return act
        described: Callable[..., Response] = extend_schema(
            operation_id=operation_id,
            parameters=ONCE if keyed else None,
            request=body,
            responses=dict.fromkeys((*also, status), answer),
        )(act)
        return described

    return decorate


def sent_body(request: ApiRequest, body: type[Body] | None) -> dict[str, Any]:
    """What was sent, read by its shape; all that is wrong with it is refused at once."""
    if body is None:
        return {}
    read = body(data=request.data)
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)
