"""Two processes collect the same tests, whenever each of them starts."""

import pytest

from tests.services_plugin import pytest_make_parametrize_id


@pytest.mark.parametrize("content", [b"PK\x03\x04 made at noon", b"PK\x03\x04 made a second later"])
def test_a_file_does_not_name_its_test(content, request):
    assert request.node.callspec.id in ("content0", "content1")
    assert pytest_make_parametrize_id(content, "content") == "content"
    assert pytest_make_parametrize_id("词", "words") is None
