"""What is refused about evidence, documents and their service."""

from __future__ import annotations

from webapp.core.errors import DomainError


class NotEvidence(DomainError):
    """This file is neither JPEG, PNG nor PDF, whatever its name says. Send a photograph, a scan or a PDF."""

    status = 422


class EmptyFile(DomainError):
    """This file is empty. Choose it again; if it stays empty, take the photograph once more."""

    status = 422


class FileTooLarge(DomainError):
    """This file is larger than 20 MB. Send a smaller photograph, or split the PDF."""

    status = 413


class UploadCut(DomainError):
    """This file did not arrive whole. Nothing was stored; send it again."""

    status = 422


class ImageDamaged(DomainError):
    """This picture is damaged or was cut off. Take it from the camera again and send it once more."""

    status = 422


class TooManyPixels(DomainError):
    """This picture has more than 40 million pixels. Send it in a smaller size."""

    status = 422


class TwoFormats(DomainError):
    """This file is a picture and something else at the same time. Send the picture alone."""

    status = 422


class PdfDamaged(DomainError):
    """This PDF is damaged or was cut off. Make it again and send it once more."""

    status = 422


class PdfEncrypted(DomainError):
    """This PDF is protected by a password or by rights. Save it without protection, or scan the printed pages."""

    status = 422


class PdfActive(DomainError):
    """This PDF does something when it is opened, or carries other files (%(what)s). Print it to a plain PDF, or scan the printed pages."""

    status = 422


class PdfUnreadable(DomainError):
    """This PDF is packed in a way that cannot be checked. Print it to a plain PDF, or scan the printed pages."""

    status = 422


class FileRefused(DomainError):
    """“%(name)s”: %(reason)s Nothing of what you sent was stored.

    One of the files sent together.
    """

    status = 422


class TooManyFiles(DomainError):
    """More than 20 files were sent together, and nothing was stored. Send them in several parts."""

    status = 422


class NothingSent(DomainError):
    """No file was chosen. Choose at least one photograph, scan or PDF."""

    status = 422


class AlreadyStored(DomainError):
    """The very same file is in this case already: “%(name)s”, %(at)s."""


class AlreadyWithdrawn(DomainError):
    """This evidence was withdrawn before. It stays readable with the reason."""


class NotYours(DomainError):
    """Only the person who added this evidence, or a supervisor, may withdraw it."""

    status = 403


class ReasonNeeded(DomainError):
    """Say why, in at least four characters: the reason stays in the file."""

    status = 422


class CaseClosed(DomainError):
    """This case is closed: nothing more is added to its file."""


class UnknownKind(DomainError):
    """There is no kind of document %(kind)s. Choose one from the list."""

    status = 404


class NotMaker(DomainError):
    """This kind of document is made by other roles. Ask a colleague who holds one of them: %(roles)s."""

    status = 403


class FormMissing(DomainError):
    """The form for this kind of document is not part of the active edition. Tell your administrator: the form is called %(form)s."""


class NotADraft(DomainError):
    """This document is final and cannot be changed. Void it with a reason and make a new one."""


class NotFinal(DomainError):
    """Only a final document can be served. Make it final first."""


class NothingToServe(DomainError):
    """There is no final document of the kind %(kind)s in this case yet. It must be made before it can be served."""


class AlreadyVoid(DomainError):
    """This document was voided before. Its number stays used."""


class AlreadyServed(DomainError):
    """This document was served and cannot be voided. What it orders can only be changed by a new decision."""


class TooFewOfficers(DomainError):
    """This record needs at least two officers with certificates (Administrative Penalty Law, articles 42 and 55). Name the second one."""

    status = 422
