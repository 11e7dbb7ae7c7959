"""公开信息 (二, 三（一）（二）, 四, 五): each kind with its clause; what the text does not print is typed in."""

from disclosure.rules.kinds.common import MONTH, QUARTER, YEAR, choice, day, long, number, published, text

# Units of the sums are not printed (推定: 元, two places).
MONEY = "元"

INFORMATION = (
    published(
        "welfare", "城乡低保、特困人员（按月）", "二（五）", YEAR, MONTH,
        number("low_income", "城乡低保人员数量", "人"), number("low_income_money", "城乡低保资金支出", MONEY, places=2),
        number("destitute", "特困人员数量", "人"), number("destitute_money", "特困人员资金支出", MONEY, places=2),
        unique=("unit", "year", "month"), note="按月度公开全区城乡低保、特困人员数量和资金支出情况。",
    ),
    published(
        "relief", "临时救助（按季度）", "二（五）", YEAR, QUARTER,
        number("people", "临时救助人次数", "人次"), number("money", "资金支出", MONEY, places=2),
        unique=("unit", "year", "quarter"), note="按季度公开全区临时救助人次数和资金支出情况。",
    ),
    published(
        "freshmen", "高等教育新生入学救助（按学年）", "二（五）",
        text("school_year", "学年", required=True), number("people", "救助人次数", "人次"),
        number("money", "资金支出", MONEY, places=2), unique=("unit", "school_year"),
        note="按学年公布高等教育新生入学救助人次数和资金支出情况。学年写作 2020-2021。",
    ),
    published("charities", "慈善组织认定名单", "二（五）", text("organisation", "慈善组织", required=True), day("recognised_on", "认定日期"), name="慈善组织", unique=("organisation",)),
    published("topics", "重点领域信息", "二", choice("topic", "领域", ("region", "京津冀协同发展"), ("quality", "高质量发展"), ("reform", "“放管服”改革"), ("city", "城市精细化管理"), ("livelihood", "民生保障"), ("epidemic", "疫情防控和复工复产"))),
    published("agency-notices", "中介服务交易信息公告", "二（三）", text("project", "使用政府资金的项目", required=True), day("announced_on", "公告日期"), name="公告", note="凡使用政府资金且需委托中介服务机构完成的项目，应在北京市中介服务交易平台发布中介服务交易信息公告。"),
    published("guides", "办事指南", "二（七）", text("matter", "政务服务事项", required=True), choice("agrees", "与行政权力清单、公共服务事项清单", ("yes", "协调一致"), ("no", "待调整")), day("updated_on", "更新日期"), name="办事指南", note="在政府网站和政务服务中心实行同源管理、同源发布。"),
    published("criteria", "审查标准", "二（七）", text("matter", "政务服务事项", required=True), day("updated_on", "更新日期"), name="审查标准", note="政务服务事项申请材料的详细审查标准。"),
    published("decision-list", "重大决策事项目录", "三（一）", YEAR, text("item", "决策事项", required=True), name="决策事项", unique=("unit", "year", "item")),
    published(
        "previews", "决策预公开", "三（一）", text("item", "决策事项", required=True), long("basis", "决策依据", required=True),
        text("drafter", "承办部门（代拟）", listed=False), day("opens_on", "征集意见起", required=True),
        day("closes_on", "征集意见止", required=True), name="预公开",
        note="决策草案放在“公开的内容”或佐证材料里；区政府文件由有关承办部门代拟的，承办部门负责做好预公开工作。",
    ),
    published(
        "opinions", "征集意见情况", "三（一）", text("item", "决策事项", required=True),
        long("views", "征集意见的主要观点", required=True), number("received", "征集意见数量", "条"),
        number("adopted", "采纳意见数量", "条"), long("reasons", "未采纳意见理由"), name="征集意见情况",
        note="征集意见的主要观点、采纳意见数量、未采纳意见理由等情况要向社会主动公开。",
    ),
    published("execution", "执行情况（按季度）", "三（二）", YEAR, QUARTER, choice("source", "来源", ("report", "政府工作报告重点任务"), ("projects", "重要民生实项目"), ("tasks", "政府绩效任务")), text("task", "任务", required=True), name="执行情况", unique=("unit", "year", "quarter", "source", "task")),
    published("enforcement", "行政执法公示", "三（二）", choice("part", "内容", ("duty", "职责"), ("basis", "依据"), ("procedure", "程序"), ("result", "结果"), ("supervision", "监督途径")), name="执法公示"),
    published("both-publicities", "行政处罚、行政许可“双公示”", "三（二）", choice("act", "种类", ("penalty", "行政处罚"), ("licence", "行政许可")), text("number", "决定书文号", required=True), day("decided_on", "决定日期", required=True), name="双公示", unique=("number",)),
    published("random-checks", "“双随机、一公开”", "三（二）", choice("part", "内容", ("list", "抽查事项清单"), ("result", "检查结果")), name="双随机"),
    published("effects", "政策措施执行效果评估", "三（六）", text("policy", "政策措施", required=True), long("feedback", "企业市民的意见建议", required=True), day("assessed_on", "评估日期"), name="效果评估"),
    published("norms", "规范性文件立、改、废和公报刊登", "四（一）", text("number", "文号", required=True), choice("act", "情况", ("made", "立"), ("changed", "改"), ("repealed", "废")), day("acted_on", "日期", required=True), text("issue", "刊登的政府公报期号"), name="规范性文件", unique=("number", "act"), note="集中统一刊登见四（三）。"),
    published("directories", "政府信息公开专栏、指南和目录", "五（一）", choice("part", "种类", ("column", "专栏"), ("guide", "指南"), ("directory", "目录")), day("updated_on", "更新日期"), choice("complete", "法定要素", ("yes", "齐全"), ("no", "待补")), name="更新"),
    published("lists", "政务公开全清单", "五（二）", text("area", "领域", required=True), text("matter", "公开事项", required=True), day("updated_on", "更新日期"), name="公开事项"),
    published("village-lists", "居（村）民委员会公开事项清单", "五（二）", text("committee", "居（村）民委员会", required=True), text("matter", "公开事项", required=True), day("updated_on", "更新日期"), name="公开事项"),
)  # fmt: skip
