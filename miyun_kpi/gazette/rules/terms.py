"""Words that a document explains itself (名词解释), found wherever they stand."""

import re
from collections.abc import Mapping


def term_pieces(text: str, addresses: Mapping[str, str]) -> list[tuple[str, str]]:
    """(piece, address) in order, address "" between the terms. Of two terms at one place the longer one is meant."""
    if not addresses or not text:
        return [(text, "")] if text else []
    longest_first = sorted(addresses, key=len, reverse=True)
    found = re.split("(" + "|".join(map(re.escape, longest_first)) + ")", text)
    return [(piece, addresses.get(piece, "") if index % 2 else "") for index, piece in enumerate(found) if piece]
