"""Have a document printed by the renderer. Never draws in the process that asks."""

from __future__ import annotations

import os
from multiprocessing.connection import Client
from pathlib import Path

from flask import current_app

from webapp.config import Settings
from webapp.core.errors import DomainError
from webapp.printing import model
from webapp.printing.fonts import FontsMissing

WAIT_SECONDS = 45  # the renderer's own limit and a place in its queue


class RendererAway(DomainError):
    """Printing is not available right now. Try again in a minute; if it stays so, tell your administrator: the renderer does not run."""

    status = 503


class TooLongToPrint(DomainError):
    """This document takes longer to print than anybody should wait. Tell your administrator; nothing was lost."""

    status = 503


class NotPrintable(DomainError):
    """This document could not be printed. Your administrator finds the reason in the log of the renderer."""

    status = 500


def print_document(document: model.Document) -> model.Printed:
    """Raises FontsMissing, RendererAway, TooLongToPrint, NotPrintable."""
    settings: Settings = current_app.config["ZHIJIAN"]
    answer = _ask(settings.renderer_socket, document)
    if isinstance(answer, model.Printed):
        return answer
    raise {"fonts": FontsMissing, "time": TooLongToPrint}.get(answer, NotPrintable)()


def _ask(place: Path, document: model.Document) -> model.Printed | str:
    try:
        if place.stat().st_uid != os.getuid():
            raise RendererAway  # somebody else listens there: he would read the dossier and choose what is unpickled here
        with Client(str(place), family="AF_UNIX") as connection:
            connection.send(document)
            return connection.recv() if connection.poll(WAIT_SECONDS) else "time"
    except (OSError, EOFError) as error:
        raise RendererAway from error
