"""Model fields that keep decimals exact on SQLite and PostgreSQL alike."""

from decimal import Decimal
from typing import Any

from django.db import models

from miyun_kpi.lib.decimals import from_scaled, to_scaled


class ScaledDecimalField(models.BigIntegerField):
    """A decimal with `places` digits, stored as an integer: SQLite would keep a DECIMAL column as a float."""

    # What type checkers see on a model instance.
    _pyi_private_set_type: Decimal  # type: ignore[assignment]  # how django-stubs learns the Python type
    _pyi_private_get_type: Decimal  # type: ignore[assignment]  # how django-stubs learns the Python type

    def __init__(self, *args: Any, places: int = 3, **kwargs: Any) -> None:
        self.places = places
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["places"] = self.places
        return name, path, args, kwargs

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else from_scaled(value, self.places)

    def to_python(self, value: Any) -> Decimal | None:
        return None if value is None or value == "" else Decimal(str(value))

    def get_prep_value(self, value: Any) -> int | None:
        return None if value is None else to_scaled(Decimal(value), self.places)

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(self, **kwargs)


class AsStored(models.ExpressionWrapper):
    """A column of whole numbers as it is stored, a scaled decimal without the way by a Decimal and back."""

    def __init__(self, name: str) -> None:
        super().__init__(models.F(name), models.BigIntegerField())

    def get_db_converters(self, connection: Any) -> list[Any]:
        """None: the drivers answer with int already."""
        return []
