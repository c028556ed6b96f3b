"""People concerned 相关人员 in a case. Everything that says who they are or how they are is sealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base, BigId

WORKER, RELATIVE, COMPLAINANT, WITNESS, SUSPECT = "worker", "relative", "complainant", "witness", "suspect"
KINDS = (WORKER, RELATIVE, COMPLAINANT, WITNESS, SUSPECT)


class Person(Base):
    """A person in one case. ``_sealed`` columns open only in their own row and column (``core.sealing``); masks are for pages."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_id_number_index", "id_number_index"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    name_mask: Mapped[str] = mapped_column(String(8))  # 张*
    name_sealed: Mapped[bytes]
    id_number_mask: Mapped[str | None] = mapped_column(String(18))  # 32**************0X
    id_number_sealed: Mapped[bytes | None]
    id_number_index: Mapped[bytes | None]  # keyed: equal numbers are found without opening them
    phone_sealed: Mapped[bytes | None]
    health_sealed: Mapped[bytes | None]  # JSON: diagnosis, certificate_no, diagnosed_on, institution, catalogue_version
    relation: Mapped[str | None] = mapped_column(String(80))  # post of a worker; of whom a relative is one
    consents_to_be_named: Mapped[bool]  # a complainant's, in writing (domain/08 C.7)
    consent_evidence: Mapped[str | None] = mapped_column(String(200))  # the paper it is on
    added_by_id: Mapped[int | None]
    joined_at: Mapped[datetime]

    @property
    def has_health(self) -> bool:
        return self.health_sealed is not None

    @property
    def label(self) -> str:
        """Masked, as pages, lists and copies show it."""
        return f"{self.name_mask} {self.id_number_mask}" if self.id_number_mask else self.name_mask


class PersonTerm(Base):
    """A keyed index of how a person's name begins and is read (``cases.people_terms``): names are found without being opened."""

    __tablename__ = "person_term"
    __table_args__ = (Index("ix_person_term_person", "person_id"), {"sqlite_with_rowid": False})
    term: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
