from datetime import datetime
from typing import Any

import pytest

from miyun_kpi.lib.actors import Actor
from miyun_kpi.lib.credit_code import check_digit
from miyun_kpi.registers.models import Record
from miyun_kpi.registers.services import records as services
from tests.duties.conftest import acting

AT = datetime.fromisoformat("2020-10-20T10:00:00+08:00")


def code_of(number: int) -> str:
    """A well-formed 统一社会信用代码 of nobody."""
    body = f"91110118MA{number:07d}"
    return body + check_digit(body)


def another(actor: Actor, user_id: int) -> Actor:
    return type(actor)(**(actor.__dict__ | {"user_id": user_id}))


@pytest.fixture
def office(gazette: None) -> Actor:
    return another(acting("区金融办", "register_office"), 10)


@pytest.fixture
def second(gazette: None) -> Actor:
    return another(acting("区发改委", "register_office"), 11)


@pytest.fixture
def environment(gazette: None) -> Actor:
    return another(acting("区生态环境局", "register_office"), 12)


ENTERPRISE = {"name": "绿水公司", "code": code_of(1), "town": "北庄镇", "industry": "污水处理", "focus": "6"}


def make(actor: Actor, kind: str, /, **typed: str) -> Record:
    return services.create_record(actor=actor, app="finance", kind=kind, typed=typed, at=AT)


def step(actor: Actor, row: Record, code: str, reason: str = "", at: datetime = AT, **typed: str) -> Record:
    version = Record.objects.get(pk=row.pk).version
    given: dict[str, Any] = {"reason": reason, "typed": typed or None}
    return services.take_step(
        actor=actor,
        app="finance",
        kind=row.kind.split(".")[1],
        record_id=row.pk,
        version=version,
        step=code,
        at=at,
        **given,
    )


RECOGNISED = {"level": "1", "recognised_on": "2020-10-20", "review_on": "2021-10-20"}


def in_library(office: Actor, second: Actor, **changed: str) -> Record:
    row = make(office, "enterprises", **(ENTERPRISE | changed))
    step(office, row, "check", standard="绿色产业指导目录 2.1")
    return step(second, row, "recognise", **RECOGNISED)
