"""The API while the shared cache is stopped, hangs, and comes back: a real Redis, and a socket that never answers."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest
import redis
from django.core.cache import caches
from rest_framework.throttling import UserRateThrottle

from evaluation.models import MarkSheet
from miyun_kpi.accounts.models import User
from miyun_kpi.web import cache
from tests.evaluation.conftest import _demo_of_module, demo
from tests.evaluation.sheets.test_api_marks import Api, patch, rows_of

__all__ = ["_demo_of_module", "demo"]
pytestmark = pytest.mark.worker
LIMIT = 5
PLAIN = "django.core.cache.backends.redis.RedisCache"


class Redis:
    """A server of the test's own, to be stopped and started."""

    def __init__(self, folder):
        self.socket = folder / "redis.sock"
        self.process = None

    @property
    def url(self):
        return f"unix://{self.socket}?db=1"

    def client(self):
        return redis.Redis(unix_socket_path=str(self.socket), db=1)

    def start(self):
        binary = shutil.which("redis-server") or shutil.which("valkey-server")
        self.process = subprocess.Popen(
            [binary, "--port", "0", "--unixsocket", str(self.socket), "--save", "", "--dir", str(self.socket.parent)],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 20
        while True:
            try:
                return self.client().ping()
            except redis.RedisError:
                assert time.monotonic() < deadline and self.process.poll() is None
                time.sleep(0.02)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(10)


class Hanging:
    """Takes connections and says nothing."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.taken = []
        threading.Thread(target=self._take, daemon=True).start()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.listener.getsockname()[1]}/1"

    def _take(self):
        while True:
            try:
                self.taken.append(self.listener.accept()[0])
            except OSError:
                return

    def close(self):
        self.listener.close()
        for connection in self.taken:
            connection.close()


@pytest.fixture
def own_redis(tmp_path_factory):
    # A short path: that of a unix socket ends at 108 bytes.
    server = Redis(tmp_path_factory.mktemp("r"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def hanging():
    server = Hanging()
    yield server
    server.close()


@pytest.fixture
def shared_at(settings, monkeypatch):
    """Put the cache of the site there; every client has five requests an hour."""
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": f"{LIMIT}/hour"})
    # A busy machine must neither make a living Redis look away nor end a pause in the middle of a test.
    monkeypatch.setattr(cache, "PATIENCE_SECONDS", 2)
    monkeypatch.setattr(cache, "PAUSE_SECONDS", 600)
    monkeypatch.setattr(cache, "ABSENCE", cache.Absence())

    def at(url, backend="miyun_kpi.web.cache.SharedCache"):
        settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": url}}

    return at


def client_named(name):
    client = Api(name, "水务局", "evaluator")
    client.client.raise_request_exception = False
    return client


def ask(client, times):
    return [client.get("mark-sheets/?period=2020Q3").status_code for _ in range(times)]


def test_the_site_takes_this_cache_where_an_address_is_given(tmp_path):
    asked = "from django.core.cache import caches; print(type(caches['default']).__name__)"
    environment = os.environ | {"KPI_VAR": str(tmp_path), "KPI_CACHE_URL": "redis://127.0.0.1:6379/1"}
    said = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "SharedCache"


def test_all_processes_share_one_count_in_redis(demo, own_redis, shared_at):
    shared_at(own_redis.url)
    assert ask(client_named("shared"), LIMIT + 2) == [200] * LIMIT + [429] * 2
    assert own_redis.client().dbsize() == 1


@pytest.mark.parametrize("away", ["killed", "stopped"])
def test_without_redis_reading_and_saving_go_on_and_the_limit_holds(demo, own_redis, shared_at, caplog, away):
    shared_at(own_redis.url)
    client = client_named(f"away-{away}")
    assert ask(client, 2) == [200, 200]
    own_redis.kill() if away == "killed" else own_redis.process.send_signal(signal.SIGSTOP)
    sheet = MarkSheet.objects.get(scheme__track="township", period__code="2020Q3", indicator__number=4)
    saved = patch(client, sheet, rows_of(sheet, "88.5", 1))
    assert saved.status_code == 200, saved.content
    # What Redis had counted is forgotten; from here the process counts: the save was its first.
    assert ask(client, LIMIT + 1) == [200] * (LIMIT - 1) + [429] * 2
    assert caplog.text.count("the shared cache is away") == 1


def test_the_plain_backend_turns_every_request_into_an_error(demo, own_redis, shared_at):
    """The control arm."""
    shared_at(own_redis.url, PLAIN)
    client = client_named("plain")
    assert ask(client, 1) == [200]
    own_redis.kill()
    assert ask(client, 2) == [500, 500]


def test_a_hanging_server_is_asked_once_in_a_pause(demo, hanging, shared_at):
    shared_at(hanging.url)
    assert ask(client_named("hanging"), LIMIT + 15) == [200] * LIMIT + [429] * 15
    # Django's own backend waits five seconds for every single one.
    assert len(hanging.taken) == 1


def test_threads_share_the_pause(hanging, shared_at):
    shared_at(hanging.url)
    found, together = [], threading.Barrier(8)
    caches["default"].get("first")

    def count():
        together.wait(20)
        found.append([caches["default"].add("k", 1), caches["default"].get("k")])

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(found) == [[False, 1]] * 7 + [[True, 1]] and len(hanging.taken) == 1


def test_when_redis_is_back_it_counts_again(demo, own_redis, shared_at, monkeypatch, caplog):
    shared_at(own_redis.url)
    client = client_named("back")
    own_redis.kill()
    assert ask(client, LIMIT + 1) == [200] * LIMIT + [429]
    own_redis.start()
    assert ask(client, 1) == [429], "the pause is not over"
    later = SimpleNamespace(monotonic=lambda: time.monotonic() + cache.PAUSE_SECONDS + 1)
    monkeypatch.setattr(cache, "time", later)
    assert ask(client, 1) == [200]
    assert own_redis.client().dbsize() == 1
    assert "the shared cache is back" in caplog.text


def test_every_way_of_asking_has_its_stand_in(hanging, shared_at):
    shared_at(hanging.url)
    one = caches["default"]
    assert one.set("a", 1) is None and one.get("a") == 1 and one.incr("a") == 2 and one.decr("a") == 1
    assert "a" in one and one.touch("a", 60) and one.get_or_set("b", 5) == 5
    one.set_many({"c": 3})
    assert one.get_many(["a", "c", "x"]) == {"a": 1, "c": 3}
    one.delete_many(["c"])
    assert one.delete("a") and one.get("a") is None and one.add("a", 9)
    one.clear()
    assert one.get("a") is None
    with pytest.raises(ValueError):
        one.incr("nothing")


def test_a_person_signs_in_and_works_while_the_cache_hangs(demo, hanging, shared_at, client):
    shared_at(hanging.url)
    user = User.objects.get(username="shuiwu")
    user.set_password("Reservoir-1958")
    user.save()
    assert client.post("/sign-in/", {"username": "shuiwu", "password": "wrong"}).status_code == 403
    assert client.post("/sign-in/", {"username": "shuiwu", "password": "Reservoir-1958"}).status_code == 302
    assert client.get("/evaluation/sheets/").status_code == 200
    assert hanging.taken == [], "pages ask no cache"
