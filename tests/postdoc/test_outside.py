"""A unit without a station is not told that the district has none."""

import pytest
from django.test import Client

from tests.factories.rankings import BACKEND, person

SAID = "您的岗位看不到工作站和人员"


def page_of(name, unit, role, path):
    client = Client()
    client.force_login(person(name, unit, role), backend=BACKEND)
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("part", ["", "stations/", "stays/", "entitlements/", "applications/"])
def test_who_has_no_right_here_is_told_so_and_who_has_is_not(stay, part):
    path = f"/postdoc/{part}"
    town = page_of("town", "北庄镇", "reporter", path)
    assert SAID in town and 'href="/postdoc/trial/"' in town
    assert "现在可做" not in town and "工作站</a><span>0" not in town and "0 个" not in town
    for name, unit, role in (
        ("park", "中关村密云园", "reporter"),
        ("renshe", "区人社保局", "register_office"),
        ("leader", "区政府办公室", "leader"),
    ):
        assert SAID not in page_of(name, unit, role, path)
