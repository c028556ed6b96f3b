"""Forms: versioned JSON in two languages becomes one definition that pages, API and engine share."""

from __future__ import annotations

from bpmn.engine.forms.form import Form
from bpmn.engine.forms.model import Condition, Field, Lookups, Option
from bpmn.engine.forms.reading import FormRefused, compile_form

__all__ = ["Condition", "Field", "Form", "FormRefused", "Lookups", "Option", "compile_form"]
