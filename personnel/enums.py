from django.db.models import TextChoices

from miyun_kpi.lib.citations import documents_of

APP = "personnel"
# Documents of the gazette that appoint and remove.
DOCUMENTS = documents_of("personnel")


class ActKind(TextChoices):
    APPOINT = "appoint", "任"
    REMOVE = "remove", "免"
    OPENING = "opening", "期初任职"


class NoticeState(TextChoices):
    DRAFT = "draft", "拟稿"
    SUBMITTED = "submitted", "待印发"
    ISSUED = "issued", "已印发"


class Outcome(TextChoices):
    CONFIRMED = "confirmed", "正式任职"
    DISMISSED = "dismissed", "免去试任职务"


class ProbationState(TextChoices):
    RUNNING = "running", "试用中"
    DUE = "due", "将期满"
    OVERDUE = "overdue", "期满待决定"
    CONFIRMED = "confirmed", "正式任职"
    DISMISSED = "dismissed", "免去试任职务"
    LEFT = "left", "期间免职"
