"""Places, bodies, people and what they may do where."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask_security.core import UserMixin
from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, String, UniqueConstraint, and_, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core import clock
from webapp.core.db import Base, BigId
from webapp.core.permissions import Permission, permissions_of


class Jurisdiction(Base):
    """One of the two policy documents' areas; everything belongs to one."""

    __tablename__ = "jurisdiction"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)  # prefix of case numbers: "TC"
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))


class Town(Base):
    """镇(街道): a town, street, zone or park. ``responsible_office``: who in it answers for occupational health (R-042)."""

    __tablename__ = "town"
    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    code: Mapped[str] = mapped_column(String(24), unique=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(8), default="town")  # one of organisation.TOWN_KINDS
    responsible_office: Mapped[str | None] = mapped_column(String(120))
    jurisdiction: Mapped[Jurisdiction] = relationship()


class Grid(Base):
    """网格: the cell one patroller walks."""

    __tablename__ = "grid"
    id: Mapped[int] = mapped_column(primary_key=True)
    town_id: Mapped[int] = mapped_column(ForeignKey("town.id"))
    code: Mapped[str] = mapped_column(String(24), unique=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    town: Mapped[Town] = relationship()


class Organisation(Base):
    """A department, institution or outside body: district health, police, civil affairs, disease control.

    ``kind``: the actor code it answers for (domain/02, 2.0) or what it is, one of organisation.BODY_KINDS; ``short_zh``: before the
    numbers of its papers ("苏太卫"); ``valid_to``: the last day it exists.
    """

    __tablename__ = "organisation"
    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    code: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[str] = mapped_column(String(24))
    level: Mapped[str] = mapped_column(String(8), default="district")  # city, district or town
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    short_zh: Mapped[str | None] = mapped_column(String(24))
    short_en: Mapped[str | None] = mapped_column(String(40))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    is_demo: Mapped[bool] = mapped_column(default=False)

    def exists_on(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or self.valid_to >= on)


class User(Base, UserMixin):  # type: ignore[misc]  # Flask-Security is untyped
    """A person with an account. Flask-Security reads active, password, fs_uniquifier and the tf_ columns."""

    __tablename__ = "user_account"
    __table_args__ = ({"sqlite_autoincrement": True},)  # events that stay name the actor: an id must not come back as somebody else
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    jurisdiction_id: Mapped[int | None] = mapped_column(ForeignKey("jurisdiction.id"))  # None: the installation's administrators
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    locale: Mapped[str | None] = mapped_column(String(16))
    password: Mapped[str] = mapped_column(String(255))
    password_is_temporary: Mapped[bool] = mapped_column(default=False, server_default="0")  # handed over by an administrator
    active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None]  # of the last code used: a code counts once
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]  # the last time
    memberships: Mapped[list[Membership]] = relationship(back_populates="user", lazy="selectin", cascade="all, delete-orphan")

    @property
    def roles(self) -> list[Any]:
        """Flask-Security's own roles are not used: ours have a scope (``memberships``)."""
        return []

    @property
    def held(self) -> list[Membership]:
        """The memberships that are in force today."""
        today = clock.today()
        return [membership for membership in self.memberships if membership.is_in_force(today)]

    @property
    def role_codes(self) -> frozenset[str]:
        return frozenset(membership.role for membership in self.held)

    @property
    def candidate_groups(self) -> frozenset[tuple[str, str]]:
        """(role, scope) pairs whose user tasks this person may claim: each membership, and its role over the whole jurisdiction."""
        own = {(membership.role, membership.scope) for membership in self.held}
        wide = {(role, f"j{self.jurisdiction_id}") for role, _ in own} if self.jurisdiction_id else set()
        return frozenset(own | wide)

    def scopes_with(self, permission: Permission) -> frozenset[str]:
        """Scopes of the memberships whose own role has the permission: another role's place opens nothing."""
        return frozenset(held.scope for held in self.held if permission in permissions_of(frozenset({held.role})))

    @property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.role_codes)

    def has(self, permission: Permission) -> bool:
        return permission in self.permissions


