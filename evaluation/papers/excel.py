"""A ranking's workbook that comes back, held against the one that would be written now: every page, every cell."""

from evaluation.papers.rules import Cell, compare_page
from miyun_kpi.lib.errors import Refused
from miyun_kpi.sheets.compare import PageText, pages_of


def compare_workbook(stored: bytes, said: bytes) -> list[Cell]:
    """Only what differs. Refuses what is no workbook of this size, in words of this page."""
    ours = {page.name: page for page in pages_of(stored)}
    try:
        theirs = {page.name: page for page in pages_of(said)}
    except Refused as refusal:
        raise Refused(
            refusal.code, "这个文件读不出，或比系统导出的大，没有比对。请上传从排名页导出的那一份 .xlsx。"
        ) from refusal
    cells = [
        Cell(name, "工作表", "有" if name in theirs else "没有", "有" if name in ours else "没有")
        for name in ours.keys() ^ theirs.keys()
    ]
    for name in ours.keys() & theirs.keys():
        cells += _page(ours[name], theirs[name])
    return cells


def _page(ours: PageText, theirs: PageText) -> list[Cell]:
    concealed = [Cell(ours.name, "隐藏的行、列或表", "有", "没有")] if theirs.concealed and not ours.concealed else []
    return concealed + compare_page(ours.name, ours.rows, theirs.rows)
