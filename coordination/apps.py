from django.apps import AppConfig


class CoordinationConfig(AppConfig):
    name = "coordination"

    def ready(self) -> None:
        """Make our Celery application the one that `shared_task` and `delay` belong to; name our checks.

        The tasks come with it: readiness asks all its checks from the first call.
        """
        from coordination import celery, tasks  # noqa: F401
        from coordination.documents import checks  # noqa: F401
