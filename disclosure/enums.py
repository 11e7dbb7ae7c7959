from django.db.models import TextChoices

from miyun_kpi.lib.citations import code_of, document_of

APP = "disclosure"
DOCUMENT = document_of("disclosure")


def duty_key(place: str) -> str:
    """The key of a duty of this document as the fixture writes it."""
    return f"{code_of(DOCUMENT)}/{place}"


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
    SUBMITTED = "submitted", "待审核"
    REVIEWED = "reviewed", "已审核"
    PUBLISHED = "published", "已发布"
    TAKEN_DOWN = "taken-down", "撤下"


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


class Applicant(TextChoices):
    """Columns of the yearly report (推定: not printed in the gazette; those of the national form of the 年报)."""

    NATURAL = "natural", "自然人"
    BUSINESS = "business", "商业企业"
    RESEARCH = "research", "科研机构"
    WELFARE = "welfare", "社会公益组织"
    LEGAL = "legal", "法律服务机构"
    OTHER = "other", "其他组织"


class Way(TextChoices):
    COUNTER = "counter", "当面"
    POST = "post", "邮寄"
    NET = "net", "网络"
    FAX = "fax", "传真"


class HoldKind(TextChoices):
    THIRD = "third", "征求第三方意见"
    ORGAN = "organ", "征求其他机关意见"


class Outcome(TextChoices):
    """Rows of the yearly report (推定: not printed in the gazette; those of the national form of the 年报)."""

    GRANTED = "granted", "予以公开"
    PARTIAL = "partial", "部分公开"
    SECRET = "state-secret", "不予公开：属于国家秘密"
    FORBIDDEN = "forbidden", "不予公开：其他法律行政法规禁止公开"
    STABILITY = "stability", "不予公开：危及“三安全一稳定”"
    THIRD = "third", "不予公开：保护第三方合法权益"
    INTERNAL = "internal", "不予公开：属于三类内部事务信息"
    PROCESS = "process", "不予公开：属于四类过程性信息"
    CASE_FILE = "case-file", "不予公开：属于行政执法案卷"
    INQUIRY = "inquiry", "不予公开：属于行政查询事项"
    ABSENT = "absent", "无法提供：本机关不掌握相关政府信息"
    TO_MAKE = "to-make", "无法提供：没有现成信息需要另行制作"
    UNCLEAR = "unclear", "无法提供：补正后申请内容仍不明确"
    PETITION = "petition", "不予处理：信访举报投诉类申请"
    REPEAT = "repeat", "不予处理：重复申请"
    PUBLICATION = "publication", "不予处理：要求提供公开出版物"
    MASS = "mass", "不予处理：无正当理由大量反复申请"
    CONFIRM = "confirm", "不予处理：要求行政机关确认或重新出具已获取信息"
    NOT_CORRECTED = "not-corrected", "其他处理：申请人无正当理由逾期不补正"
    UNPAID = "unpaid", "其他处理：申请人逾期未按收费通知要求缴纳费用"
    OTHER = "other", "其他处理：其他"


class ChallengeKind(TextChoices):
    REVIEW = "review", "行政复议"
    SUIT = "suit", "行政诉讼"


class Finding(TextChoices):
    """As the yearly form counts them; without one it is still pending (尚未审结)."""

    UPHELD = "upheld", "结果维持"
    CORRECTED = "corrected", "结果纠正"
    OTHER = "other", "其他结果"
