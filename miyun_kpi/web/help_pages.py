"""Which chapter of the manual belongs to a page: routes as plain names, so that web need not know the apps above it.

A row is a route ("evaluation:sheet"), the beginning of several ("evaluation:draft*"), or all of a subject ("water:"); the
longest that fits is taken. The value is the title of a chapter, or chapter｜section. A test holds that every page of every
role has one and that the manual has it.
"""

from miyun_kpi.web.manual import WITHIN, address_of

DESK = "一、登录与工作台"
MARKING = "二、考评部门：打分"
OFFICE = "三、区政府办（考评办）"
UNITS = "四、被考评单位"
SCHEME = "五、考评方案的一年（考评办）"
LISTS = "六、任务清单、督办台账、数据表、机构名单"
YEAR_END = "七、年终考评"
YEAR_CLOSE = "八、年终收尾"
DUTIES = "九、各文件的任务（14号、15号、19号、22号）"
REGISTERS = "十、登记簿的共同用法"
DISCLOSURE = "十一、政务公开（14号）"
SAFETY = "十二、城市安全（15号）"
WATER = "十三、水环境（22号）"
FINANCE = "十四、绿色金融（19号）"
FARMLAND = "十五、耕地占补（21号）"
POSTDOC = "十六、博士后（27号）"
PERSONNEL = "十七、人事任免（16号、23号、32号）"
ADMINISTRATION = "十八、管理员（三权分立）"
GAZETTE = "十九、公报与文本存疑"


def _in(chapter: str, section: str) -> str:
    return f"{chapter}{WITHIN}{section}"


def _rows(place: str, names: str, app: str) -> dict[str, str]:
    return {f"{app}:{name}": place for name in names.split()}


