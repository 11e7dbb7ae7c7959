from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from miyun_kpi.lib.reading import visible


def seen(value: Any) -> Any:
    """Every text in it without signs that nobody sees."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list):
        return [seen(one) for one in value]
    if isinstance(value, dict):
        return {name: seen(one) for name, one in value.items()}
    return value


class PlainJSONParser(JSONParser):
    """JSON whose nesting is no attack: a thousand brackets end the parser, not the request."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return seen(super().parse(stream, media_type, parser_context))
        except RecursionError as error:
            raise ParseError("nested too deeply") from error
