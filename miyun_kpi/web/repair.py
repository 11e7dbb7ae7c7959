"""报修码: what an officer reads to those who keep the product, in place of the code of a refusal.

Six digits made of the code alone, so that they are the same on every site and in every version; the code itself stands
in the page's source (data-code), and `manage.py repair_code 482193` says it.
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

DIGITS = 6
_REFUSED = re.compile(r'\b(?:Refused|Malformed|Conflict|NotAllowed|NotFound|FieldError)\(\s*"([a-z0-9-]+)"')
_NAMED = re.compile(r'\bcode="([a-z0-9-]+)"')


def repair_code(code: str) -> str:
    return f"{int(hashlib.sha256(code.encode()).hexdigest(), 16) % 10**DIGITS:0{DIGITS}d}"


def codes_in(files: Iterable[Path]) -> set[str]:
    """Every code that the sources can refuse with."""
    texts = [file.read_text(encoding="utf-8") for file in files]
    return {code for text in texts for pattern in (_REFUSED, _NAMED) for code in pattern.findall(text)}
