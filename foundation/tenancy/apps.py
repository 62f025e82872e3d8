"""The wall's place among the apps."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from foundation.tenancy import ground


class TenancyConfig(AppConfig):
    """Partnerships and the wall between them."""

    name = "foundation.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        """Grants follow every migration, for tables of packages too."""
        post_migrate.connect(ground.after_migrate, dispatch_uid="tenancy.ground")
