"""An asynchronous web server's entry."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

from coordination.base import encryption

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coordination.settings")
application = get_asgi_application()
# Fail at the start, not at the first sign-in, where no key is given.
_ = settings.SECRET_KEY
encryption.check_keys()
