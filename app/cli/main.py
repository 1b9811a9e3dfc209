"""`hookline`: how a command ends, and what becomes of errors.

What takes time to import is imported where a Ctrl-C is minded.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from app.errors import UserError

USER_ERROR = 2
INTERRUPTED = 130
NOBODY_READS = 141  # as of what SIGPIPE ends


@contextmanager
def _loading() -> Iterator[None]:
    """Nothing is begun, so that a Ctrl-C may end the process on the spot. As an exception it could
    pass through an `exec` (of a dataclass, say), and then Python ends by the signal although it
    was caught.
    """
    before = signal.getsignal(signal.SIGINT)
    minded = before is signal.default_int_handler  # it may be ignored, or somebody else's
    if not minded or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process.

    Exit codes: 0 all well, 1 the command's own verdict (a row that is wrong, a process that
    died), 2 what the user can put right, 130 interrupted, 141 whoever read what it prints has left
    (`| head`).
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        with _loading():
            from app.cli.commands import build  # noqa: PLC0415

            command = build(arguments)
        command(list(arguments), prog_name="hookline")
    except SystemExit as ended:
        if _is_read(ended):
            raise
        _print_nowhere()
        sys.exit(NOBODY_READS)
    except UserError as error:
        from app.cli.show.texts import safe  # noqa: PLC0415

        print(safe(f"{error.what}\n{error.remedy}"), file=sys.stderr)
        sys.exit(USER_ERROR)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        print(f"The disk is full: {error}\nMake room and try again.", file=sys.stderr)
        sys.exit(USER_ERROR)


def _is_read(ended: SystemExit) -> bool:
    """Whether all that was printed was taken. Typer and rich both make 1 of a closed pipe, which is
    "the answer is no"; what is still to be written, Python would at its end, as 120.
    """
    if isinstance(ended.__context__, BrokenPipeError):
        return False
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        return False
    return True


def _print_nowhere() -> None:
    """What is left to be written goes nowhere when the process ends (docs.python.org, SIGPIPE)."""
    if sys.__stdout__ is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())


if __name__ == "__main__":
    main()
