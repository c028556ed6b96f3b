"""用人单位: the registry of employers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Grid, Town
from webapp.core.db import Base


class Employer(Base):
    """One employer at one place."""

    __tablename__ = "employer"
    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    town_id: Mapped[int] = mapped_column(ForeignKey("town.id"), index=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    credit_code: Mapped[str] = mapped_column(String(18), unique=True)  # unified social credit code
    name: Mapped[str] = mapped_column(String(120), index=True)
    address: Mapped[str] = mapped_column(String(200))
    industry: Mapped[str] = mapped_column(String(8))  # GB/T 4754-2017 code
    hazards: Mapped[list[str]] = mapped_column(JSON)  # codes of employers.catalogue
    workers: Mapped[int]
    exposed_workers: Mapped[int]
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    town: Mapped[Town] = relationship()
    grid: Mapped[Grid] = relationship()

    def summary(self) -> dict[str, Any]:
        """What lists and the API show of it."""
        return {"id": self.id, "name": self.name, "credit_code": self.credit_code, "town_id": self.town_id, "grid_id": self.grid_id}
