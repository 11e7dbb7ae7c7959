"""What farmland hangs on the floors below, in one place."""


def register() -> None:
    from farmland.loading import load_printed
    from farmland.wording import WORDS
    from miyun_kpi.audit.wording import register_words
    from miyun_kpi.gazette.registry import register_loader
    from miyun_kpi.web.registry import register_subject

    register_words(WORDS)
    register_loader("farmland", load_printed, order=60)
    register_subject("farmland", address="/farmland/", prefixes=("/farmland/", "/duties/21/"))
