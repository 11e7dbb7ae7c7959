"""Short titles of clauses, for lists and links."""

import re

FIXED = {
    "通知": "通知",
    "引言": "标题与引言",
    "附件清单": "附件清单",
    "决定": "决定",
    "落款": "落款",
}
MARKER = re.compile(
    r"^(?:- )?(?:第[一二三四五六七八九十]+[章条] ?|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)] ?|\d+\. ?)"
)
BREAK = re.compile(r"[。：:；;\n]")
LONGEST = 30


def heading_of(ref: str, text: str) -> str:
    """Short title of a clause: the printed heading where there is one, else the beginning of the sentence."""
    if ref in FIXED:
        return FIXED[ref]
    first = text.split("\n", 1)[0]
    if "\t" in first:
        return row_heading(ref, first)
    if ref.endswith("·注"):
        return "注"
    if ref.endswith("·单位"):
        return "牵头单位、责任单位"
    stripped = MARKER.sub("", first).replace("**", "")
    if re.fullmatch(r"附件 ?\d*[：:]?", stripped):
        lines = [line for line in text.split("\n") if line.strip()]
        stripped = lines[1] if len(lines) > 1 else stripped
    heading = BREAK.split(stripped, maxsplit=1)[0].strip()
    return heading if len(heading) <= LONGEST else heading[:LONGEST] + "…"


def row_heading(ref: str, line: str) -> str:
    """Name of a table row: its 考评内容 or its 被考核部门, with the blanks of the scan taken out."""
    if "·表头" in ref:
        return "表头"
    cells = [cell.strip() for cell in line.split("\t")]
    name = re.sub(r"\s+", "", cells[2]) if len(cells) > 2 else cells[0]
    if ref == "附件3·1":
        return "政府办（与以下各行的名称同在一格）"
    if not name:
        name = row_names().get(ref, "")
    return name if len(name) <= LONGEST else name[:LONGEST] + "…"


def row_names() -> dict[str, str]:
    """Rows 2–10 of 附件3: their names stand together in the cell of row 1, split by blanks."""
    names = [
        "发改委",
        "农业农村局",
        "经信局",
        "住建委",
        "城管委",
        "教委",
        "科委",
        "文旅局",
        "商务局（粮食和物资储备局）",
    ]
    return {f"附件3·{number}": f"{name}（名称印在第1行）" for number, name in enumerate(names, start=2)}
