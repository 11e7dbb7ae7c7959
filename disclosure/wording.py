"""What the audit calls the acts of 政务公开."""

WORDS: dict[str, str] = {
    "disclosure.item.reviewed": "审核公开信息",
    "disclosure.organ.asked": "提请有关机关协商确认",
    "disclosure.organ.confirmed": "登记协商确认",
    "disclosure.package.exported": "导出发布包",
    "disclosure.package.linked": "回填发布地址",
    "disclosure.party.answered": "登记第三方答复",
    "disclosure.party.asked": "征求第三方意见",
}
