"""Workbooks of targets and projects: everybody signed in, as their pages."""

PAGES: dict[tuple[str, str], str] = {
    ("water:projects-sheet", "GET"): "SAAAAAAAAA",
    ("water:targets-sheet", "GET"): "SAAAAAAAAA",
}
