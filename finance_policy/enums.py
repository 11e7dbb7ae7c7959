from django.db.models import TextChoices

from miyun_kpi.lib.citations import document_of

DOCUMENT = document_of("finance_policy")
# Where the registers hang: /finance/records/…, kinds "finance.…".
APP, SUBJECT = "finance", "finance_policy"


class Focus(TextChoices):
    """四（一）to（七）: what the document supports first."""

    ECOLOGY = "1", "四（一）生态保护和空间格局优化"
    TRADITION = "2", "四（二）传统产业转型升级"
    LEADING = "3", "四（三）主导产业创新发展"
    FARMING = "4", "四（四）精品农业和生态文旅发展"
    CITY = "5", "四（五）生态创新型城市建设"
    POLLUTION = "6", "四（六）污染源防治"
    VALUE = "7", "四（七）生态产品价值实现"


class Level(TextChoices):
    """分级给予贴息支持 (三（一）1); how many levels there are is not printed: three (推定).

    No printed basis for the number; “分级” needs more than one, and a level nobody is given does no harm.
    """

    FIRST = "1", "一级"
    SECOND = "2", "二级"
    THIRD = "3", "三级"


class Grade(TextChoices):
    """附件·32: five grades of 企业环境行为, shown by colours in this order."""

    GREEN = "green", "绿（好）"
    BLUE = "blue", "蓝（较好）"
    YELLOW = "yellow", "黄（一般）"
    RED = "red", "红（差）"
    BLACK = "black", "黑（很差）"


class ReturnState(TextChoices):
    DRAFT = "draft", "草稿"
    FILED = "filed", "已报送，待审核"
    RETURNED = "returned", "退回"
    ACCEPTED = "accepted", "已接受"


# What the bank may still write in.
WRITABLE = (ReturnState.DRAFT, ReturnState.RETURNED)


class EntryKind(TextChoices):
    """What moves 绿色信贷风险补偿基金 (三（二）4)."""

    PAID_IN = "paid-in", "注资"
    RECOVERED = "recovered", "追回"
    LOAN_LOSS = "loan-loss", "补偿绿色信贷损失"
    BOND_LOSS = "bond-loss", "分担绿色债券违约"
    REVERSED = "reversed", "冲正"


INWARD = frozenset({EntryKind.PAID_IN, EntryKind.RECOVERED})
OUTWARD = frozenset({EntryKind.LOAN_LOSS, EntryKind.BOND_LOSS})


class SubsidyState(TextChoices):
    """What was released; money that is due or to be given back follows from its lines."""

    RELEASED = "released", "已核准"
    REVOKED = "revoked", "已撤销"


class SubsidyLineKind(TextChoices):
    """Lines of a 贴息. CHANGED: the facts give another sum than they did; the difference is to be paid or given back."""

    PAID = "paid", "拨付"
    RECOVERED = "recovered", "追回到账"
    CHANGED = "changed", "差额"
    REVERSED = "reversed", "冲正"
