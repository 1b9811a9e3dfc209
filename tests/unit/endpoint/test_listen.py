from __future__ import annotations

import pytest

from app.endpoint.server import listen
from app.errors import UserError


def test_a_taken_port_is_named_with_the_setting_that_moves_it() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(UserError) as refused:
            listen("127.0.0.1", port)
    assert f"port {port}" in refused.value.what
    assert "HOOKLINE_ENDPOINT_PORT" in refused.value.remedy


def test_an_address_that_is_not_this_machines_is_refused() -> None:
    with pytest.raises(UserError, match="HOOKLINE_ENDPOINT_HOST"):
        listen("no.such.host.invalid", 0)
    with pytest.raises(UserError, match=r"192\.0\.2\.1"):
        listen("192.0.2.1", 0)
