"""A relay before a Kafka, which answers the first produce request as a broker does that is just
being elected: NOT_LEADER_OR_FOLLOWER, while the next request is under way already.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress

from kafka.protocol.producer import ProduceRequest, ProduceResponse

from app.kafka.ports import LOOPBACK

PRODUCE = 0
NOT_LEADER_OR_FOLLOWER = 6
HELD_S = 1.0  # a client that sends one request at a time sends no other meanwhile


class Relay:
    """Everything passes but what `refuse_first` says. `overtaken`: whether another produce request
    was under way when that was answered.
    """

    def __init__(self, port: int, broker_port: int) -> None:
        self.bootstrap = f"{LOOPBACK}:{port}"
        self.overtaken = False
        self._came = threading.Event()
        self._broker = (LOOPBACK, broker_port)
        self._topic: str | None = None
        self._connections: list[_Connection] = []
        self._closed = False
        self._listening = socket.create_server((LOOPBACK, port))
        self._listening.settimeout(0.1)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def refuse_first(self, topic: str) -> None:
        """The next produce request of that topic."""
        self._topic = topic
        self.overtaken = False
        self._came.clear()

    def wait_until_refused(self) -> None:
        """Until it has come: its answer is held back a moment."""
        assert self._came.wait(10)

    def close(self) -> None:
        self._closed = True
        self._thread.join()
        self._listening.close()
        for connection in self._connections:
            connection.close()

    def _accept(self) -> None:
        while not self._closed:
            with suppress(TimeoutError):
                client, _ = self._listening.accept()
                self._connections.append(
                    _Connection(self, client, socket.create_connection(self._broker))
                )

    def is_to_be_refused(self, frame: bytes) -> bool:
        key, version = struct.unpack_from(">hh", frame)
        if key != PRODUCE or self._topic is None:
            return False
        request = ProduceRequest.decode(frame, version=version, header=True)
        if all(one.name != self._topic for one in request.topic_data):
            return False
        self._topic = None
        self._came.set()
        return True


class _Connection:
    def __init__(self, relay: Relay, client: socket.socket, broker: socket.socket) -> None:
        self._relay = relay
        self._client, self._broker = client, broker
        self._answering = threading.Lock()
        self._held: bytes | None = None
        for way in (self._to_broker, self._to_client):
            threading.Thread(target=way, daemon=True).start()

    def close(self) -> None:
        for end in (self._client, self._broker):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _to_broker(self) -> None:
        for frame in _frames(self._client):
            if self._relay.is_to_be_refused(frame):
                self._held = frame
                threading.Timer(HELD_S, self._refuse_held).start()
                continue
            if self._held is not None and frame[:2] == struct.pack(">h", PRODUCE):
                self._relay.overtaken = True
                self._refuse_held()
            with suppress(OSError):
                self._broker.sendall(_framed(frame))
        self.close()

    def _to_client(self) -> None:
        for frame in _frames(self._broker):
            self._answer(frame)
        self.close()

    def _refuse_held(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._answer(_refusal(held))

    def _answer(self, frame: bytes) -> None:
        with self._answering, suppress(OSError):
            self._client.sendall(_framed(frame))


def _frames(end: socket.socket) -> Iterator[bytes]:
    """Each message without its size, until the end."""
    with suppress(OSError), end.makefile("rb") as stream:
        while len(size := stream.read(4)) == 4:
            yield stream.read(int.from_bytes(size, "big"))


def _framed(frame: bytes) -> bytes:
    return len(frame).to_bytes(4, "big") + frame


def _refusal(frame: bytes) -> bytes:
    _, version, correlation = struct.unpack_from(">hhi", frame)
    request = ProduceRequest.decode(frame, version=version, header=True)
    topic = ProduceResponse.TopicProduceResponse
    partition = topic.PartitionProduceResponse
    answer = ProduceResponse(
        responses=[
            topic(
                name=asked.name,
                partition_responses=[
                    partition(index=each.index, error_code=NOT_LEADER_OR_FOLLOWER, base_offset=-1)
                    for each in asked.partition_data
                ],
            )
            for asked in request.topic_data
        ],
    )
    tags = b"\0" if ProduceResponse.flexible_version_q(version) else b""
    return struct.pack(">i", correlation) + tags + answer.encode(version=version)
