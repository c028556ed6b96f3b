"""What the verbs of drafts refuse."""

from __future__ import annotations

from webapp.core.errors import DomainError, Invalid


class SavedMeanwhile(DomainError):
    """%(by)s saved this file at %(at)s, after you opened it.
    What you changed is still here: download it, reload the page and combine both."""


class NotOpen(DomainError):
    """This draft is not open any more, so it cannot be changed. If it waits for publication, take it back first."""


class NotSubmitted(DomainError):
    """This draft does not wait for publication. Reload the page to see what became of it."""


class NothingChanged(DomainError):
    """Nothing in this draft differs from the active edition. Change a file first."""


class NotChecked(DomainError):
    """This draft changed since its last check. Check it again, then go on."""


class HasErrors(DomainError):
    """This draft has errors. Correct the listed problems, then go on."""

    status = 422


class OwnDraft(DomainError):
    """You changed or submitted this draft yourself. Ask another administrator, who changed nothing in it, to look at it and publish it."""

    status = 403


class BaseMoved(DomainError):
    """%(by)s activated edition %(edition)s at %(at)s, which changed: %(files)s. Check this draft again on top of it, then publish."""


class SameFileChanged(DomainError):
    """Edition %(edition)s, active since %(at)s (%(by)s), has another version of: %(files)s.
    Compare the two, then keep yours or remove it."""


class UnknownFile(DomainError):
    """The active edition has no such file. Reload the page and choose one from the list."""

    status = 404


class FileThere(DomainError):
    """There is a file “%(key)s” of this kind already. Choose another key, or edit a copy of it."""


class UnreadableUpload(Invalid):
    """“%(name)s” was not accepted. %(reason)s Correct the file and send it again."""


class VersionNeeded(Invalid):
    """The request does not say which version of the file was opened. Reload the page and save again."""


class NoFileChosen(Invalid):
    """Choose at least one .bpmn, .dmn or .json file, then send it."""
