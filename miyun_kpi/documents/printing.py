"""A PDF of a page, made as a browser prints it, by WeasyPrint. Its libraries are the system's: where they are missing it is said."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from miyun_kpi.lib.errors import Refused

MISSING = "本机没有装生成 PDF 的组件，没有生成。请用浏览器的“打印”另存为 PDF，或请系统管理员安装。"


@lru_cache(maxsize=1)
def _weasyprint() -> Any:
    """None where the package or one of its libraries is not here."""
    try:
        # Here, not above: it takes a second and a half, and most processes never print.
        import weasyprint
    except (ImportError, OSError):
        return None
    return weasyprint


def prints() -> bool:
    return _weasyprint() is not None


def _fetch_nothing(url: str, *args: Any, **kwargs: Any) -> Any:
    raise ValueError(f"a paper takes nothing from outside: {url[:80]}")


def to_pdf(html: str, css: Sequence[str]) -> bytes:
    """Of a whole document, with these style sheets. Nothing is fetched, from anywhere."""
    made = _weasyprint()
    if made is None:
        raise Refused("no-printer", MISSING)
    sheets = [made.CSS(string=text, url_fetcher=_fetch_nothing) for text in css]
    pdf: bytes = made.HTML(string=html, url_fetcher=_fetch_nothing).write_pdf(stylesheets=sheets)
    return pdf
