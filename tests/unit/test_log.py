from __future__ import annotations

import io
import json
import logging

from app.log import configure_logging, logger


def test_a_line_is_json_with_process_level_and_time() -> None:
    stream = io.StringIO()
    configure_logging("endpoint", stream=stream)
    logger("endpoint.http").warning("refused", source="support-eu", reason="bad_signature")
    line = json.loads(stream.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "process": "endpoint",
        "logger": "endpoint.http",
        "level": "warning",
        "event": "refused",
        "source": "support-eu",
        "reason": "bad_signature",
    }


def test_what_libraries_log_comes_out_the_same_way() -> None:
    stream = io.StringIO()
    configure_logging("worker", stream=stream)
    logging.getLogger("aiokafka").error("lost %s", "broker 1")
    line = json.loads(stream.getvalue())
    assert (line["event"], line["process"], line["logger"]) == (
        "lost broker 1",
        "worker",
        "aiokafka",
    )


def test_lines_below_the_level_are_dropped_and_text_is_for_people() -> None:
    stream = io.StringIO()
    configure_logging("worker", level="warning", fmt="text", stream=stream)
    logger("worker").info("quiet")
    logger("worker").error("loud", partition=3)
    assert "quiet" not in stream.getvalue()
    assert "loud" in stream.getvalue()
    assert "partition=3" in stream.getvalue()
