"""What each filter offers: only what the person may meet, without a look at the tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext

from bpmn.engine.compiler import ProcessDefinition
from webapp.accounts.models import Grid, Town, User
from webapp.accounts.queries import visible_grids, visible_towns, visible_users
from webapp.core.db import db
from webapp.core.i18n import gettext, locale_tag, pick
from webapp.employers.catalogue import HAZARDS, INDUSTRIES
from webapp.employers.risks import LEVELS
from webapp.inbox.filters import NEAR, NO_CLOCK, NOBODY, OVERDUE, THIS_WEEK, Filters
from webapp.inbox.queries import View
from webapp.processes.editions import active_edition, content_of
from webapp.processes.errors import NoEdition
from webapp.processes.stages import STAGES

NAMES = {
    "stage": lazy_gettext("Stage"),
    "process": lazy_gettext("Process"),
    "town": lazy_gettext("Town"),
    "grid": lazy_gettext("Grid"),
    "risk": lazy_gettext("Risk"),
    "hazard": lazy_gettext("Hazard"),
    "industry": lazy_gettext("Industry"),
    "due": lazy_gettext("Time limit"),
    "assignee": lazy_gettext("Held by"),
    "q": lazy_gettext("Text"),
}
_DUE = {
    OVERDUE: lazy_gettext("Overdue"),
    NEAR: lazy_gettext("Due within 48 hours"),
    THIS_WEEK: lazy_gettext("Due within 7 days"),
    NO_CLOCK: lazy_gettext("Without a time limit"),
}
# Sections and divisions of GB/T 4754-2017 as far as the registry has employers in them.
_SECTIONS = {
    "C": {"zh": "制造业", "en": "Manufacturing"},
    "O": {"zh": "居民服务、修理", "en": "Services and repair"},
    "Q": {"zh": "卫生和社会工作", "en": "Health and social work"},
}
_DIVISIONS = {
    "C17": {"zh": "纺织业", "en": "Textiles"},
    "C20": {"zh": "木材加工", "en": "Wood"},
    "C26": {"zh": "化学原料和化学制品", "en": "Chemicals"},
    "C29": {"zh": "橡胶和塑料制品", "en": "Rubber and plastics"},
    "C30": {"zh": "非金属矿物制品", "en": "Mineral products"},
    "C33": {"zh": "金属制品", "en": "Metal products"},
    "C36": {"zh": "汽车制造", "en": "Car making"},
    "C39": {"zh": "计算机、通信和其他电子设备", "en": "Electronics"},
    "O81": {"zh": "机动车、电子产品修理", "en": "Repair of vehicles and electronics"},
    "Q84": {"zh": "卫生", "en": "Health care"},
}

Choice = tuple[str, str]  # value, label


@dataclass(frozen=True, slots=True)
class Option:
    """One filter: its name in the address, its label, what it offers and what is chosen."""

    name: str
    label: str
    choices: Sequence[Choice]
    chosen: str

    @property
    def chosen_label(self) -> str:
        return next((label for value, label in self.choices if value == self.chosen), self.chosen)


def options(user: User, *, view: View, filters: Filters) -> list[Option]:
    """Those that offer a choice, and those that are set."""
    chosen = filters.values
    found = [Option(name, str(NAMES[name]), choices, chosen.get(name, "")) for name, choices in _offered(user, view, filters)]
    return [one for one in found if len(one.choices) > 1 or one.chosen]


def settled(filters: Filters, offered: Sequence[Option]) -> Filters:
    """Without values that are not offered: old bookmarks, other people's places."""
    by_name = {one.name: one for one in offered}
    gone = [name for name in filters.values if name != "q" and (name not in by_name or _is_stale(by_name[name]))]
    return filters.without(*gone)


def text_option(filters: Filters) -> Option:
    return Option("q", str(NAMES["q"]), ((filters.q, f"“{filters.q}”"),), filters.q)


def towns_by_id(offered: Sequence[Option]) -> dict[str, str]:
    return dict(next((one.choices for one in offered if one.name == "town"), ()))


def _offered(user: User, view: View, filters: Filters) -> Iterable[tuple[str, Sequence[Choice]]]:
    processes = _processes(user, view)
    yield "due", [(code, str(label)) for code, label in _DUE.items()]
    yield "stage", _stages(processes, user, view)
    yield "process", [(one.key, one.name_en if locale_tag() == "en" and one.name_en else one.name) for one in processes]
    yield "town", [(str(town.id), _name(town)) for town in db.session.scalars(visible_towns(user))]
    if filters.town is not None or filters.grid is not None:
        grids = visible_grids(user).where(Grid.town_id == filters.town) if filters.town is not None else visible_grids(user)
        yield "grid", [(str(grid.id), _name(grid)) for grid in db.session.scalars(grids)]
    yield "risk", [*((str(level), pick(LEVELS[level])) for level in sorted(LEVELS, reverse=True)), ("none", gettext("Not classified"))]
    yield "hazard", [(code, pick(names)) for code, names in HAZARDS.items()]
    yield "industry", _industries()
    if view == "all":
        yield "assignee", [(NOBODY, gettext("Nobody yet")), *_colleagues(user)]


def _colleagues(user: User) -> list[Choice]:
    """Names only: whole accounts come with their memberships."""
    people = visible_users(user).with_only_columns(User.id, User.name_zh, User.name_en)
    return [(str(one), pick({"zh": zh, "en": en})) for one, zh, en in db.session.execute(people)]


def _processes(user: User, view: View) -> list[ProcessDefinition]:
    """Of the active edition: those with steps of the person's roles, for lists of other people's work all."""
    try:
        content = content_of(active_edition().id)
    except NoEdition:
        return []
    every = [content.process(key) for key in content.process_keys]
    return [one for one in every if _meets(user, view)(one)]


def _meets(user: User, view: View) -> Callable[[ProcessDefinition], bool]:
    if view in ("all", "watched"):
        return lambda definition: True
    roles = user.role_codes
    return lambda definition: any(step.kind == "userTask" and step.role in roles for step in definition.elements.values())


def _stages(processes: Sequence[ProcessDefinition], user: User, view: View) -> list[Choice]:
    is_own = view not in ("all", "watched")
    steps = (step for one in processes for step in one.elements.values() if not is_own or step.role in user.role_codes)
    met = {step.properties.get("stage") for step in steps}
    return [(code, pick(names)) for code, names in STAGES.items() if code in met]


def _industries() -> list[Choice]:
    named = {**_SECTIONS, **_DIVISIONS}
    codes = {code[:3] for code in INDUSTRIES} | {code[0] for code in INDUSTRIES}
    return [(code, f"{code} {pick(named.get(code, {}))}".strip()) for code in sorted(codes)]


def _is_stale(option: Option) -> bool:
    return option.chosen not in {value for value, _ in option.choices}


def _name(one: Town | Grid) -> str:
    return pick({"zh": one.name_zh, "en": one.name_en})
