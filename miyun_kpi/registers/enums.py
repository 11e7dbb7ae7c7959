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
    CREDIT_CODE = "credit_code", "统一社会信用代码"
    DOCUMENT = "document", "文号"
    PERSON = "person", "姓名"
    PLACE = "place", "地点"
    MONEY = "money", "金额"
    AREA = "area", "面积"
    TARGET = "target", "目标"
    SEALED = "sealed", "加密的文字"


# What is summed, sorted and exported as a number.
NUMERIC = frozenset({FieldType.NUMBER, FieldType.MONEY, FieldType.AREA})


class Act(TextChoices):
    """What happened to a record, in the words of its trail."""

    CREATED = "created", "登记"
    CHANGED = "changed", "修改"
    STEPPED = "stepped", "办理"
    REVOKED = "revoked", "撤销登记"
    IMPORTED = "imported", "导入"
    OPENED = "opened", "期初登记"
    HANDED_OVER = "handed", "移交"
    EMENDED = "emended", "勘正"
