from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "coordination.base"
    label = "base"
    verbose_name = "People, places and access"
