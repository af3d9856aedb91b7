from django.apps import AppConfig


class CoordinationConfig(AppConfig):
    name = "coordination"

    def ready(self) -> None:
        """Make our Celery application the one that `shared_task` and `delay` belong to; name our checks."""
        from coordination import celery  # noqa: F401
        from coordination.documents import checks  # noqa: F401
