"""When the people of the demo district work, and when a story's steps therefore happen."""

from __future__ import annotations

from datetime import datetime, timedelta

from webapp.core import clock
from webapp.demo.stories import Story
from webapp.rules.queries import is_working_day

FIRST_HOUR, LAST_HOUR = 8, 17
ONE_DAY = timedelta(days=1)
WITH_FREE_DAYS = 1.45  # of the working days, at first sight
TRIES = 8
NEAR_ENOUGH = timedelta(hours=8)


def working_hour(at: datetime) -> datetime:
    """The instant itself if offices are open, else the next morning on which they are."""
    local = at.astimezone(clock.LEGAL_ZONE)
    if local.hour >= LAST_HOUR:
        local = (local + ONE_DAY).replace(hour=FIRST_HOUR)
    while not is_working_day(local.date()):
        local = (local + ONE_DAY).replace(hour=FIRST_HOUR)
    return local.replace(hour=max(local.hour, FIRST_HOUR)).astimezone(at.tzinfo)


def schedule(story: Story, *, at: datetime) -> list[datetime]:
    """The opening, each step, and the claim of what is open then, if the story has one. Nothing happens after ``at``."""
    begun = at - timedelta(days=story.days_ago) if story.waited is None else _begun_before(story, at - timedelta(days=story.waited))
    times = [min(moment, at) for moment in moments(story, begun)]
    if story.claimed_after is not None:
        times.append(min(working_hour(times[-1] + timedelta(hours=story.claimed_after)), at))
    return times


def moments(story: Story, begun: datetime) -> list[datetime]:
    """The opening at ``begun`` or on the next working day, and each step."""
    found = [working_hour(begun)]
    for step in story.steps:
        found.append(working_hour(found[-1] + timedelta(hours=step.after_hours)))
    return found


def _begun_before(story: Story, ended: datetime) -> datetime:
    """When it must begin for its last step to be done about then, free days or not."""
    begun = ended - sum((timedelta(hours=step.after_hours) for step in story.steps), timedelta()) * WITH_FREE_DAYS
    best, distance = begun, timedelta.max
    for _ in range(TRIES):
        ends = moments(story, begun)[-1]
        if abs(ends - ended) < distance:
            best, distance = begun, abs(ends - ended)
        if distance <= NEAR_ENOUGH:
            break
        begun -= (ends - ended) * 0.8
    return best