PLACES: dict[str, str] = {
    "accounts:": ADMINISTRATION,
    **_rows(DESK, "sign-in me change-password switch-post sessions", "accounts"),
    "api:docs": _in(YEAR_END, "接口"),
    "powers:": _in(ADMINISTRATION, "联络员"),
    "audit:": ADMINISTRATION,
    "attachments:": UNITS,
    "emendations:": _in(REGISTERS, "勘正"),
    "proposals:": _in(REGISTERS, "双人办理"),
    "drafts:": DESK,
    "help:": DESK,
    "inbox:": DESK,
    "jobs:": OFFICE,
    "gazette:": GAZETTE,
    "operations:": ADMINISTRATION,
    "organisations:": ADMINISTRATION,
    "organisations:organisation": _in(LISTS, "单位页"),
    "organisations:import-list": _in(LISTS, "导入机构名单"),
    "organisations:accept-list": _in(LISTS, "导入机构名单"),
    "duties:": DUTIES,
    **_rows(
        _in(DUTIES, "上线前已办的任务期（期初已办）"),
        "opening opening-template opening-upload accept-opening",
        "duties",
    ),
    "evaluation:": OFFICE,
    **_rows(
        _in(OFFICE, "据实打分"),
        "record-lines withdraw-record-line carry-record-lines carry-mark-conditions mark-conditions move-mark-condition withdraw-mark-condition",
        "evaluation",
    ),
    **_rows(
        MARKING,
        "index sheet* row-panel save-mark give-reason give-difference save-column accept-proposed paste-preview undo-workbook file-sheet add-scan remove-scan "
        "certify-sheet withdraw-sheet unlock-sheet rulebook* withdraw-rulebook-line tracking-review accept-reports return-report press-for-correction",
        "evaluation",
    ),
    **_rows(
        UNITS,
        "tracking tracking-year monthly-report report* submit-reports save-report feedback* confirm-feedback sign-feedback ask-review "
        "rectification* answer-rectification review* withdraw-review consent-review",
        "evaluation",
    ),
    "evaluation:leader*": _in(DESK, "领导首页和单位首页"),
    "evaluation:receipt*": _in(UNITS, "得分明细和升降归因"),
    **_rows(
        SCHEME,
        "scheme* carriers draft* copy-scheme add-draft-* remove-draft-indicator discard-draft propose-issue decide-issue amend-scheme "
        "amendment decide-amendment batch* figure choose-figures propose-figures check-batch task-table* accept-task-table",
        "evaluation",
    ),
    **_rows(
        _in(LISTS, "绩效任务清单"),
        "task tasks indicator-tasks* unit-tasks* read-tasks accept-tasks withdraw-task",
        "evaluation",
    ),
    **_rows(
        _in(LISTS, "督办台账（部门第10项）"),
        "supervision* register-supervision read-supervision change-supervision",
        "evaluation",
    ),
    **_rows(_in(LISTS, "月度数据表"), "data-table* read-data-table accept-data-table", "evaluation"),
    **_rows(_in(YEAR_END, "加减分"), "adjustment* propose-adjustment amend-adjustment city-result", "evaluation"),
    **_rows(
        _in(YEAR_END, "年终页（考评办办理，区领导、审计员可看）"),
        "year-end* year-method deliberation record-veto decide-veto report-year year-document year-sheet",
        "evaluation",
    ),
    **_rows(
        _in(YEAR_CLOSE, "自查报告"), "self-report* send-self-report sign-self-report decide-self-report", "evaluation"
    ),
    **_rows(_in(YEAR_CLOSE, "现场考评"), "visit* plan-visit note-visit", "evaluation"),
    **_rows(
        _in(YEAR_CLOSE, "效果评价"), "effect* open-leader-survey fill-leader-form close-leader-survey", "evaluation"
    ),
    **_rows(_in(YEAR_CLOSE, "年度进度"), "year-plan* set-plan-day", "evaluation"),
    **_rows(_in(YEAR_CLOSE, "归档包"), "year-archive make-year-archive", "evaluation"),
    **_rows(
        _in(YEAR_CLOSE, "年终整改和公众满意度"), "year-rectification satisfaction* accept-satisfaction", "evaluation"
    ),
    "disclosure:": DISCLOSURE,
    "disclosure:application*": _in(DISCLOSURE, "依申请公开"),
    "disclosure:new-application": _in(DISCLOSURE, "依申请公开"),
    "disclosure:review*": _in(DISCLOSURE, "审核"),
    "disclosure:package*": _in(DISCLOSURE, "发布"),
    "disclosure:annual*": _in(DISCLOSURE, "年报"),
    "safety:": SAFETY,
    "water:": WATER,
    "finance_policy:": FINANCE,
    "farmland:": FARMLAND,
    "farmland:opening": _in(FARMLAND, "上线前：期初和单价"),
    "farmland:application*": _in(FARMLAND, "一件申请从登记到核销"),
    "farmland:new-application": _in(FARMLAND, "一件申请从登记到核销"),
    "farmland:lot*": _in(FARMLAND, "批次入库（区规自分局）"),
    "farmland:new-lot": _in(FARMLAND, "批次入库（区规自分局）"),
    "farmland:money": _in(FARMLAND, "收支和奖励（区财政局）"),
    "farmland:money-line": _in(FARMLAND, "收支和奖励（区财政局）"),
    "farmland:payable": _in(FARMLAND, "收支和奖励（区财政局）"),
    "farmland:reconciling": _in(FARMLAND, "收支和奖励（区财政局）"),
    "farmland:reverse-money": _in(FARMLAND, "收支和奖励（区财政局）"),
    "farmland:rates": _in(FARMLAND, "上线前：期初和单价"),
    "farmland:strike-row": _in(FARMLAND, "上线前：期初和单价"),
    "farmland:entries": _in(FARMLAND, "账本和核对"),
    "farmland:reverse-entry": _in(FARMLAND, "账本和核对"),
    "farmland:rewards": _in(FARMLAND, "收支和奖励（区财政局）"),
    "farmland:transfer*": _in(FARMLAND, "转让外区、年度计划、试算"),
    "farmland:trial": _in(FARMLAND, "转让外区、年度计划、试算"),
    "farmland:plan": _in(FARMLAND, "转让外区、年度计划、试算"),
    "postdoc:": POSTDOC,
    "postdoc:station*": _in(POSTDOC, "登记工作站（区人社局）"),
    "postdoc:new-station": _in(POSTDOC, "登记工作站（区人社局）"),
    "postdoc:new-stay": _in(POSTDOC, "登记进站（填报单位）"),
    "postdoc:stay*": _in(POSTDOC, "在站"),
    "postdoc:reveal": _in(POSTDOC, "看个人信息（区人社局）"),
    "postdoc:entitlement*": _in(POSTDOC, "待遇"),
    "postdoc:application*": _in(POSTDOC, "申报到拨付"),
    "postdoc:new-application": _in(POSTDOC, "申报到拨付"),
    "postdoc:money": _in(POSTDOC, "预算和标准"),
    "personnel:": PERSONNEL,
    # Registers of every subject are used alike.
    **{
        f"{app}:{name}": REGISTERS
        for app in ("disclosure", "safety", "water", "finance_policy", "farmland", "postdoc")
        for name in (
            "records",
            "record*",
            "new-record",
            "import-records",
            "accept-records",
            "save-record",
            "step-record",
        )
    },
}


def place_of(route: str) -> str:
    """The title of what belongs to a page, "" for a page that nobody has given one."""
    fitting = [row for row in PLACES if (route == row if row[-1] not in ":*" else route.startswith(row.rstrip("*")))]
    return PLACES[max(fitting, key=lambda row: (row == route, len(row)))] if fitting else ""


def help_for(route: str) -> tuple[str, str]:
    """(address, title) of the help of a page."""
    place = place_of(route) or DESK
    return address_of(place), place.replace(WITHIN, "，")
