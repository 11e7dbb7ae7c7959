"""The lint names code that nothing uses; what a template, a setting or a quoted type names counts as used."""

import pytest

from scripts import unused

CODE = """
from django.utils.functional import cached_property


class Row:
    @property
    def shown(self): ...

    @property
    def forgotten(self): ...


class Named: ...


def quoted() -> "list[Typed]": ...


class Typed: ...


quoted(), Row
"""


@pytest.fixture
def house(tmp_path, monkeypatch):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "code.py").write_text(CODE)
    (tmp_path / "app" / "settings.py").write_text('CLASSES = ["app.code.Named"]')
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text("<p>{{ row.shown|upper }} forgotten</p>")
    monkeypatch.setattr(unused, "ROOT", tmp_path)
    monkeypatch.setattr(unused, "CODE", ("app",))


def test_what_nothing_uses_is_named_with_its_place_and_nothing_else(house, capsys):
    assert unused.main() == 1
    assert capsys.readouterr().out.splitlines() == [
        "app/code.py:2: nothing uses the import cached_property",
        "app/code.py:9: nothing uses the property forgotten",
    ]