class Membership(Base):
    """A role in a scope. Exactly the columns that the role's scope needs are set (``permissions.SCOPE_OF_ROLE``).

    ``valid_from``, ``valid_to``: first and last day it opens anything; None: from the beginning, until it is revoked.
    """

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("user_id", "role", "scope"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[str] = mapped_column(String(24))
    scope: Mapped[str] = mapped_column(String(24))  # "j1", "t3", "g7", "o2" or "*": with role the candidate group
    jurisdiction_id: Mapped[int | None] = mapped_column(ForeignKey("jurisdiction.id"))
    town_id: Mapped[int | None] = mapped_column(ForeignKey("town.id"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    user: Mapped[User] = relationship(back_populates="memberships")

    def is_in_force(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or self.valid_to >= on)

    @classmethod
    def in_force(cls, on: date) -> ColumnElement[bool]:
        """The same as a condition on rows."""
        return and_(or_(cls.valid_from.is_(None), cls.valid_from <= on), or_(cls.valid_to.is_(None), cls.valid_to >= on))


class Certificate(Base):
    """行政执法证: what lets an officer act towards a party. Valid from ``issued_on`` through ``valid_to``, until it is revoked."""

    __tablename__ = "officer_certificate"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(16))  # enforcement or supervision
    issued_on: Mapped[date]
    valid_to: Mapped[date]
    issuer: Mapped[str] = mapped_column(String(80))
    revoked_on: Mapped[date | None]  # from this day on it is void
    source: Mapped[str] = mapped_column(String(200))  # where the entry was read: the card, a list of the issuer, demo

    def is_valid(self, on: date) -> bool:
        return self.issued_on <= on <= self.valid_to and not self.is_revoked(on)

    def is_revoked(self, on: date) -> bool:
        return self.revoked_on is not None and self.revoked_on <= on


class Power(Base):
    """职权: what an agency has by law or a town by a published handing-down, between two days. Source: DT9, BR-17; APL 17, 24.

    ``items``: codes of the catalogue of violations, or ["*"] for every matter; ``valid_to``: the last day; ``verified``: yes, part, no or
    design, as of legal data. A row is never deleted, only ended: decisions rest on it.
    """

    __tablename__ = "power"
    __table_args__ = (Index("ix_power_town", "town_id", "kind"), Index("ix_power_agency", "jurisdiction_id", "holder_kind", "kind"))
    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    holder_kind: Mapped[str] = mapped_column(String(8))  # agency or town
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    town_id: Mapped[int | None] = mapped_column(ForeignKey("town.id"))
    kind: Mapped[str] = mapped_column(String(24))  # one of organisation.POWER_KINDS
    items: Mapped[list[str]] = mapped_column(JSON)
    basis: Mapped[str] = mapped_column(String(200))
    document_no: Mapped[str | None] = mapped_column(String(80))  # of the published decision that hands the power down
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    verified: Mapped[str] = mapped_column(String(8))
    note: Mapped[str | None] = mapped_column(String(400))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))  # None: shipped
    added_at: Mapped[datetime]
    organisation: Mapped[Organisation | None] = relationship()
    town: Mapped[Town | None] = relationship()

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or self.valid_to >= on)

    def covers(self, item: str) -> bool:
        return "*" in self.items or item in self.items


class PowerUse(Base):
    """A decision that rests on a power. ``item``: code of the violation, "*" where the act concerns no single one."""

    __tablename__ = "power_use"
    __table_args__ = (UniqueConstraint("task_id", "kind", "item"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    power_id: Mapped[int] = mapped_column(ForeignKey("power.id"), index=True)
    task_id: Mapped[int] = mapped_column(BigId)
    case_id: Mapped[int] = mapped_column(BigId, index=True)
    kind: Mapped[str] = mapped_column(String(24))
    item: Mapped[str] = mapped_column(String(32))
    on_day: Mapped[date]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    used_at: Mapped[datetime]
    power: Mapped[Power] = relationship()


class WebSession(Base):
    """A browser session or API token on the server: the client holds only the random key, we only its hash."""

    __tablename__ = "web_session"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))  # "browser" or "api"
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    data: Mapped[bytes]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    user: Mapped[User | None] = relationship()


class SignInAttempt(Base):
    """Failed sign-ins per account and per address, for the throttle."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_subject", "subject", "failed_at"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str] = mapped_column(String(80))  # "user:<name hash>" or "ip:<address>"
    failed_at: Mapped[datetime]
