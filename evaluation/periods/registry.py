"""What follows when the inputs of a period move: floors above hang a function here in `registration.register()`."""

from collections.abc import Callable

After = Callable[[int, list[int]], None]

_after: list[After] = []


def register_after_inputs_moved(function: After) -> None:
    """`function(scheme_id, period_ids)` runs in the transaction of the act that moved them, after it has written."""
    if function not in _after:
        _after.append(function)


def after_inputs_moved() -> list[After]:
    return list(_after)
