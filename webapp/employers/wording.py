"""Names of tabs and of what a file still needs, in the language of the request."""

from __future__ import annotations

from flask_babel import lazy_gettext

TABS = {
    "overview": lazy_gettext("Overview"),
    "hazards": lazy_gettext("Declaration and posts"),
    "tests": lazy_gettext("Workplace tests"),
    "exams": lazy_gettext("Health examinations"),
    "projects": lazy_gettext("Projects"),
    "labour": lazy_gettext("Contracts and insurance"),
    "risk": lazy_gettext("Risk class"),
}
ITEMS = {
    "phone": lazy_gettext("telephone"),
    "legal_rep": lazy_gettext("legal representative"),
    "health_manager": lazy_gettext("occupational health manager"),
    "declaration": lazy_gettext("declaration of hazards"),
    "posts": lazy_gettext("posts with hazards"),
    "tests": lazy_gettext("workplace tests"),
    "exams": lazy_gettext("health examinations"),
    "contracts": lazy_gettext("labour contracts"),
    "insurance": lazy_gettext("work-injury insurance"),
    "risk": lazy_gettext("risk class"),
}
EMPTY = {
    "declaration": lazy_gettext("No declaration is known. Add the receipt when the employer has declared."),
    "hazard_post": lazy_gettext("No post is known. Add each post with a hazard, as seen on site."),
    "workplace_test": lazy_gettext("No test result is known. Add the values of the last report."),
    "health_exam": lazy_gettext("No examination is known. Add how many were due and how many were examined."),
    "project": lazy_gettext("No project is known."),
    "contract_fact": lazy_gettext("Nobody has looked at the labour contracts yet."),
    "insurance_fact": lazy_gettext("Nobody has looked at the work-injury insurance yet."),
    "risk": lazy_gettext("No risk class is known. It decides how often the workplace is tested and inspected."),
}
