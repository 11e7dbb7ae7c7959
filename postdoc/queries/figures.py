from postdoc.models import Figure
from postdoc.rules.figures import Figures, Line


def figures() -> Figures:
    """The printed table with every later line."""
    return Figures(
        Line(one.code, one.value, one.starts_on, one.document, "entered", one.document) for one in Figure.objects.all()
    )
