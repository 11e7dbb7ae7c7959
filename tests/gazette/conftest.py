from datetime import date

import pytest
from django.test import Client

from miyun_kpi.accounts.models import Post, User
from miyun_kpi.organisations.models import Organisation


@pytest.fixture
def reader(gazette) -> Client:
    """A browser of somebody with an ordinary post."""
    user = User.objects.create_user("reader", display_name="读者")
    organisation = Organisation.objects.get(code="miyun-zhen")
    Post.objects.create(user=user, organisation=organisation, role="reporter", starts_on=date(2020, 1, 1))
    client = Client()
    client.force_login(user, backend="miyun_kpi.accounts.authentication.PeopleBackend")
    return client
