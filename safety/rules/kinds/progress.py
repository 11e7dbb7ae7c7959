"""时间表和路线图 of each unit (三（一）), 动态评估 against the imported system of indicators (三（三）), and the one-off deliverable."""

from miyun_kpi.lib.relations import Relation
from miyun_kpi.registers.enums import FieldType
from miyun_kpi.registers.rules.kinds import Field, Kind, Stage, Step
from safety.enums import DOCUMENT

RESULTS = (("met", "达标"), ("partly", "部分达标"), ("unmet", "未达标"))
ROADMAP = Kind(
    app="safety",
    code="roadmap",
    title="时间表和路线图",
    name="步骤",
    document=DOCUMENT,
    clause="三（一）",
    owner="unit",
    town="town",
    due="planned_on",
    done="done_on",
    fields=(
        Field("title", "步骤", required=True),
        Field("unit", "单位", FieldType.ORGANISATION, required=True),
        Field("town", "镇街", FieldType.TOWN, listed=False),
        Field("task", "所属任务条款", longest=40),
        Field("planned_on", "计划完成", FieldType.DATE, required=True),
        Field("done_on", "实际完成", FieldType.DATE, past=True),
        Field("note", "说明", FieldType.LONG, listed=False),
    ),
    stages=(Stage("open", "进行中", "running"), Stage("done", "已完成", "done", closed=True)),
    steps=(
        Step("finish", "完成", ("open",), "done", by_owner=True, needs=("done_on",)),
        Step("reopen", "重新办理", ("done",), "open", reason=True),
    ),
)
INDICATOR = Kind(
    app="safety",
    code="indicators",
    title="创建指标体系",
    name="指标",
    document=DOCUMENT,
    clause="三（三）",
    unique=("number",),
    fields=(
        Field("number", "编号", required=True, longest=20),
        Field("title", "指标", required=True, longest=300),
        Field("full", "分值", FieldType.NUMBER, places=2, summed=True),
        Field("source", "来源", help="国务院安委会或市安委会的哪份文件"),
    ),
    note="国务院安委会和市安委会创建指标体系原文没有印，由区安委会办公室导入。",
)
ASSESSMENT = Kind(
    app="safety",
    code="assessments",
    title="动态评估",
    name="评估",
    document=DOCUMENT,
    clause="三（三）",
    owner="unit",
    town="town",
    unique=("unit", "indicator", "on"),
    fields=(
        Field("indicator", "指标编号", required=True, longest=20),
        Field("unit", "单位", FieldType.ORGANISATION, required=True, relation=Relation.STAYS),
        Field("town", "镇街", FieldType.TOWN, listed=False, relation=Relation.STAYS),
        Field("on", "评估日期", FieldType.DATE, past=True, required=True),
        Field("result", "结果", FieldType.CHOICE, choices=RESULTS, required=True),
        Field("score", "得分", FieldType.NUMBER, places=2),
        Field("evidence", "依据", FieldType.LONG, listed=False),
    ),
)
DELIVERABLE = Kind(
    app="safety",
    code="deliverables",
    title="重大安全风险“一票否决”的管理办法",
    name="文稿",
    document=DOCUMENT,
    clause="二（四）6",
    owner="unit",
    fields=(
        Field("title", "文稿", required=True),
        Field("unit", "承办单位", FieldType.ORGANISATION, required=True),
        Field("due_on", "完成时限", FieldType.DATE),
        Field("number", "文号", FieldType.DOCUMENT, longest=60),
        Field("note", "说明", FieldType.LONG, listed=False),
    ),
    due="due_on",
    stages=(
        Stage("draft", "起草", "draft"),
        Stage("asked", "征求意见", "running"),
        Stage("issued", "已印发", "done", closed=True),
    ),
    steps=(
        Step("ask", "征求意见", ("draft",), "asked", by_owner=True),
        Step("issue", "印发", ("asked",), "issued", needs=("number",), second_person=True),
    ),
    note="只登记这份办法的制定；办法本身不改变任何考评得分。",
)
