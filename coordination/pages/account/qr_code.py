"""The seed of an authenticator app as a QR code and as text."""

from typing import Any

import segno
from django.utils.safestring import SafeString

from coordination.base import second_factor
from coordination.base.models import AuthenticatorApp


def drawn(app: AuthenticatorApp) -> dict[str, Any]:
    """What a page needs to show it. The library draws squares; nothing that was typed is in it as text."""
    code = segno.make(second_factor.otpauth_url(app), micro=False)
    return {
        "qr": SafeString(code.svg_inline(scale=5, dark="#000", light="#fff")),  # nosec B703
        "key": second_factor.seed_of(app),
    }
