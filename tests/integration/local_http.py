"""httpx for processes of this machine: without the certificates, whose reading takes it 20 times as
long as a request does.
"""

from __future__ import annotations

from functools import partial

import httpx

get = partial(httpx.get, timeout=10, verify=False)
post = partial(httpx.post, timeout=10, verify=False)
Client = partial(httpx.Client, timeout=10, verify=False)
AsyncClient = partial(httpx.AsyncClient, timeout=10, verify=False)
