from django.db.models import TextChoices


class ChangeKind(TextChoices):
    """What the feed of changes tells of."""

    PUBLICATION = "publication", "排名通报"
    CORRECTION = "correction", "排名更正"
    ORGANISATION = "organisation", "机构变动"
    SCHEME_ISSUED = "scheme-issued", "方案印发"
    SCHEME_AMENDED = "scheme-amended", "方案修订"
