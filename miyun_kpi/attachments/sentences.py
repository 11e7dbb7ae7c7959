"""Acts on evidence as sentences. What the evidence belongs to is named by the app that keeps it."""

ACTS = {
    "attachments.file.removed": "从{thing}删去材料“{name}”",
    "attachments.file.stored": "给{thing}上传材料“{name}”",
}
LABELS = {"attachment": "材料第几号", "name": "文件", "sha256": "文件摘要", "size": "字节"}


def register() -> None:
    from miyun_kpi.audit.sentences import register_sentences

    register_sentences("attachments", ACTS, labels=LABELS)
