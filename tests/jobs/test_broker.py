"""The folder as broker: a message is there whole or not at all, and one that cannot be read harms nobody else."""

import json
import logging
import multiprocessing
import os
import threading
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection, Exchange, Queue

from miyun_kpi.jobs import broker

KOMBU = "kombu.transport.filesystem:Transport"
GOOD = {"body": "e30=", "properties": {"delivery_tag": "t", "body_encoding": "base64", "delivery_info": {}}}
GARBAGE = {
    "empty": b"",
    "half": json.dumps(GOOD).encode()[:40],
    "no JSON": b"\x00\xff\xfe",
    "no object": b"null",
    "no properties": b'{"body": "e30="}',
    "no tag": b'{"body": "e30=", "properties": {}}',
    "body not decodable": b'{"body": "x", "properties": {"delivery_tag": "t", "body_encoding": "base64"}}',
    "nested without end": b"[" * 100_000,
}


@pytest.fixture
def options(tmp_path):
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    return {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "control_folder": str(tmp_path / "control"),
        "unreadable_folder": str(tmp_path / "unreadable"),
    }


@pytest.fixture
def connect(options):
    opened = []

    def to(transport=broker.Transport):
        connection = Connection("filesystem://localhost//", transport=transport, transport_options=options)
        opened.append(connection)
        return connection.channel()

    yield to
    for connection in opened:
        connection.release()


def names(folder):
    return sorted(path.name for path in Path(folder).iterdir())


def everything(channel, queue="q"):
    found = []
    while True:
        try:
            found.append(channel._get(queue))
        except Empty:
            return found


def test_every_process_of_the_application_has_this_transport(settings):
    from miyun_kpi.celery import app

    with app.connection_for_write(url="filesystem://localhost//") as connection:
        assert type(connection.transport) is broker.Transport


def test_messages_come_in_the_order_of_sending_and_once(connect):
    sender, one, two = connect(), connect(), connect()
    for number in range(30):
        sender._put("q", GOOD | {"number": number})
        sender._put("other", GOOD)
    taken = [(one, two)[number % 2]._get("q")["number"] for number in range(30)]
    assert taken == list(range(30)) and everything(one) == everything(two) == []
    assert one._size("other") == 30 and one._purge("other") == 30


@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE.keys())
def test_what_cannot_be_read_goes_aside_and_the_next_message_is_delivered(connect, options, caplog, content):
    channel = connect()
    (Path(options["data_folder_in"]) / "0_torn.q.msg").write_bytes(content)
    channel._put("q", GOOD)
    with caplog.at_level(logging.ERROR, logger="miyun_kpi.jobs.broker"):
        assert everything(channel) == [GOOD]
    assert names(options["unreadable_folder"]) == ["0_torn.q.msg"] and names(options["data_folder_in"]) == []
    assert [record.getMessage().count("0_torn.q.msg") for record in caplog.records] == [1]


@pytest.mark.parametrize("name", ["empty", "half"])
def test_with_the_transport_of_the_library_the_same_file_ends_the_reader(connect, options, name):
    """The control arm: this error came out of the worker's loop, and the worker ended."""
    channel = connect(KOMBU)
    (Path(options["data_folder_in"]) / "0_torn.q.msg").write_bytes(GARBAGE[name])
    with pytest.raises(ValueError):
        channel._get("q")


def looked_at_while_writing(monkeypatch, options, reader, write):
    """What `reader` finds in the moment when the file is made and not yet filled."""
    found = []
    real = broker.dumps

    def look_then_dump(content):
        found.append((names(options["data_folder_in"]), everything(reader)))
        return real(content)

    monkeypatch.setattr("kombu.transport.filesystem.dumps", look_then_dump)
    monkeypatch.setattr(broker, "dumps", look_then_dump)
    write()
    return found


def test_a_message_being_written_is_seen_by_nobody(connect, options, monkeypatch):
    sender, reader = connect(), connect()
    ((listed, taken),) = looked_at_while_writing(monkeypatch, options, reader, lambda: sender._put("q", GOOD))
    assert len(listed) == 1 and listed[0].startswith(".unfinished-") and taken == []
    assert (reader._size("q"), everything(reader)) == (1, [GOOD])


