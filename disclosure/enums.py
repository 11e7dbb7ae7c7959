from django.db.models import TextChoices

APP = "disclosure"
DOCUMENT = "14"


class Channel(TextChoices):
    """Where an item is made public; the first three go through the audit of websites and new media (四（一）)."""

    SITE = "site", "政府网站"
    MEDIA = "media", "政务新媒体"
    BOTH = "both", "政府网站和政务新媒体"
    GAZETTE = "gazette", "政府公报"
    HALL = "hall", "政务服务中心"
    CREDIT = "credit", "企业信用信息网"
    AGENCY = "agency", "北京市中介服务交易平台"
    OTHER = "other", "其他"


class Stage(TextChoices):
    DRAFT = "draft", "草稿"
    WAITING = "waiting", "待审核"
    REVIEWED = "reviewed", "已审核"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "撤下"


class Check(TextChoices):
    POLITICAL = "political", "政治关"
    OPINION = "opinion", "舆情关"
    LEGAL = "legal", "法律关"
    POLICY = "policy", "政策关"
    CONTENT = "content", "内容关"
    SECRECY = "secrecy", "保密审查"


class Decision(TextChoices):
    PASSED = "passed", "通过"
    RETURNED = "returned", "退回"


class Ground(TextChoices):
    SECRET = "secret", "商业秘密"
    PRIVACY = "privacy", "个人隐私"
    OTHER = "other", "其他合法权益"


class Answer(TextChoices):
    """What the third party said; blank until then."""

    AGREED = "agreed", "同意公开"
    REFUSED = "refused", "不同意公开"
    SILENT = "silent", "逾期未答复"
