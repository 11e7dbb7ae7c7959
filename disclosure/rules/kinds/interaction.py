"""解读, 推送, 咨询, 参与互动, 政策文件, 培训 (三（三）至（六）, 四（一）, 五（三）)."""

from decimal import Decimal

from disclosure.rules.kinds.common import (
    UNIT,
    YEAR,
    choice,
    day,
    kept,
    long,
    published,
    text,
    truth,
)
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Stage, Step


def count(name: str, label: str, unit: str) -> Field:
    return Field(name, label, FieldType.NUMBER, unit=unit, summed=True, least=Decimal(0))


INTERPRETATION = published(
    "interpretations", "政策解读", "三（三）", text("policy", "政策性文件", required=True),
    choice("form", "形式", ("qa", "简明问答"), ("chart", "图表图解"), ("media", "音频视频"), ("briefing", "政策吹风"), ("other", "其他")),
    truth("organised", "同步组织"), truth("signed", "同步审签"), truth("deployed", "同步部署"),
    truth("copied", "简单转发媒体报道或以相关工作总结作为解读材料"),
    truth("head", "主要负责人解读（一把手解读）", listed=True), text("speaker", "第一解读人", listed=False),
    day("held_on", "解读日期", required=True), name="解读",
    note="政策解读材料原则上要以简明问答为主；不得简单转发媒体报道或以相关工作总结作为解读材料。",
)  # fmt: skip
INQUIRY = kept(
    "inquiries", "政务咨询", "三（五）", text("question", "咨询事项", required=True), UNIT,
    choice("way", "渠道", ("hotline", "市民服务热线"), ("phone", "部门对外联系电话"), ("site", "政府网站"), ("media", "政务新媒体")),
    day("received_on", "受理日期", required=True), text("first", "首问人", required=True, listed=False),
    Field("asker", "咨询人和联系方式", secret=True, listed=False), long("detail", "咨询内容"),
    Field("responsible", "负责部门", FieldType.ORGANISATION), day("told_on", "告知咨询人日期"),
    long("answer", "答复"), day("answered_on", "答复日期"), name="咨询",
    stages=(Stage("taken", "已受理", "running"), Stage("told", "已告知负责部门", "due"), Stage("answered", "已答复", "done", True)),
    steps=(
        Step("tell", "告知负责部门", ("taken",), "told", by_owner=True, needs=("responsible", "told_on")),
        Step("answer", "登记答复", ("taken", "told"), "answered", by_owner=True, needs=("answer", "answered_on")),
    ),
    note="首问负责制：有问必答、有疑必释，不得推诿、拖延，没有“不受理”这个阶段。",
)  # fmt: skip
MEETING = kept(
    "meetings", "会议开放", "三（六）", text("topic", "会议议题", required=True), UNIT, day("held_on", "日期", required=True),
    choice("meeting", "会议", ("standing", "区政府常务会"), ("town", "镇长办公会"), ("department", "部门办公会"), ("video", "电视电话会议")),
    count("citizens", "企业市民代表", "人"), count("experts", "专家", "人"), count("press", "媒体", "人"),
    count("suggested", "意见建议", "条"), count("adopted", "采纳", "条"), long("views", "意见建议和采纳情况"),
    choice("live", "直播", ("tv", "广播电视"), ("site", "政府网站"), ("media", "政务新媒体"), ("none", "没有直播")), name="会议开放",
    note="各机关每季度至少开展一次会议开放；不开展的，在任务页作书面说明。",
)  # fmt: skip

INTERACTION = (
    INTERPRETATION,
    kept("pushes", "政策推送", "三（四）", text("title", "推送的信息", required=True), UNIT, day("sent_on", "推送日期", required=True), text("to", "对象（企业、市民）", required=True), text("platform", "平台", listed=False), count("reached", "送达", "人（家）"), name="推送"),
    kept("answers", "政策答疑", "三（四）", text("title", "答疑活动", required=True), UNIT, day("held_on", "日期", required=True), choice("where", "走进", ("chamber", "企业商会"), ("association", "协会"), ("community", "基层社区"), ("other", "其他")), count("people", "参加", "人"), name="答疑"),
    INQUIRY,
    MEETING,
    kept("open-days", "政务开放日", "三（六）", text("title", "主题", required=True), UNIT, day("held_on", "日期", required=True), count("people", "参加", "人"), name="开放日"),
    kept(
        "policies", "政策文件", "四（一）", text("title", "文件名称", required=True), UNIT, text("number", "文号", required=True),
        day("made_on", "印发日期", required=True), day("opened_on", "主动公开日期"), long("reason", "拟不主动公开的理由"),
        day("next_on", "下次定期审查"), name="政策文件", unique=("number",),
        note="没有填主动公开日期的，是拟不主动公开的政策文件。",
    ),
    kept(
        "policy-reviews", "拟不主动公开文件的定期审查", "四（一）", text("number", "文号", required=True), UNIT,
        day("reviewed_on", "审查日期", required=True), choice("outcome", "结论", ("keep", "仍不主动公开"), ("open", "转为主动公开")),
        long("reason", "理由", required=True), name="审查",
    ),
    kept("trainings", "业务培训", "五（三）", text("title", "培训", required=True), UNIT, day("held_on", "日期", required=True), choice("topic", "内容", ("law", "《政府信息公开条例》"), ("active", "主动公开"), ("request", "依申请公开"), ("explain", "解读回应"), ("site", "政府网站及政务新媒体管理")), count("people", "参加", "人次"), name="培训"),
    kept("measures", "各单位具体措施", "五（三）", text("title", "具体措施", required=True), UNIT, YEAR, long("detail", "内容"), name="措施"),
)  # fmt: skip
