"""What a 联络员 proposes: nobody of these is one; the two administrators have the list that waits for them."""

PAGES: dict[tuple[str, str], str] = {
    ("powers:unit", "GET"): "SFFFFFFFFF",
    ("powers:unit-account", "GET"): "SFFFFFFFFF",
    ("powers:unit-account", "POST"): "SFFFFFFFFF",
    ("powers:unit-person", "GET"): "SFFFFFFFFF",
    ("powers:unit-person", "POST"): "SFFFFFFFFF",
    ("powers:unit-post", "GET"): "SFFFFFFFFF",
    ("powers:unit-post", "POST"): "SFFFFFFFFF",
    ("powers:waiting", "GET"): "SFFFFFFAAF",
    ("powers:waiting", "POST"): "SFFFFFFAAF",
}
