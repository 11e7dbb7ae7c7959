"""What follows when a setting moves results: floors above hang a function here in `registration.register()`."""

from collections.abc import Callable

from evaluation.scheme.models.scheme import Scheme

After = Callable[[Scheme], None]

_after: list[After] = []


def register_after_settings(function: After) -> None:
    if function not in _after:
        _after.append(function)


def after_settings() -> list[After]:
    return list(_after)
