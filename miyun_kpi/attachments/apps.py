from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    name = "miyun_kpi.attachments"
    label = "attachments"
    verbose_name = "佐证材料"

    def ready(self) -> None:
        from miyun_kpi.attachments import sentences

        sentences.register()
