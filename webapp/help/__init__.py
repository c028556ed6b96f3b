"""The handbook: one page per role, with pictures."""
