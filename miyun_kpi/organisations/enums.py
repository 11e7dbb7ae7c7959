from django.db.models import TextChoices


class Category(TextChoices):
    """Printed categories of 13号附件1; BODY is what carries duties or marks and is never scored."""

    TOWNSHIP = "township", "镇街（地区）、经济功能区"
    AGENCY = "agency", "区属行政机关"
    VERTICAL = "vertical", "垂直管理部门"
    INSTITUTION = "institution", "事业单位"
    BODY = "body", "其他机构"


class Zone(TextChoices):
    """Zones of 13号三（二）."""

    CORE = "core", "新城核心区"
    GREEN = "green", "绿色发展区"
    ECO = "eco", "生态保护区"
    ECONOMIC = "economic", "经济功能区"


class Track(TextChoices):
    TOWNSHIP = "township", "镇街（地区）、经济功能区"
    DEPARTMENT = "department", "政府部门"


# As in names of files and numbers of receipts.
TRACK_WORDS: dict[str, str] = {Track.TOWNSHIP: "镇街", Track.DEPARTMENT: "部门"}
# What a list is filtered by: value and word, "" for all.
TRACK_CHOICES: list[tuple[str, str]] = [("", "全部"), *((str(value), word) for value, word in TRACK_WORDS.items())]


class Resolution(TextChoices):
    RESOLVED = "resolved", "已对应到机构"
    OPEN = "open", "原文未明确"


CATEGORIES_BY_TRACK: dict[str, tuple[str, ...]] = {
    Track.TOWNSHIP: (Category.TOWNSHIP,),
    Track.DEPARTMENT: (Category.AGENCY, Category.VERTICAL, Category.INSTITUTION),
}


class Change(TextChoices):
    """机构改革: what becomes of an organisation under a paper."""

    MERGED = "merged", "并入"
    SPLIT = "split", "分设"
    RENAMED = "renamed", "更名"
    CLOSED = "closed", "撤并无承接"


class Part(TextChoices):
    """What an organisation is in such a change."""

    ENDED = "ended", "到当日为止"
    SUCCESSOR = "successor", "承接机构"
    SAME = "same", "同一机构"


# Behind the name of one that has ended, however it ended (并入, 分设, 撤并).
ENDED = "（已撤并）"
