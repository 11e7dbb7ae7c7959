from django.db.models import TextChoices

from miyun_kpi.lib.citations import document_of

DOCUMENT = document_of("water")


class Target(TextChoices):
    """The targets of 二, in its words and order."""

    TREATED = "treated", "全区污水处理率"
    COVERED = "covered", "农村地区生活污水处理设施覆盖率"
    ZONES = "zones", "密云水库一、二级保护区农村生活污水处理设施基本全覆盖"
    MIXED = "mixed", "城区雨污合流治理取得显著成效"
    SLUDGE = "sludge", "污泥产品资源化利用率显著提升"
    SECTIONS = "sections", "国家和市级考核断面水质达到考核要求"


class Source(TextChoices):
    STATISTICS = "statistics", "统计"
    MONITORING = "monitoring", "监测"
    SURVEY = "survey", "普查"
    LETTER = "letter", "单位来函"


class Verdict(TextChoices):
    REACHED = "reached", "已达到"
    NOT_YET = "not_yet", "未达到"
    OPEN = "open", "尚不能判断"
