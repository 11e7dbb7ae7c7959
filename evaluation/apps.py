from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "evaluation"
    label = "evaluation"
    verbose_name = "绩效考评"

    def ready(self) -> None:
        from evaluation import checks  # noqa: F401 (checks register themselves)
        from evaluation.registration import register

        register()
