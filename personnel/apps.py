from django.apps import AppConfig


class PersonnelConfig(AppConfig):
    name = "personnel"
    label = "personnel"
    verbose_name = "人事任免"
