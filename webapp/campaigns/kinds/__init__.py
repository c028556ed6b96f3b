"""The kinds of campaigns, one file each. A new kind: a file, a name in the list, its checklist form, its branch in ``campaign_visit``."""

from __future__ import annotations

from webapp.campaigns.kinds import auto_repair, dust, plating
from webapp.campaigns.kinds.kind import Kind

_KINDS = {module.KIND.code: module.KIND for module in (dust, plating, auto_repair)}


def all_kinds() -> list[Kind]:
    return list(_KINDS.values())


def find_kind(code: str) -> Kind | None:
    return _KINDS.get(code)
