"""`manage.py check` says in one sentence when this machine cannot print."""

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from coordination.documents.render import missing_libraries


@register()
def documents_can_be_printed(app_configs: Any, **_: Any) -> list[CheckMessage]:
    missing = missing_libraries()
    return [Warning(missing, id="coordination.W001")] if missing else []
