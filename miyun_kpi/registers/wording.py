"""What the audit calls the acts on registers."""

WORDS: dict[str, str] = {
    "registers.record.changed": "修改登记",
    "registers.record.created": "登记",
    "registers.record.emended": "勘正登记",
    "registers.record.handed-over": "移交登记",
    "registers.record.stepped": "登记办理一步",
    "registers.record.revoked": "撤销登记",
    "registers.record.viewed": "查看受保护的登记",
    "registers.records.imported": "导入登记簿",
    "registers.records.opened": "期初登记",
}

# Until 2026-11-28.
RENAMED: dict[str, str] = {
    "registers.record.struck": "registers.record.revoked",
}
