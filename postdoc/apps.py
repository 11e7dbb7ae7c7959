from django.apps import AppConfig


class PostdocConfig(AppConfig):
    name = "postdoc"
    label = "postdoc"
    verbose_name = "博士后"

    def ready(self) -> None:
        from postdoc.registration import register

        register()
