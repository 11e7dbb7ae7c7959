"""What a 联络员 proposes: nobody of these is one; the two administrators have the list that waits for them, the system
administrator the accounts by a list."""

PAGES: dict[tuple[str, str], str] = {
    ("powers:accept-list", "POST"): "SFFFFFFAFF",
    ("powers:list", "GET"): "SFFFFFFAFF",
    ("powers:list", "POST"): "SFFFFFFAFF",
    ("powers:list-template", "GET"): "SFFFFFFAFF",
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
