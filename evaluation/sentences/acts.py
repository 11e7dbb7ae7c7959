"""One sentence for every act of the evaluation. How they are written: miyun_kpi/audit/sentences.py."""

from typing import Any

from miyun_kpi.audit.telling import Part
from miyun_kpi.lib.lists import first

# Rows of a sheet that a sentence names; the others are counted.
NAMED = 4


def _marks(telling: Any, said: set[str]) -> list[Any]:
    """把鼓楼街道由空白存为 80: the first few units, then how many."""
    rows = first(telling.data.get("rows") or [], NAMED)
    said |= {"rows", "confirmed", "review"}
    changes = [
        f"{telling.value('organisation', row.get('organisation'))}由{telling.value('old', row.get('old'))}"
        f"存为 {telling.value('new', row.get('new'))}"
        + (f"（{row['reason']}）" if row.get("reason") else "")
        + _lines_gone(row)
        for row in rows
    ]
    more = f"，共 {rows.number} 家" if rows.rest else ""
    why = "按复核决定" if telling.data.get("review") else ""
    return [
        Part(f"{why}在"),
        Part(telling.thing.name, telling.thing.address),
        Part(f"把{'，'.join(changes)}{more}"),
    ]


def _lines_gone(row: Any) -> str:
    """扣分明细 that went with a mark typed in its place."""
    gone = len(row.get("old_deductions") or [])
    return f"，原有的 {gone} 条扣分明细删去" if gone and not row.get("deductions") else ""


def _stated(telling: Any, said: set[str]) -> list[Any]:
    """What a sheet holds, said where no act of a person has said it."""
    said.add("rows")
    number = len(telling.data.get("rows") or [])
    return [Part("写明"), Part(telling.thing.name, telling.thing.address), Part(f"现有的 {number} 格得分")]


def _units(template: str) -> Any:
    """With how many units, where the data name them one by one."""

    def told(telling: Any, said: set[str]) -> list[Any]:
        rows = first(telling.data.get("rows") or [], NAMED)
        said.add("rows")
        names = "、".join(telling.value("organisation", row) for row in rows)
        more = f"等 {rows.number} 家" if rows.rest else ""
        return [*telling.filled(template, said), *([Part(f"：{names}{more}")] if rows else [])]

    return told


def _changed(before: str, after: str, template: str) -> Any:
    """What stood and what stands, by label."""

    def told(telling: Any, said: set[str]) -> list[Any]:
        changes = telling.changes(before, after, said)
        return [*telling.filled(template, said), *([Part(f"：{changes}")] if changes else [])]

    return told


ADJUSTMENT = "：{organisation}“{work}”{points} 分[，情形：{ground}]{-state}"
DECISION = "[：{kind}][，可报至 {until}][，理由：{reason}]"

