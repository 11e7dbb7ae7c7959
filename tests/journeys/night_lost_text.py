"""Twenty ways of losing what is typed × ten forms: 0 lost (decision 0114). Of `make night PART=prove`, which names it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.stage import FORMS
from tests.journeys.ways import OTHER, WAYS, go, let_in

pytestmark = [pytest.mark.browser, pytest.mark.prove, pytest.mark.timeout(3600)]


@pytest.mark.parametrize("name", FORMS)
def test_no_way_loses_what_is_typed_into_this_form(live_demo: None, new_page: Callable[..., Any], name: str) -> None:
    let_in(OTHER, FORMS[name].who)
    assert len(WAYS) >= 20 and len(FORMS) == 10
    lost = []
    for way in WAYS:
        try:
            go(new_page, FORMS[name], way)
        except Exception as error:
            lost.append(f"{way.__name__}: {type(error).__name__} {error}"[:600])
    assert lost == [], "\n".join(lost)
