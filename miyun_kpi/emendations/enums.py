from django.db.models import TextChoices


class Basis(TextChoices):
    """What was wrong: asked first, for what it leads to is not the same."""

    ENTRY = "entry", "录入有误，原件是对的"
    LATER = "later", "事后查明，或情况有变"
    ORIGINAL = "original", "原件有误"


class Way(TextChoices):
    """How a fact is typed."""

    TEXT = "text", "文字"
    LONG = "long", "长文字"
    DATE = "date", "日期"
    CHOICE = "choice", "选项"
    ORGANISATION = "organisation", "单位"