def test_the_library_shows_a_message_before_it_is_written(connect, options, monkeypatch):
    """The control arm."""
    sender, reader = connect(KOMBU), connect(KOMBU)
    with pytest.raises(ValueError):
        looked_at_while_writing(monkeypatch, options, reader, lambda: sender._put("q", GOOD))


def test_a_disk_that_takes_no_more_leaves_no_half_message(connect, options, monkeypatch):
    channel = connect()

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(broker.os, "fsync", full)
    with pytest.raises(broker.ChannelError):
        channel._put("q", GOOD)
    assert names(options["data_folder_in"]) == []


def test_leavings_of_a_killed_writer_go_after_an_hour(connect, options):
    folder = Path(options["data_folder_in"])
    for name, age in (("old", broker.FORGOTTEN_SECONDS + 60), ("young", 0)):
        path = folder / f"{broker.UNFINISHED}{name}"
        path.write_bytes(b"{")
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - age))
    assert everything(connect()) == [] and names(folder) == [".unfinished-young"]


def test_processed_messages_are_kept_where_that_is_asked(connect, options, tmp_path):
    (tmp_path / "processed").mkdir()
    options |= {"store_processed": True, "processed_folder": str(tmp_path / "processed")}
    channel = connect()
    channel._put("q", GOOD)
    assert everything(channel) == [GOOD] and len(names(tmp_path / "processed")) == 1


def test_who_comes_second_to_a_file_goes_on_to_the_next(connect, monkeypatch):
    """Both have read the first file; one removes it; the other must not deliver it as well."""
    sender, slow, quick = connect(), connect(), connect()
    for number in (1, 2):
        sender._put("q", GOOD | {"number": number})
    read, first = slow._read, []

    def overtaken(path):
        payload = read(path)
        if not first:
            first.append(quick._get("q")["number"])
        return payload

    monkeypatch.setattr(slow, "_read", overtaken)
    assert slow._get("q")["number"] == 2 and first == [1]


def bind_many(options, number):
    with Connection("filesystem://localhost//", transport=broker.Transport, transport_options=options) as connection:
        for row in range(20):
            connection.channel()._queue_bind("fan", f"{number}.{row}", "", f"q{number}.{row}")


def test_bindings_of_four_processes_at_once_are_all_kept_and_never_half_read(connect, options):
    reader, ended = connect(), threading.Event()
    lengths, problems = [], []

    def watch():
        try:
            while not ended.is_set():
                lengths.append(len(reader.get_table("fan")))
        except Exception as error:
            problems.append(error)

    watcher = threading.Thread(target=watch)
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=bind_many, args=(options, number)) for number in range(4)]
    for process in processes:
        process.start()
    watcher.start()
    for process in processes:
        process.join(60)
    ended.set()
    watcher.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
    assert not problems and lengths == sorted(lengths)
    assert len(reader.get_table("fan")) == 80 and not Path(options["unreadable_folder"]).exists()


def test_a_torn_table_is_laid_aside_and_written_again(connect, options):
    channel = connect()
    (Path(options["control_folder"]) / "fan.exchange").write_bytes(b'[["a", "", "q')
    assert channel.get_table("fan") == []
    channel._queue_bind("fan", "a", "", "q")
    assert [row.queue for row in channel.get_table("fan")] == ["q"]
    assert names(options["unreadable_folder"]) == ["fan.exchange"]
    with pytest.raises(ValueError):
        (Path(options["control_folder"]) / "fan.exchange").write_bytes(b'[["a", "", "q')
        connect(KOMBU).get_table("fan")


def test_a_broadcast_reaches_every_queue_until_it_is_deleted(connect):
    channel = connect()
    fan = Exchange("fan", type="fanout")
    queues = [Queue(f"q{number}", fan) for number in range(3)]
    for queue in queues:
        queue(channel).declare()
    channel._put_fanout("fan", GOOD, "")
    assert [channel._size(queue.name) for queue in queues] == [1, 1, 1]
    queues[0](channel).delete()
    channel._put_fanout("fan", GOOD, "")
    assert [channel._size(queue.name) for queue in queues] == [0, 2, 2]
