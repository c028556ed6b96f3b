"""Every event there is, with the keys of its payload. No personal or health data in payloads: ids and codes only;
``values`` is the SHA-256 of what was said, so that the record also covers the submissions."""

from __future__ import annotations

VOCABULARY: dict[str, tuple[str, ...]] = {
    "account.created": ("username",),
    "account.deactivated": (),
    "account.password_changed": (),
    "account.role_granted": ("role", "scope"),
    "account.role_revoked": ("role", "scope"),
    "account.sign_in_failed": ("address",),
    "account.signed_in": ("address",),
    "account.signed_out": (),
    "account.two_factor_disabled": (),
    "account.two_factor_enabled": (),
    "case.closed": ("outcome",),
    "case.opened": ("case_no", "employer_id"),
    "deadline.dropped": ("code",),
    "deadline.late": ("code",),
    "deadline.met": ("code",),
    "deadline.opened": ("code", "due_at"),
    "decision.taken": ("instance_id", "decision", "outputs"),
    "demo.loaded": ("employers", "cases"),
    "demo.wiped": ("streams", "digest"),
    "edition.activated": ("hash",),
    "edition.published": ("hash",),
    "employer.registered": ("credit_code",),
    "message.delivered": ("instance_id", "message_id", "message"),
    "message.stored": ("instance_id", "message_id", "message"),
    "process.ended": ("instance_id", "process", "end"),
    "process.started": ("instance_id", "process", "parent_id", "values"),
    "task.claimed": ("task_id", "element"),
    "task.completed": ("task_id", "element", "instance_id", "values"),
    "task.released": ("task_id", "element"),
    "task.withdrawn": ("task_id", "element"),
    "timer.fired": ("instance_id", "element"),
}
