"""What the audit calls the acts of 水环境; those on registers are named there."""

WORDS: dict[str, str] = {
    "water.measure.changed": "修改目标数据",
    "water.measure.entered": "录入目标数据",
    "water.measure.struck": "作废目标数据",
    "water.phase.changed": "修改项目阶段",
    "water.phase.entered": "增加项目阶段",
    "water.phase.removed": "删去项目阶段",
    "water.round.entered": "登记五无核查",
    "water.round.struck": "作废五无核查",
    "water.target.judged": "判断目标",
}
