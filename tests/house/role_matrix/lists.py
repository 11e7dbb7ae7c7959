"""Lists as workbooks: in the scope of their pages."""

PAGES: dict[tuple[str, str], str] = {
    ("evaluation:rankings-list", "GET"): "SAAAAAAAAA",
    ("evaluation:reviews-list", "GET"): "SAAAAAANNA",
}
