"""The states of a referral and the ways between them. Source: domain/02, end of 2.2(f) [D]; TR 7 to 9 for the police."""

from __future__ import annotations

DRAFTED, APPROVED, SENT, RECEIVED = "drafted", "approved", "sent", "received"
ACCEPTED, DECLINED, RETURNED, FORWARDED = "accepted", "declined", "returned_for_supplement", "forwarded"
IN_PROGRESS, CONCLUDED, FEEDBACK, CLOSED, WITHDRAWN = "in_progress", "concluded", "feedback_received", "closed", "withdrawn"

NEXT: dict[str, frozenset[str]] = {
    DRAFTED: frozenset({APPROVED, SENT, WITHDRAWN}),
    APPROVED: frozenset({SENT, DRAFTED, WITHDRAWN}),
    # One paper may be receipt and answer.
    SENT: frozenset({RECEIVED, ACCEPTED, DECLINED, RETURNED, FORWARDED, CONCLUDED, WITHDRAWN}),
    RECEIVED: frozenset({ACCEPTED, DECLINED, RETURNED, FORWARDED, IN_PROGRESS, CONCLUDED, SENT, WITHDRAWN}),
    # What was incomplete is sent again: the clock of the answer starts anew (domain/08 C.5).
    RETURNED: frozenset({SENT, RECEIVED, WITHDRAWN}),
    FORWARDED: frozenset({RECEIVED, ACCEPTED, DECLINED, CONCLUDED, FEEDBACK, CLOSED}),
    ACCEPTED: frozenset({IN_PROGRESS, CONCLUDED, RETURNED}),
    # A refusal may be reconsidered or corrected on the order of the procuratorate (TR 9).
    DECLINED: frozenset({ACCEPTED, CONCLUDED, FEEDBACK, CLOSED}),
    IN_PROGRESS: frozenset({CONCLUDED, FEEDBACK}),
    CONCLUDED: frozenset({FEEDBACK, CLOSED}),
    FEEDBACK: frozenset({CLOSED}),
    CLOSED: frozenset(),
    WITHDRAWN: frozenset(),
}
STATES = frozenset(NEXT)
ENDED = frozenset({CLOSED, WITHDRAWN})
PACKING = frozenset({DRAFTED, APPROVED, RETURNED})
EVER_SENT = STATES - {DRAFTED, APPROVED, WITHDRAWN}
# The way as both sides see it: the stages of the stepper; states beside it stand where their stage is.
STAGES = (
    (DRAFTED,),
    (APPROVED,),
    (SENT,),
    (RECEIVED, RETURNED),
    (ACCEPTED, DECLINED, FORWARDED),
    (IN_PROGRESS, CONCLUDED),
    (FEEDBACK,),
    (CLOSED, WITHDRAWN),
)


def may_follow(state: str, following: str) -> bool:
    """A step may say again where the referral is."""
    return following == state or following in NEXT[state]
