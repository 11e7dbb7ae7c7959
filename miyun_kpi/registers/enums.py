from django.db.models import TextChoices

# Kind of the attachments that belong to a record.
EVIDENCE = "registers.record"


class FieldType(TextChoices):
    TEXT = "text", "文字"
    LONG = "long", "长文字"
    NUMBER = "number", "数字"
    DATE = "date", "日期"
    CHOICE = "choice", "选项"
    BOOL = "bool", "是否"
    ORGANISATION = "organisation", "单位"
    TOWN = "town", "镇街"
    PERIOD = "period", "期间"


class Act(TextChoices):
    """What happened to a record, in the words of its trail."""

    CREATED = "created", "登记"
    CHANGED = "changed", "修改"
    STEPPED = "stepped", "办理"
    REVOKED = "revoked", "撤销登记"
    IMPORTED = "imported", "导入"
