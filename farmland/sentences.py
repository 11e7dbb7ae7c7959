"""Acts of 耕地占补 as sentences."""

from farmland.access import visible_applications, visible_lots, visible_transfers
from farmland.enums import Choice, MoneyKind, RateKind, State
from farmland.models import Application, Lot, Transfer
from miyun_kpi.audit.sentences import Subject, Words, choice, money, plain, yes_no
from miyun_kpi.routes import to

ACTS = {
    "farmland.application.amended": "{-state}修改{thing}",
    "farmland.application.coordinated": "{-state}登记{thing}的第十四条协调意见",
    "farmland.application.handed-over": "把{thing}由{old_unit}移交给{new_unit}，自 {on} 起[，理由：{reason}]",
    "farmland.application.posted": "{-state}核销{thing}的指标",
    "farmland.application.reclaimed": "{-state}收回{thing}的指标",
    "farmland.application.registered": "{-number}登记{thing}",
    "farmland.application.released": "{-state}撤回{thing}的预留",
    "farmland.application.reserved": "{-state}给{thing}预留指标",
    "farmland.application.revoked": "{-state}撤销{thing}",
    "farmland.application.found": "{-state}改{thing}收回的不可抗力认定",
    "farmland.application.settled": "{-state}登记{thing}收回以后的费用处理",
    "farmland.entry.reversed": "冲正{thing}，共 {count} 笔[，理由：{reason}]",
    "farmland.fee.waived": "{-state}减免{thing}的耕地保护补偿费",
    "farmland.fees.assessed": "{-state}核定{thing}的占补费用",
    "farmland.ledger.checked": "重放核对{thing}，共 {entries} 笔，{equal}",
    "farmland.ledger.opened": "向{thing}导入期初和历史，批次 {lots} 个",
    "farmland.lot.accepted": "把{thing}验收入库，面积{area}",
    "farmland.lot.amended": "修改{thing}的资料",
    "farmland.money.reconciled": "确认{thing}的收支对账，共 {lines} 笔",
    "farmland.money.recorded": "登记{thing}：{kind}{amount}[，{apart}]",
    "farmland.money.reversed": "冲正{thing}[，理由：{reason}]",
    "farmland.period.entered": "录入规则期限，自 {starts_on} 至 {ends_on}[，重算 {moved} 项]",
    "farmland.period.emended": "划去自 {starts_on} 起的规则期限[，理由：{reason}]",
    "farmland.rate.emended": "划去{thing}自 {starts_on} 起的一行[，理由：{reason}]",
    "farmland.rate.entered": "录入{thing}：{value}，自 {starts_on} 起[，重算 {moved} 项]",
    "farmland.setting.chosen": "把设置{thing}选为{value}[，自 {starts_on} 起][，重算 {moved} 项]",
    "farmland.setting.emended": "划去设置{thing}自 {starts_on} 起的取值[，理由：{reason}]",
    "farmland.transfer.made": "{-number}登记{thing}，面积{area}",
    "farmland.transfer.rewarded": "登记{thing}的奖励{reward}",
    "farmland.warrant.issued": "核定{thing}：{kind}{amount}[，{apart}]",
    "farmland.warrant.revoked": "撤销{thing}[，理由：{reason}]",
}
LABELS = {
    "amount": "金额",
    "apart": "核销和付款",
    "area": "面积",
    "count": "笔数",
    "ends_on": "至",
    "entries": "笔数",
    "equal": "相符",
    "kind": "类别",
    "lines": "笔数",
    "lots": "批次",
    "moved": "重算项数",
    "number": "编号",
    "reason": "理由",
    "record_number": "备案号",
    "reward": "奖励",
    "starts_on": "自",
    "state": "状态",
    "value": "取值",
    "version": "版本",
}
WORDS: dict[str, Words] = {
    "amount": money(),
    "area": plain(" {} 亩"),
    "equal": yes_no("相符", "不相符"),
    "kind": choice(MoneyKind),
    "value": yes_no("是", "否"),
    "reward": money(),
    "state": choice(State),
}
_APPLICATION = Subject(
    "指标使用申请",
    Application,
    lambda row: f"第 {row.number} 号项目“{row.name}”",
    page=lambda row: to("farmland:application", row.pk),
    visible=visible_applications,
)
SUBJECTS = {
    "farmland-application": _APPLICATION,
    "farmland-entry": Subject("账本", called=lambda number: f"账本第 {number} 笔起的一次办理"),
    "farmland-ledger": Subject("占补账本"),
    "farmland-lot": Subject(
        "批次",
        Lot,
        lambda row: f"批次“{row.name}”",
        page=lambda row: to("farmland:lot", row.pk),
        visible=visible_lots,
    ),
    "farmland-month": Subject("月份", called=lambda month: f"{month} "),
    "farmland-warrant": Subject("付款核定", called=lambda number: f"付款核定第 {number} 号"),
    "farmland-money": Subject("占补收支", called=lambda number: f"占补收支第 {number} 笔"),
    "farmland-period": Subject("规则期限"),
    "farmland-rate": Subject("占补单价", called=lambda kind: dict(RateKind.choices).get(kind, kind)),
    "farmland-setting": Subject("占补设置", called=lambda key: f"“{dict(Choice.choices).get(key, key)}”"),
    "farmland-transfer": Subject(
        "转让外区",
        Transfer,
        lambda row: f"转让外区第 {row.number} 号",
        page=lambda row: to("farmland:transfer", row.pk),
        visible=visible_transfers,
    ),
}


def register() -> None:
    from miyun_kpi.audit.sentences import register_sentences

    register_sentences("farmland", ACTS, labels=LABELS, words=WORDS, subjects=SUBJECTS)
