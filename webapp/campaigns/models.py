"""专项治理: a campaign, the employers frozen into it, and the runs that opened their visits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.accounts.models import Jurisdiction
from webapp.core.db import Base, BigId
from webapp.employers.models import Employer

DRAFT, LAUNCHING, RUNNING, STOPPED, FINISHED = "draft", "launching", "running", "stopped", "finished"


class Campaign(Base):
    """One rectification of one kind, in one jurisdiction."""

    __tablename__ = "campaign"
    __table_args__ = (Index("ix_campaign_list", "jurisdiction_id", "created_at", "id"), Index("ix_campaign_state", "state"))
    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int] = mapped_column(ForeignKey("jurisdiction.id"))
    kind: Mapped[str] = mapped_column(String(16))  # DUST, PLATING, AUTOREP
    name: Mapped[str] = mapped_column(String(120))
    plan: Mapped[str] = mapped_column(String(5000))  # 方案: the superior's document, the goal, who takes part
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    criteria: Mapped[dict[str, Any]] = mapped_column(JSON)  # town_ids (empty: all), min_workers
    state: Mapped[str] = mapped_column(String(12), default=DRAFT)
    member_count: Mapped[int] = mapped_column(default=0)
    created_by_id: Mapped[int | None]
    created_at: Mapped[datetime]
    frozen_by_id: Mapped[int | None]
    frozen_at: Mapped[datetime | None]
    stop_reason: Mapped[str | None] = mapped_column(String(400))
    ended_at: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    jurisdiction: Mapped[Jurisdiction] = relationship()

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None


class CampaignMember(Base):
    """An employer in a campaign, as it was when the list was frozen, and the visit opened for it."""

    __tablename__ = "campaign_member"
    __table_args__ = (
        UniqueConstraint("campaign_id", "employer_id"),
        Index("ix_campaign_member_town", "campaign_id", "town_id", "id"),
        Index("ix_campaign_member_instance", "instance_id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"))
    jurisdiction_id: Mapped[int]
    town_id: Mapped[int]
    grid_id: Mapped[int]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))  # opened by the hand-over
    opened_at: Mapped[datetime | None]
    employer: Mapped[Employer] = relationship()


class CampaignRun(Base):
    """One attempt to open the visits. ``state``: requested, interrupted, ours (done by the loop), completed."""

    __tablename__ = "campaign_run"
    __table_args__ = (UniqueConstraint("campaign_id", "kind", "attempt"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[str] = mapped_column(String(12))  # launch
    attempt: Mapped[int]
    flow_run_id: Mapped[str | None] = mapped_column(String(36))  # Prefect's
    state: Mapped[str] = mapped_column(String(12))
    note: Mapped[str | None] = mapped_column(String(40))  # why it was interrupted: a key of runs.REASONS
    requested_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
