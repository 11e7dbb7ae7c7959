from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "evaluation"
    label = "evaluation"
    verbose_name = "绩效考评"

    def ready(self) -> None:
        from evaluation import checks  # noqa: F401 (checks register themselves)
        from evaluation.clock import tasks  # noqa: F401 (so do the tasks: Celery looks for them beside the app only)
        from evaluation.demo import tour
        from evaluation.registration import register, register_emendables

        register()
        register_emendables()
        tour.register()
