"""What a form definition must keep to."""

from __future__ import annotations

from bpmn.engine.findings import Rule, table

RULES = table(
    Rule(
        "form-too-large",
        "表单文件超过 {limit} KB，请拆成几个表单。",
        "The form file is larger than {limit} KB. Split it into several forms.",
    ),
    Rule(
        "form-not-json",
        "表单不是有效的 JSON（UTF-8 编码），请在第 {line} 行附近更正。",
        "The form is not valid JSON in UTF-8. Correct it near line {line}.",
    ),
    Rule(
        "form-not-object",
        "{place}应当是一个 JSON 对象，请更正。",
        "{place} must be a JSON object. Correct it.",
    ),
    Rule(
        "form-key",
        "标识“{key}”不可用：请用小写字母开头，只用小写字母、数字和下划线，最多 40 个字符，且不能是 typename。",
        "The key “{key}” cannot be used: begin with a small letter, use small letters, digits and underscores only,"
        " 40 characters at most, and not typename.",
    ),
    Rule(
        "form-key-twice",
        "标识“{key}”出现了两次，请改名。",
        "The key “{key}” is used twice. Rename one of them.",
    ),
    Rule(
        "form-text",
        '{place}缺少“{part}”的中文或英文，请写成 {{"zh": …, "en": …}}，每种语言最多 {limit} 字。',
        '“{part}” of {place} lacks Chinese or English. Write it as {{"zh": …, "en": …}}, at most {limit} characters each.',
    ),
    Rule(
        "form-unknown-property",
        "{place}有不认识的属性“{name}”，请删除或更正拼写。",
        "{place} has an unknown property “{name}”. Remove it or correct its spelling.",
    ),
    Rule(
        "form-misplaced-property",
        "{place}的类型是 {type}，不能有属性“{name}”，请删除。",
        "{place} is of type {type}, which takes no property “{name}”. Remove it.",
    ),
    Rule(
        "form-type",
        "{place}的类型“{type}”不存在，可用的类型：{types}。",
        "{place} has the unknown type “{type}”. Use one of: {types}.",
    ),
    Rule(
        "form-fields",
        "请给表单加上 fields 列表，最多 {limit} 项。",
        "Give the form a list “fields” of at most {limit} entries.",
    ),
    Rule(
        "form-flag",
        "{place}的 {name} 只能是 true 或 false，请更正。",
        "“{name}” of {place} must be true or false. Correct it.",
    ),
    Rule(
        "form-reference",
        "{place}要用 of 写明从哪里选择，可用：{sources}。",
        "{place} must name in “of” what to choose from: {sources}.",
    ),
    Rule(
        "form-options",
        "{place}需要 1 至 {limit} 个选项，每个选项写成 value 和 label，可加 not_with（与之矛盾的答案列表）。",
        "{place} needs 1 to {limit} options, each with a value and a label, and perhaps not_with (answers that contradict it).",
    ),
    Rule(
        "form-option-value",
        "{place}的选项值“{value}”不可用：只用字母、数字和 _ . : / -，最多 60 个字符，不能重复。",
        "{place} has the option value “{value}”, which cannot be used: only letters, digits and _ . : / -,"
        " 60 characters at most, each value once.",
    ),
    Rule(
        "form-limit",
        "{place}的 {name} 不可用，请写合适的{kind}，并使最小值不大于最大值。",
        "“{name}” of {place} cannot be used. Give a suitable {kind_en}, the smallest not above the largest.",
    ),
    Rule("form-default", "{place}的 default 只能是 today，请更正或删去。", "“default” of {place} can only be today. Correct or remove it."),
    Rule(
        "form-pattern",
        "{place}的 pattern 不可用（{reason}），请写更简单的正则表达式，最多 200 个字符。",
        "The pattern of {place} cannot be used ({reason_en}). Write a simpler regular expression of at most 200 characters.",
    ),
    Rule(
        "form-condition",
        '{place}的 visible_if 不可用：请写 {{"field": 前面某个选择项的标识, "in": [它的选项值]}}。',
        '“visible_if” of {place} cannot be used: write {{"field": key of an earlier field with options, "in": [some of its values]}}.',
    ),
    Rule(
        "form-routes",
        "{place}的 routes“{name}”不可用：请用小写字母、数字和下划线组成的变量名，不能是保留词或函数名。",
        "“routes” of {place} cannot be “{name}”: use a variable name of small letters, digits and underscores"
        " that is neither a reserved word nor a function.",
    ),
    Rule(
        "form-routes-text",
        "{place}是长文字，不能进入流程变量：请删除 routes，或把 max_length 设为 200 以内的单行文字。",
        "{place} is long text, which cannot enter the process. Remove “routes”, or make it a text of at most 200 characters.",
    ),
    Rule(
        "form-maps-to",
        "{place}的 maps_to“{name}”应写成“表.列”，例如 case.urgency。",
        "“maps_to” of {place} must be “table.column”, for example case.urgency; it is “{name}”.",
    ),
)
