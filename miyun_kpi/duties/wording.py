"""What the audit calls the acts on duties."""

WORDS: dict[str, str] = {
    "duties.days.changed": "改报送日期",
    "duties.document.handed-over": "移交文件的主管",
    "duties.duty.amended": "修改任务",
    "duties.duty.created": "增加任务",
    "duties.duty.disabled": "停用任务",
    "duties.list.extended": "增补任务单位",
    "duties.opening.revoked": "撤销期初已办",
    "duties.opening.entered": "登记期初已办",
    "duties.periods.opened": "补开任务期",
    "duties.report.made-up": "补报逾期未报的任务进展",
    "duties.report.paper-entry": "代录任务进展",
    "duties.report.returned": "退回任务进展",
    "duties.report.saved": "存任务进展一项",
    "duties.reports.accepted": "任务进展通过",
    "duties.reports.filed": "报送任务进展",
    "duties.rhythm.set": "定报送周期",
    "duties.statement.accepted": "收下书面说明",
    "duties.statement.submitted": "提交书面说明",
    "duties.statement.revoked": "撤销书面说明",
    "duties.statement.returned": "退回书面说明",
    "duties.unit.ended": "移出任务单位",
    "duties.unit.handed-over": "移交任务",
    "duties.units.moved": "机构改革，任务转走",
}

# Until 2026-11-28.
RENAMED: dict[str, str] = {
    "duties.duty.withdrawn": "duties.duty.disabled",
    "duties.reports.submitted": "duties.reports.filed",
    "duties.statement.filed": "duties.statement.submitted",
}
