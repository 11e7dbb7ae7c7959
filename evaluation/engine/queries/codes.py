"""The 核验码 of a sealed paper. What was never sealed has none."""

from evaluation.engine.rules.codes import Paper, check_of, written
from miyun_kpi.audit.seals import Purpose, macs


def checks_of_paper(paper: Paper, number: int, seal: str) -> list[str]:
    """What is printed now, and what was printed while an earlier key wrote."""
    return [check_of(one) for one in macs(Purpose.CODE, str(paper).encode(), str(number).encode(), seal.encode())]


def code_of(paper: Paper, number: int, seal: str) -> str:
    """As printed: `M1A7-Q3ZK-8P2W`."""
    return written(paper, number, checks_of_paper(paper, number, seal)[0]) if seal else ""