ACTS: dict[str, Any] = {
    "evaluation.adjustment.amended": f"修改{{thing}}{ADJUSTMENT}",
    "evaluation.adjustment.checked": f"核对通过{{thing}}{ADJUSTMENT}",
    "evaluation.adjustment.city-result": f"登记{{thing}}的市级结果“{{city_result}}”{ADJUSTMENT}",
    "evaluation.adjustment.emended": "勘正{thing}的{fields}[，{said}]",
    "evaluation.adjustment.handed-over": "把{thing}由{old_unit}移交给{new_unit}，自 {on} 起[，理由：{reason}]",
    "evaluation.adjustment.proposed": f"提出{{thing}}{ADJUSTMENT}",
    "evaluation.adjustment.returned": f"退回{{thing}}{ADJUSTMENT}",
    "evaluation.adjustment.withdrawn": f"撤回{{thing}}{ADJUSTMENT}",
    "evaluation.amendment.confirmed": "{-scheme}确认{thing}[，列为第 {number} 次修订]",
    "evaluation.amendment.emended": "勘正{thing}的{fields}[，{said}]",
    "evaluation.amendment.proposed": "{-scheme}提出{thing}，自{from}起执行[：{changes}]",
    "evaluation.amendment.returned": "{-scheme}退回{thing}[，意见：{note}]",
    "evaluation.archive.asked": "{-year}{-track}制作{thing}的年度归档包（第 {number} 次）",
    "evaluation.bulletin.drafted": "起草{thing}[，引用{rankings}]",
    "evaluation.bulletin.edited": "修改{thing}的{changed}",
    "evaluation.bulletin.finalised": "把{thing}定稿[，发文字号{number}]",
    "evaluation.bulletin.returned": "退回{thing}的送审稿[，意见：{opinion}]",
    "evaluation.bulletin.submitted": "把{thing}送审",
    "evaluation.data-table.columns-changed": "修改{thing}的列：由{old}改为{new}",
    "evaluation.data-table.declared": "设立{thing}，列为{columns}",
    "evaluation.data-table.handed-over": "把{thing}由{old_unit}移交给{new_unit}，自 {on} 起[，理由：{reason}]",
    "evaluation.data-table.imported": "向{thing}导入{period}的数据，为第 {number} 版",
    "evaluation.deliberation.confirmed": "确认{thing}",
    "evaluation.deliberation.recorded": "登记{thing}",
    "evaluation.demo.loaded": "{-accounts}装入演示数据：{periods}",
    "evaluation.demo.passwords-reset": "{-accounts}重设演示账号的密码",
    "evaluation.demo.redated": "演示站启动时把没有人动过的窗口挪到当天前后：{periods}",
    "evaluation.draft.basics-changed": _changed("old", "new", "修改{thing}的基本信息"),
    "evaluation.draft.carriers-changed": "修改{thing}的承担单位：{changes}",
    "evaluation.draft.copied": "{-year}{-track}由{from}拟定{thing}",
    "evaluation.draft.discarded": "删去{year}年度的{track}方案草案[，理由：{reason}]",
    "evaluation.draft.dimension-added": "向{thing}添维度“{name}”",
    "evaluation.draft.dimension-changed": "把{thing}的维度“{old}”改名为“{new}”",
    "evaluation.draft.dimension-removed": "从{thing}删去维度“{name}”",
    "evaluation.draft.evaluators-changed": "修改{thing}指标{indicator}的考评部门：由{old}改为{new}",
    "evaluation.draft.indicator-added": "向{thing}添第 {number} 项指标“{short_name}”",
    "evaluation.draft.indicator-changed": _changed("old", "new", "修改{thing}的一项指标"),
    "evaluation.draft.indicator-removed": "从{thing}删去第 {number} 项指标“{short_name}”",
    "evaluation.draft.units-left": _units("把不再列入考评的单位移出{thing}的承担单位"),
    "evaluation.draft.weights-changed": "修改{thing}的分值：{changes}",
    "evaluation.feedback.confirmed": "核对{thing}，无误",
    "evaluation.feedback.deadlines": "填写{thing}的整改时限[：{rows}]",
    "evaluation.feedback.signed": "签收{thing}",
    "evaluation.figures.checked": "复核通过{thing}[：{figures}]",
    "evaluation.figures.proposed": "提出{thing}，共 {count} 处",
    "evaluation.figures.returned": "退回{thing}[，意见：{note}]",
    "evaluation.figures.withdrawn": "撤回{thing}，理由：{reason}",
    "evaluation.filing.confirmed": f"确认{{thing}}的缺表处理决定{DECISION}",
    "evaluation.filing.recorded": f"登记{{thing}}的缺表处理决定{DECISION}",
    "evaluation.filing.returned": f"退回{{thing}}的缺表处理决定{DECISION}",
    "evaluation.filing.unit-extended": "{-sheets}给{evaluator}{thing}的打分表延期至 {until}[，理由：{reason}]",
    "evaluation.leader-survey.closed": "截止{thing}，共收 {forms} 份",
    "evaluation.leader-survey.emended": "勘正{thing}的{fields}[，{said}]",
    "evaluation.leader-survey.filled": "提交{thing}",
    "evaluation.leader-survey.opened": "开启{thing}，{due} 前填写",
    "evaluation.marks.saved": _marks,
    "evaluation.marks.stated": _stated,
    "evaluation.not-applicable.decided": "{approved}{thing}中{organisation}的不适用",
    "evaluation.period.opened": "开启{thing}，打分表 {sheets} 张，月报任务 {duty_periods} 项",
    "evaluation.period.left": "决定不开启往期{thing}，理由：{reason}",
    "evaluation.period.window-changed": _changed("old", "new", "修改{thing}的填报时限"),
    "evaluation.plan-day.set": "把{thing}“{step}”的日期由{old}改为{new}",
    "evaluation.ranking.corrected": "发出更正通报{thing}，公开范围为{scope}",
    "evaluation.ranking.official": "{-period}{-track}正式核定{thing}",
    "evaluation.ranking.published": "通报{thing}，公开范围为{scope}",
    "evaluation.ranking.sealed": "给{thing}加封：它算出时还没有封",
    "evaluation.ranking.signed": "登记{title}{signer}于 {signed_on} 审签{thing}",
    "evaluation.ranking.signing-struck": "因重新核定作废{title}{signer}对{thing}的审签：{reason}",
    "evaluation.ranking.signing-withdrawn": "撤回{title}{signer}对{thing}的审签，理由：{reason}",
    "evaluation.ranking.trial": "{-period}{-track}试算{thing}",
    "evaluation.rectification.answered": "答复{thing}[：{answer}]",
    "evaluation.rectification.closed": "验收{thing}，销号",
    "evaluation.rectification.emended": "勘正{thing}的{fields}[，{said}]",
    "evaluation.rectification.handed-over": "把{thing}由{old_unit}移交给{new_unit}，自 {on} 起[，理由：{reason}]",
    "evaluation.rectification.opened": "{-unit}发起{thing}，期限 {due}[：{requirement}]",
    "evaluation.rectification.returned": "验收{thing}未通过，退回整改",
    "evaluation.review.answered": "答复{thing}：{answer}[，建议得分 {value}]",
    "evaluation.review.asked": "提出{thing}，原得分 {value}[，理由：{reason}]",
    "evaluation.review.consented": "同意{thing}",
    "evaluation.review.decided": "决定{thing}：{decision}，原得分 {before}",
    "evaluation.review.emended": "勘正{thing}的{fields}[，{said}]",
    "evaluation.review.proposed": "提出{thing}的决定：{decision}[，得分 {value}][（考评部门其后已把得分由 {old} 改为 {new}）]",
    "evaluation.review.refused": "不同意{thing}",
    "evaluation.review.returned": "退回{thing}的决定",
    "evaluation.review.withdrawn": "撤回{thing}",
    "evaluation.difference.given": _units("在{thing}写差异说明“{text}”"),
    "evaluation.mark-condition.added": "增加{thing}[，得分率界限 {limit}%]（{assumed}），依据：{basis}",
    "evaluation.mark-condition.tried": "试算{thing}：{period}看了 {looked} 格，会问 {asked} 格",
    "evaluation.mark-condition.activated": "启用{thing}",
    "evaluation.mark-condition.withdrawn": "撤回{thing}，理由：{reason}",
    "evaluation.record-line.added": "给{thing}增加“{told}”（{assumed}），依据：{basis}",
    "evaluation.record-line.withdrawn": "从{thing}撤回“{told}”",
    "evaluation.rulebook.line-withdrawn": "撤回{thing}第 {number} 版第 {line} 条“{text}”，理由：{reason}",
    "evaluation.rulebook.published": "发布{thing}第 {number} 版“{title}”[：{lines}]",
    "evaluation.satisfaction.imported": "向{thing}导入第 {number} 次公众满意度，{units} 家",
    "evaluation.scheme.issue-emended": "勘正{thing}的{fields}[，{said}]",
    "evaluation.scheme.issue-proposed": "提请印发{thing}：{title}[，文号{document_number}]",
    "evaluation.scheme.issue-returned": "退回{thing}的印发",
    "evaluation.scheme.issued": "印发{thing}",
    "evaluation.scheme.settings-changed": "修改{thing}的设置：{changes}",
    "evaluation.scheme.units-added": _units("把新列入考评的单位列进{thing}的承担单位，各项记为不承担"),
    "evaluation.seals.adopted": "给以前的结果加封：排名 {rankings} 个、通报 {bulletins} 份、反馈单 {feedbacks} 张、"
    "报区委 {reports} 件；写明得分 {marks} 格",
    "evaluation.self-report.accepted": "{-organisation}{-year}{-state}接收{thing}",
    "evaluation.self-report.emended": "勘正{thing}的{fields}[，{said}]",
    "evaluation.self-report.returned": "{-organisation}{-year}{-state}退回{thing}",
    "evaluation.self-report.saved": "{-organisation}{-year}{-state}保存{thing}",
    "evaluation.self-report.sent-for-signing": "{-organisation}{-year}{-state}把{thing}送负责人签发",
    "evaluation.self-report.signed": "{-organisation}{-year}{-state}签发报送{thing}",
    "evaluation.self-report.signing-returned": "{-organisation}{-year}{-state}不签发，退回{thing}",
    "evaluation.sheet.certified": "审核通过{thing}[，回执号 {receipt}]",
    "evaluation.sheet.filed": "报送{thing}[，回执号 {receipt}]",
    "evaluation.sheet.handed-over": "把{thing}由{from}移交{to}（{on}）",
    "evaluation.sheet.paper-entry": "按纸质报送表 {paper_number} 代录{thing}[，{received_on} 收件][，{entered_late}]",
    "evaluation.sheet.reopened": "退回重开{thing}至 {until}[，理由：{reason}]",
    "evaluation.sheet.returned": "审核退回{thing}[，意见：{note}]",
    "evaluation.sheet.withdrawn": "撤回{thing}的送审",
    "evaluation.supervision.closed": "把{thing}销号",
    "evaluation.supervision.emended": "勘正{thing}的{fields}[，{said}]",
    "evaluation.supervision.extension-asked": "申请把{thing}的时限由{old}延到{new}[，理由：{reason}]",
    "evaluation.supervision.extension-decided": "{approved}{thing}延期，时限 {due}{-old}[，意见：{answer}]",
    "evaluation.supervision.feedback": "反馈{thing}的进展[：{text}]",
    "evaluation.supervision.finished": "登记{thing}于 {on} 办结[：{note}]",
    "evaluation.supervision.handed-over": "把{thing}由{old_unit}移交给{new_unit}，自 {on} 起[，理由：{reason}]",
    "evaluation.supervision.returned": "把{thing}退回续办",
    "evaluation.supervision.saved": "登记{thing}",
    "evaluation.supervision.urged": "第 {count} 次催办{thing}[：{text}]",
    "evaluation.task.saved": "{-unit}保存{thing}",
    "evaluation.task.withdrawn": "{-unit}撤回{thing}[，理由：{reason}]",
    "evaluation.unit-check.opened": "{-days}开启{thing}的单位核对，{units} 家，{due} 前核对",
    "evaluation.unit-decision.confirmed": "{-organisation}{-period}确认{thing}[，文号{number}]",
    "evaluation.unit-decision.recorded": "{-organisation}{-period}登记{thing}[，文号{number}][，拟更正{corrects}][，理由：{reason}]",
    "evaluation.unit-decision.returned": "{-organisation}{-period}退回{thing}[，意见：{note}]",
    "evaluation.unit-decision.revoked": "{-organisation}{-period}撤销{thing}[，理由：{note}]",
    "evaluation.unlock.approved": "同意给{thing}开锁至 {until}",
    "evaluation.unlock.asked": "申请给{thing}开锁[，理由：{reason}]",
    "evaluation.unlock.refused": "不同意给{thing}开锁",
    "evaluation.veto.confirmed": "{-organisation}确认{thing}",
    "evaluation.veto.recorded": "{-organisation}登记{thing}",
    "evaluation.veto.returned": "{-organisation}退回{thing}",
    "evaluation.veto.revoked": "{-organisation}撤销{thing}",
    "evaluation.visit.cancelled": "{-organisation}取消{thing}",
    "evaluation.visit.done": "{-organisation}登记{thing}的情况",
    "evaluation.visit.emended": "勘正{thing}的{fields}[，{said}]",
    "evaluation.visit.handed-over": "把{thing}由{old_unit}移交给{new_unit}，自 {on} 起[，理由：{reason}]",
    "evaluation.visit.planned": "{-organisation}安排{thing}，{from} 至 {to}",
    "evaluation.column.revoked": _units("撤销在{thing}里整列写入的得分"),
    "evaluation.workbook.revoked": _units("撤销{thing}所写入的工作簿“{file}”"),
    "evaluation.workbook.written": _units("用工作簿“{file}”写入{thing}"),
    "evaluation.year-method.locked": "锁定{thing}第 {number} 次拟定的年度计算办法",
    "evaluation.year-method.proposed": "拟定{thing}的年度计算办法（第 {number} 次）",
    "evaluation.year-method.returned": "退回{thing}第 {number} 次拟定的年度计算办法",
    "evaluation.year-unit.confirmed": "{-organisation}确认{thing}",
    "evaluation.year-unit.recorded": "{-organisation}登记{thing}[，理由：{reason}]",
    "evaluation.year-unit.returned": "{-organisation}退回{thing}[，意见：{note}]",
    "evaluation.year-unit.revoked": "{-organisation}撤销{thing}[，理由：{note}]",
    "evaluation.year.reported": "把{thing}报区委[，文号{number}][，更正{corrected_number}][，{sent_on} 送出]",
}
