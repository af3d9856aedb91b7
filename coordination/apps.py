from django.apps import AppConfig


class CoordinationConfig(AppConfig):
    name = "coordination"

    def ready(self) -> None:
        """Our Celery application is the one that tasks belong to; readiness knows all its checks."""
        from coordination import celery, readiness  # noqa: F401
