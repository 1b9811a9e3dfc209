"""A wire of this machine's own, whose packets are dropped and delayed.

A TUN device, which the kernel takes away when this process ends. What is sent to the far address
comes up here as packets; with its two addresses exchanged each goes back in, and so arrives at the
near address as if it came from the far one. A server that listens at the near address is reached
at the far one, over a TCP that really loses segments and really sends them again.

(netem is no part of many small kernels, and iptables cannot delay. This needs root, /dev/net/tun
and iproute2.)
"""

from __future__ import annotations

import fcntl
import heapq
import os
import select
import struct
import subprocess
import threading
import time
from random import Random

from tests.faults.means import NotPossible

_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
_LARGEST = 65_535
_LOOK_S = 0.2


class Wire:
    """`loss` is the share of packets that are dropped, in either direction; `delay_s` the most by
    which one is late, each by its own chance, so that they overtake one another.

    Raises NotPossible.
    """

    def __init__(self, seed: int = 1) -> None:
        self.near, self.far = _addresses()
        self.loss = self.delay_s = 0.0
        self.carried = self.dropped = 0
        self._chance = Random(f"wire {seed}")
        self._late: list[tuple[float, int, bytes]] = []
        self._device = _open(self.near, self.far)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)
        self._thread.start()

    def worsen(self, loss: float, delay_s: float = 0.0) -> None:
        self.loss, self.delay_s = loss, delay_s

    def cut(self) -> None:
        """Nothing goes through, and nobody is told."""
        self.worsen(1.0)

    def mend(self) -> None:
        self.worsen(0.0)

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        os.close(self._device)

    def _run(self) -> None:
        while not self._over.is_set():
            wait = self._late[0][0] - time.monotonic() if self._late else _LOOK_S
            ready, _, _ = select.select([self._device], [], [], max(0.0, wait))
            while self._late and self._late[0][0] <= time.monotonic():
                os.write(self._device, heapq.heappop(self._late)[2])
            if ready:
                self._take()

    def _take(self) -> None:
        while True:
            try:
                packet = os.read(self._device, _LARGEST)
            except BlockingIOError:
                return
            if packet[0] >> 4 != 4:  # the kernel looks for IPv6 neighbours
                continue
            if self._chance.random() < self.loss:
                self.dropped += 1
                continue
            self.carried += 1
            # Checksums stay right: they are sums.
            turned = packet[:12] + packet[16:20] + packet[12:16] + packet[20:]
            if self.delay_s:
                due = time.monotonic() + self._chance.uniform(0, self.delay_s)
                heapq.heappush(self._late, (due, self.carried, turned))
            else:
                os.write(self._device, turned)


def _addresses() -> tuple[str, str]:
    """Of 198.18.0.0/15, which is for tests of networks; others for every process."""
    first = 0xC612_0000 + 4 * (os.getpid() % 0x8000)
    near, far = (".".join(map(str, (first + n).to_bytes(4))) for n in (1, 2))
    return near, far


def _open(near: str, far: str) -> int:
    try:
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        asked = struct.pack("16sH22x", b"faults%d", _IFF_TUN | _IFF_NO_PI)
        name = fcntl.ioctl(device, _TUNSETIFF, asked)[:16].rstrip(b"\0").decode()
        for command in (
            ["addr", "add", near, "peer", far, "dev", name],
            ["link", "set", name, "up"],
        ):
            subprocess.run(["ip", *command], check=True, capture_output=True, timeout=10)
    except (OSError, subprocess.CalledProcessError) as error:
        why = f"no wire of its own ({error}): that takes root, /dev/net/tun and iproute2"
        raise NotPossible(why) from None
    return device


def _ip(*command: str) -> None:
    subprocess.run(["ip", *command], check=True, capture_output=True, timeout=10)
