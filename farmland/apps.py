from django.apps import AppConfig


class FarmlandConfig(AppConfig):
    name = "farmland"
    label = "farmland"
    verbose_name = "耕地占补平衡"
