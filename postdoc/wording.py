"""What the audit calls the acts of 博士后."""

WORDS: dict[str, str] = {
    "postdoc.award.added": "登记表彰",
    "postdoc.person.corrected": "更正个人信息",
    "postdoc.person.shown": "查看个人信息",
    "postdoc.station.changed": "修改工作站",
    "postdoc.station.registered": "登记工作站",
    "postdoc.stay.acted": "办理在站事项",
    "postdoc.stay.changed": "修改进站内容",
    "postdoc.stay.registered": "登记进站",
}
