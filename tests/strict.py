"""SQLite made as strict about values as PostgreSQL is, so that one run of a page shows what either would refuse:
lengths of text, ranges of whole numbers, and the character NUL."""

from typing import Any

from django.db import DataError, models

RANGES = {"SmallIntegerField": 15, "PositiveSmallIntegerField": 15, "IntegerField": 31, "PositiveIntegerField": 31}


def check(field: Any, value: Any) -> None:
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("A string literal cannot contain NUL (0x00) characters.")
        if isinstance(field, models.CharField) and field.max_length and len(value) > field.max_length:
            raise DataError(f"value too long for type character varying({field.max_length}): {field}")
    elif isinstance(value, int) and not isinstance(value, bool):
        bits = RANGES.get(field.get_internal_type())
        if bits and not -(2**bits) <= value < 2**bits:
            raise DataError(f"value out of range: {field}")


def install() -> None:
    plain = models.Field.get_db_prep_save

    def get_db_prep_save(self: Any, value: Any, connection: Any) -> Any:
        prepared = plain(self, value, connection)
        if connection.vendor == "sqlite":
            check(self, prepared)
        return prepared

    models.Field.get_db_prep_save = get_db_prep_save
