"""What the audit calls the acts of 政务公开."""

WORDS: dict[str, str] = {
    "disclosure.application.changed": "办理公开申请",
    "disclosure.application.emended": "勘正公开申请",
    "disclosure.application.handed-over": "移交公开申请",
    "disclosure.application.opened": "期初登记公开申请",
    "disclosure.application.received": "登记公开申请",
    "disclosure.applicant.shown": "查看申请人",
    "disclosure.extension.asked": "申请延期答复",
    "disclosure.extension.decided": "决定延期答复",
    "disclosure.item.reviewed": "审核公开信息",
    "disclosure.organ.asked": "提请有关机关协商确认",
    "disclosure.organ.confirmed": "登记协商确认",
    "disclosure.organ.emended": "勘正协商确认",
    "disclosure.organ.handed-over": "转由接收的机关协商",
    "disclosure.package.exported": "导出发布包",
    "disclosure.package.handed-over": "移交发布包",
    "disclosure.package.linked": "回填发布地址",
    "disclosure.package.relinked": "改正发布地址",
    "disclosure.party.answered": "登记第三方答复",
    "disclosure.party.asked": "征求第三方意见",
}
