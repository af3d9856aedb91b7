"""By which protocol a site treats."""

from coordination.base.models import Site, SiteSettings
from scheduling.protocols import DEFAULT_PROTOCOL


def default_protocol_of(site: Site) -> str:
    """The key of the protocol that a site treats by."""
    settings = SiteSettings.objects.filter(site=site).first()
    return settings.default_protocol if settings else DEFAULT_PROTOCOL
