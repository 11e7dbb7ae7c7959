"""Pages and answers go out compressed where the client reads it; the bytes behind them are the same."""

import gzip
import io
import zipfile

import pytest
from django.test import Client

from miyun_kpi.lib.encodings import takes_gzip
from tests.accounts.people import person

GZIP = {"accept-encoding": "gzip, deflate"}


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("", False),
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("xgzip", False),
    ],
)
def test_what_a_client_says_it_reads(accepted, taken):
    assert takes_gzip(accepted) is taken


def test_a_page_is_compressed_for_who_reads_it_and_never_twice_alike(db):
    plain, zipped = Client().get("/sign-in/"), Client().get("/sign-in/", headers=GZIP)
    assert "Content-Encoding" not in plain.headers and "Accept-Encoding" in plain["Vary"]
    assert zipped["Content-Encoding"] == "gzip" and "Accept-Encoding" in zipped["Vary"]
    assert len(zipped.content) * 2 < len(gzip.decompress(zipped.content))
    assert "登录" in gzip.decompress(zipped.content).decode()
    # The length tells nothing of what stands in it: up to a hundred random bytes, as the name of the file in the head (flag 8).
    padded = [Client().get("/sign-in/", headers=GZIP).content for _ in range(8)]
    assert any(one[3] == 8 for one in padded)
    assert len({one[10:].index(0) for one in padded if one[3] == 8}) > 1, "and not always as many"


def test_a_workbook_is_not_compressed_again(gazette):
    client = Client()
    client.force_login(person("kao", "evaluation_office", "区政府办公室"))
    answer = client.get("/organisations/list.xlsx", headers=GZIP)
    content = b"".join(answer) if answer.streaming else answer.content
    assert answer.status_code == 200 and "Content-Encoding" not in answer.headers
    assert zipfile.is_zipfile(io.BytesIO(content))


def test_a_client_of_the_api_reads_compressed_answers(gazette):
    answer = Client().get("/api/v1/schema/", headers=GZIP)
    assert answer["Content-Encoding"] == "gzip" and b"openapi" in gzip.decompress(answer.content)
