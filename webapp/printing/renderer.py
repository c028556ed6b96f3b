"""The renderer: one warm process that prints what it is sent. ``python -m webapp.printing.renderer``.

Each document is set in a fork of it, with 30 seconds and 512 MB: what a hostile text does there stays there. A fork has the fonts already.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import signal
import sys
import threading
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from types import FrameType

from webapp.config import Settings
from webapp.printing import model

log = logging.getLogger(__name__)
SECONDS, MEGABYTES = 30, 512
AT_ONCE = 2
_places = threading.BoundedSemaphore(AT_ONCE)


def main() -> None:
    """Serve until stopped."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    serve(Settings.from_environment().renderer_socket)


def serve(place: Path) -> None:
    """Listen at ``place``. The folder is ours alone: whoever may write there may print."""
    os.umask(0o077)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.unlink(missing_ok=True)  # before the fonts are read: where there is a socket, somebody listens
    _warm_up()
    with Listener(str(place), family="AF_UNIX", backlog=32) as listener:
        while True:
            threading.Thread(target=_answer, args=(listener.accept(),), daemon=True).start()


def _warm_up() -> None:
    """Load fonts and lay out once before the first person waits; without fonts each request is told."""
    from webapp.printing.fonts import FontsMissing
    from webapp.printing.layout import render

    try:
        render(model.Document("", "", "", (), "", [model.Chapter("案卷"), model.Index("目录"), model.Text("职业健康 2026 dB(A)")]))
    except FontsMissing as error:
        log.warning("%s", error)


def _answer(connection: Connection) -> None:
    try:
        with connection:
            document = connection.recv()
            with _places:
                connection.send(_print_apart(document))
    except (EOFError, OSError):
        log.info("a client went away")


def _print_apart(document: model.Document) -> model.Printed | str:
    """The PDF, or why there is none: fonts, time, broken."""
    ours, theirs = multiprocessing.get_context("fork").Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_print_in_child, args=(document, theirs))
    child.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(SECONDS) else "time"
    except EOFError:
        return "broken"
    finally:
        child.kill()
        child.join()
        child.close()
        ours.close()


def _print_in_child(document: model.Document, out: Connection) -> None:
    from webapp.printing.fonts import FontsMissing
    from webapp.printing.layout import render

    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _close_all_but(out.fileno())
    limit = MEGABYTES * 1024 * 1024 + _address_space()
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))  # should nobody be left to stop it
    try:
        out.send(render(document))
    except FontsMissing:
        out.send("fonts")
    except (MemoryError, ValueError, RecursionError):
        log.exception("a document could not be printed")
        out.send("broken")


def _close_all_but(ours: int) -> None:
    """Sockets of people that a fork inherits: they would wait for it should the renderer be killed."""
    os.closerange(3, ours)
    os.closerange(ours + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _address_space() -> int:
    """Bytes that the warm process takes itself: the limit is for what a document adds."""
    if not sys.platform.startswith("linux"):
        return 2**34
    return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _leave(_signal: int, _frame: FrameType | None) -> None:
    os._exit(0)


if __name__ == "__main__":
    main()
