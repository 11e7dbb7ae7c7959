from django.db.models import TextChoices

from miyun_kpi.lib.citations import document_of

APP = "postdoc"
DOCUMENT = document_of("postdoc")


class StationKind(TextChoices):
    ENTERPRISE = "enterprise", "企业工作站"
    INSTITUTION = "institution", "事业单位工作站"
    PARK_BRANCH = "park-branch", "园区分站"


class Level(TextChoices):
    NATIONAL = "national", "国家"
    CITY = "city", "北京市"


class DocumentKind(TextChoices):
    IDENTITY_CARD = "identity-card", "居民身份证"
    PASSPORT = "passport", "护照"
    OTHER = "other", "其他证件"


class Standing(TextChoices):
    """With what 人员身份 somebody is taken in (第七条)."""

    NO_RELATION = "no-relation", "无人事（劳动）关系人员"
    GRADUATE = "graduate", "应届博士毕业生"
    EMPLOYED = "employed", "在职人员"
    FOREIGN = "foreign", "外籍人员"


class MentorTitle(TextChoices):
    FULL = "full", "正高级"
    DEPUTY = "deputy", "副高级"
    OTHER = "other", "其他"


class Leaving(TextChoices):
    """How a stay ended; blank while it lasts."""

    COMPLETED = "completed", "期满出站"
    EARLY = "early", "提前出站"
    WITHDRAWN = "withdrawn", "退站"


class Ground(TextChoices):
    """第十六条, in its own words."""

    ASSESSMENT = "01", "（一）中期或者出站考核不合格的"
    MISCONDUCT = "02", "（二）严重违反学术道德，弄虚作假，影响恶劣的"
    DISCIPLINE = "03", "（三）因旷工等行为违反所在单位劳动纪律规定，符合解除劳动（聘用）合同情形的"
    ILLNESS = "04", "（四）因患病等原因难以完成研究工作的"
    ABROAD = "05", "（五）出国逾期不归超过 30 天的"
    NO_DEGREE = "06", "（六）进站 6 个月后仍未取得国家承认的博士学位证书的"
    FALSE_PAPERS = "07", "（七）提供虚假材料获得进站资格的"
    CRIMINAL = "08", "（八）被处以刑事处罚的"
    OVERSTAY = "09", "（九）合同（协议）期满，无正当理由不办理出站手续或在站时间超过 6 年的"
    NOT_ARRIVED = "10", "（十）办理进站手续后，未按照有关协议约定到岗开展工作的"
    OWN_WISH = "11", "（十一）个人申请提前退站的"
    OTHER = "12", "（十二）其他原因应当予以退站的"


# Health and criminal record: read by handlers of 区人社局 alone.
RESTRICTED = frozenset({Ground.ILLNESS, Ground.CRIMINAL})


class Notice(TextChoices):
    TOLD = "told", "告知本人"
    PUBLIC = "public", "公告"


class Result(TextChoices):
    PASSED = "passed", "合格（通过）"
    FAILED = "failed", "不合格"


class Grant(TextChoices):
    """Six kinds of money of 第五章."""

    STATION = "station", "设站补助"
    STATION_AWARD = "station-award", "工作站奖励"
    LIVING = "living", "在站生活补贴"
    EXCELLENT = "excellent", "优秀博士后奖励"
    LEAVING = "leaving", "出站生活补贴"
    CONVERSION = "conversion", "成果转化奖励"


# Paid to the person after tax, not to be kept or charged for (第二十、二十一、二十七条).
TO_PERSONS = frozenset({Grant.LIVING, Grant.EXCELLENT, Grant.LEAVING, Grant.CONVERSION})


class Phase(TextChoices):
    DRAFT = "draft", "草稿"
    FILED = "filed", "已报送，待区人社局审核"
    RETURNED = "returned", "退回补正"
    APPROVED = "approved", "待区财政局拨付"
    REFUSED = "refused", "不予资助"
    WITHDRAWN = "withdrawn", "已撤回"


# An application in these phases holds its months and its once-only key.
LIVE = (Phase.DRAFT, Phase.FILED, Phase.RETURNED, Phase.APPROVED)


class Clawback(TextChoices):
    """Why money is taken back. LEFT follows from a day of leaving and is computed; the others a person decides."""

    LEFT = "left", "离站后多领"
    FRAUD = "fraud", "弄虚作假、挤占挪用"
    WRONG = "wrong", "误付"


class Entry(TextChoices):
    """Lines of the money ledger. A line is never changed; REVERSED takes another one back."""

    PAID = "paid", "区财政局拨付"
    FAILED = "failed", "拨付失败退回"
    TAX = "tax", "代缴个人所得税"
    HANDED = "handed", "拨付给本人"
    CLAWBACK = "clawback", "决定追回"
    RECOVERED = "recovered", "追回到账"
    REVERSED = "reversed", "冲正"
