"""What a client says it reads (RFC 9110 12.5.3)."""

import re


def takes_gzip(accepted: str) -> bool:
    """By its `Accept-Encoding`: gzip is named, or everything is, and not with the weight 0."""
    weights: dict[str, str] = {}
    for one in accepted.split(","):
        name, _, weight = one.partition(";")
        weights[name.strip().lower()] = weight.replace(" ", "").lower()
    found = weights.get("gzip", weights.get("*"))
    return found is not None and not re.fullmatch(r"q=0(\.0{0,3})?", found)
