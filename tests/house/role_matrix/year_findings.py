"""年终整改 by who marks the item or the office; 公众满意度 by the office."""

PAGES: dict[tuple[str, str], str] = {
    ("evaluation:accept-satisfaction", "POST"): "SFFAAFFFFF",
    ("evaluation:satisfaction", "GET"): "SFFAAFFFFF",
    ("evaluation:satisfaction", "POST"): "SFFAAFFFFF",
    ("evaluation:satisfaction-template", "GET"): "SFFAAFFFFF",
    ("evaluation:year-rectification", "GET"): "SAAAAFFFFF",
    ("evaluation:year-rectification", "POST"): "SAAAAFFFFF",
}
