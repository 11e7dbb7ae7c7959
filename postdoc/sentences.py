"""Acts of 博士后 as sentences. A person is named by number and masked name, a stay by its number."""

from itertools import chain
from typing import Any

from miyun_kpi.audit.sentences import Subject, Words, choice, money, of
from miyun_kpi.routes import to
from postdoc.access import visible_applications, visible_people, visible_stations, visible_stays
from postdoc.enums import Entry, Grant, Level
from postdoc.models import Application, Arrangement, BudgetYear, Figure, LedgerCheck, Person, Station, Stay
from postdoc.rules.figures import LABELS as FIGURES
from postdoc.rules.figures import RETIRED
from postdoc.rules.money import MATERIALS

ACTS = {
    "postdoc.application.adjusted": "因离站调整{thing}，核定{amount}[，追回{clawback}]",
    "postdoc.application.created": "填报{thing}：{grant}{amount}",
    "postdoc.application.filed": "报送{thing}[，材料：{materials}]",
    "postdoc.application.imported": "导入历史拨付{thing}：{grant}{amount}",
    "postdoc.application.reviewed": "审核{thing}：{decision}，申请金额{amount}",
    "postdoc.application.saved": "保存{thing}的材料[：{materials}]",
    "postdoc.application.withdrawn": "撤回{thing}[，理由：{reason}]",
    "postdoc.arrangement.entered": "登记经费安排通知“{title}”[，允许分期拨付：{instalments}]",
    "postdoc.award.added": "登记{thing}的{level}级表彰，{day} 表彰",
    "postdoc.award.changed": "更正{thing}的{old_level}级表彰（{old_day} 表彰）：{level}级，{day} 表彰[，理由：{reason}]",
    "postdoc.award.revoked": "撤销{thing}的{level}级表彰登记，{day} 表彰[，理由：{reason}]",
    "postdoc.budget.changed": "录入{year}年预算{amount}",
    "postdoc.figure.entered": "录入标准“{code}”：{value}，自 {from} 起",
    "postdoc.figure.revoked": "撤销标准“{code}”：{value}，自 {from} 起[，理由：{reason}]",
    "postdoc.money.reversed": "冲正{thing}的一笔流水[，理由：{reason}]",
    "postdoc.money.written": "登记{thing}的流水：{kind}{amount}[，{apart}]",
    "postdoc.ledger.reconciled": "{month} 的资金流水对账：{count} 笔，付出{amount}",
    "postdoc.people.listed": "查看{thing}的人员姓名 {rows} 人次[，理由：{reason}]",
    "postdoc.person.corrected": "更正{thing}的{fields}",
    "postdoc.person.shown": "查看{thing}的个人信息[，理由：{reason}]",
    "postdoc.station.changed": "修改{thing}的{fields}",
    "postdoc.station.handed-over": "把{thing}由{old_unit}移交给{new_unit}，自 {on} 起[，理由：{reason}]",
    "postdoc.station.registered": "{-name}登记{thing}",
    "postdoc.stay.acted": "给{thing}办理“{act}”",
    "postdoc.stay.changed": "修改{thing}的{fields}",
    "postdoc.stay.registered": "{-number}登记进站：{station}，{thing}",
}
LABELS = {
    "old_day": "原表彰日期",
    "old_level": "原级别",
    "apart": "审核和拨付",
    "act": "事项",
    "amount": "金额",
    "clawback": "追回",
    "code": "标准",
    "count": "笔数",
    "day": "日期",
    "decision": "结论",
    "fields": "改动的栏",
    "from": "自",
    "grant": "项目",
    "instalments": "允许分期拨付",
    "kind": "事项",
    "level": "级别",
    "line": "流水第几号",
    "materials": "材料",
    "month": "月份",
    "name": "名称",
    "number": "编号",
    "reason": "理由",
    "rows": "人次",
    "station": "工作站",
    "title": "通知",
    "value": "数值",
    "year": "年度",
}


def _fields() -> dict[str, str]:
    """Names of columns, as changed in a station, a stay or a person."""
    columns = chain.from_iterable(model._meta.concrete_fields for model in (Station, Stay, Person))
    return {one.name: str(one.verbose_name) for one in columns}


WORDS: dict[str, Words] = {
    "amount": money(),
    "clawback": money(),
    "code": choice({code: label for code, (label, _) in {**FIGURES, **RETIRED}.items()}),
    "fields": choice(_fields()),
    "grant": choice(Grant),
    "kind": choice(Entry),
    "level": choice(Level),
    "old_level": choice(Level),
    "decision": choice(
        {
            "approve": "同意资助",
            "return": "退回补正",
            "refuse": "不予资助",
            "returned": "退回补正",
            "refused": "不予资助",
        }
    ),
    "materials": choice({code: words for rows in MATERIALS.values() for code, words in rows}),
    "station": of("postdoc.station"),
}


def _of(label: str, model: Any, name: Any, route: str, visible: Any) -> Subject:
    return Subject(label, model, name, page=lambda row: to(route, row.pk), visible=visible)


SUBJECTS = {
    "postdoc.application": _of("经费申报", Application, str, "postdoc:application", visible_applications),
    "postdoc.arrangement": Subject("经费安排通知", Arrangement, lambda row: f"经费安排通知“{row.title}”"),
    "postdoc.budgetyear": Subject("年度预算", BudgetYear, lambda row: f"{row.year}年预算"),
    "postdoc.figure": Subject("标准", Figure, lambda row: f"标准“{FIGURES.get(row.code, (row.code, ''))[0]}”"),
    "postdoc.ledgercheck": Subject("博士后资金对账", LedgerCheck, lambda row: f"{row.month} 资金对账"),
    "postdoc.person": _of("博士后人员", Person, lambda row: f"博士后人员{row}", "postdoc:entitlement", visible_people),
    "postdoc.station": _of("工作站", Station, str, "postdoc:station", visible_stations),
    "postdoc.stay": _of("在站", Stay, str, "postdoc:stay", visible_stays),
}


def register() -> None:
    from miyun_kpi.audit.sentences import register_sentences

    register_sentences("postdoc", ACTS, labels=LABELS, words=WORDS, subjects=SUBJECTS)
