"""What a form answers to a wrong value: whole sentences in both languages that say what to do."""

from __future__ import annotations

from bpmn.engine.language import language

_SENTENCES = {
    "required": ("请填写“{label}”。", "Fill in “{label}”."),
    "choose": ("请选择“{label}”。", "Choose an answer for “{label}”."),
    "choose-some": ("请在“{label}”中至少选择一项。", "Choose at least one answer for “{label}”."),
    "tick": ("请勾选“{label}”后再提交。", "Tick “{label}” before you send the form."),
    "not-text": ("“{label}”应当是文字，请重新填写。", "“{label}” takes text. Please type it again."),
    "not-whole": ("“{label}”请填写整数，例如 12。", "Enter a whole number for “{label}”, for example 12."),
    "not-number": ("“{label}”请填写数字，例如 3.5。", "Enter a number for “{label}”, for example 3.5."),
    "too-precise": (
        "“{label}”位数太多，请四舍五入到 15 位以内。",
        "“{label}” has too many digits. Round it to 15 digits at most.",
    ),
    "not-date": (
        "“{label}”请按“年-月-日”填写日期，例如 2026-11-08。",
        "Enter “{label}” as year-month-day, for example 2026-11-08.",
    ),
    "not-moment": (
        "“{label}”请按“年-月-日T时:分”填写，例如 2026-11-08T09:30。",
        "Enter “{label}” as date and time, for example 2026-11-08T09:30.",
    ),
    "not-an-option": ("“{label}”请从给出的选项中选择。", "Choose one of the given answers for “{label}”."),
    "not-options": (
        "“{label}”请从给出的选项中选择，每项最多一次。",
        "Choose from the given answers for “{label}”, each at most once.",
    ),
    "not-yes-no": ("“{label}”请回答“是”或“否”。", "Answer “{label}” with yes or no."),
    "no-employer": (
        "“{label}”中的用人单位不存在，请重新查找并选择。",
        "The employer in “{label}” does not exist. Search and choose it again.",
    ),
    "refused": ("“{label}”不能这样选：{reason}。", "“{label}” cannot be answered like this: {reason}."),
    "chosen-twice": ("“{label}”中同一项选了两次，请去掉重复的。", "“{label}” names the same one twice. Remove the second."),
    "at-least": ("“{label}”不能小于 {limit}，请更正。", "“{label}” must be at least {limit}. Please correct it."),
    "at-most": ("“{label}”不能大于 {limit}，请更正。", "“{label}” must be at most {limit}. Please correct it."),
    "not-before": ("“{label}”不能早于 {limit}，请更正。", "“{label}” must not be before {limit}. Please correct it."),
    "not-after": ("“{label}”不能晚于 {limit}，请更正。", "“{label}” must not be after {limit}. Please correct it."),
    "too-short": (
        "“{label}”至少填写 {limit} 个字，现在是 {length} 个字。",
        "Write at least {limit} characters for “{label}”; you have {length}.",
    ),
    "too-long": (
        "“{label}”最多填写 {limit} 个字，请删去 {excess} 个字。",
        "“{label}” takes at most {limit} characters. Shorten it by {excess}.",
    ),
    "contradicts": (
        "“{other}”答的是“{answer}”，“{label}”就不能选“{option}”，请核对后更正。",
        "“{label}” cannot be “{option}” while “{other}” is “{answer}”. Please check the two.",
    ),
    "pattern": ("“{label}”的格式不对，请按规定的格式填写。", "“{label}” does not have the required format. Please correct it."),
    "pattern-help": (
        "“{label}”的格式不对，请按说明填写：{help}",
        "“{label}” does not have the required format. Follow the hint: {help}",
    ),
    "unknown-field": (
        "“{key}”不是本表单的填写项，请删除后重新提交。",
        "“{key}” is not a field of this form. Remove it and send the form again.",
    ),
    "not-values": ("请按“填写项: 值”的形式提交表单。", "Send the form as pairs of field and value."),
}


def sentence(code: str, locale: str, **params: object) -> str:
    zh, en = _SENTENCES[code]
    return (en if language(locale) == "en" else zh).format(**params)
