import codecs
from collections.abc import Mapping, Sequence
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.utils import json

from miyun_kpi.lib.errors import Malformed
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


def one_of_each(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Malformed("doubled-field", f"请求体里“{twice[:40]}”写了两次，不知道用哪一个，没有执行。请只留一个。")
    return found


class PlainJSONParser(JSONParser):
    """JSON of which nothing is dropped unsaid: of a name given twice nobody knows which was meant. Its nesting is no attack:
    a thousand brackets end the parser, not the request."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        encoding = (parser_context or {}).get("encoding", "utf-8")
        try:
            text = codecs.decode(stream.read(), encoding)
            return seen(json.loads(text, parse_constant=json.strict_constant, object_pairs_hook=one_of_each))
        except RecursionError as error:
            raise ParseError("nested too deeply") from error
        except (ValueError, LookupError) as error:
            raise ParseError(f"JSON parse error - {error}") from error
