"""Small diagrams for engine tests, from a line per node and flow."""

from __future__ import annotations

import hashlib
from xml.sax.saxutils import escape

from bpmn.engine.ports import Artifact

_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="definitions_{key}" targetNamespace="urn:test">'
)
Flow = tuple[str, str] | tuple[str, str, str]  # source, target, condition


def artifact(kind: str, key: str, content: str) -> Artifact:
    data = content.encode()
    return Artifact(kind, key, data, hashlib.sha256(data).hexdigest())


def process(key: str, nodes: dict[str, str], flows: list[Flow], *, extra: str = "") -> Artifact:
    """``nodes``: id -> kind, with what stands inside after a bar: "intermediateCatchEvent|<...>"; gateways: "exclusiveGateway default=x".

    A flow's id is "source_target". ``extra``: root elements beside the process (messages, errors).
    """
    lane = "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes)
    body = "".join(_node(node, kind, flows) for node, kind in nodes.items()) + "".join(_flow(flow) for flow in flows)
    return artifact(
        "bpmn", key,
        f'{_HEAD.format(key=key)}{extra}<bpmn:process id="{key}" name="{key}" isExecutable="true"><bpmn:laneSet id="lanes_{key}">'
        f'<bpmn:lane id="HD_LEAD" name="承办人">{lane}</bpmn:lane></bpmn:laneSet>{body}</bpmn:process></bpmn:definitions>',
    )  # fmt: skip


def timer(kind: str, expression: str) -> str:
    inner = f'<bpmn:{kind} xsi:type="bpmn:tFormalExpression">{escape(expression)}</bpmn:{kind}>'
    return f"<bpmn:timerEventDefinition>{inner}</bpmn:timerEventDefinition>"


def message(reference: str, variable: str) -> str:
    return (
        f'<bpmn:messageEventDefinition messageRef="{reference}"><bpmn:extensionElements><spiffworkflow:messageVariable>{variable}'
        "</spiffworkflow:messageVariable></bpmn:extensionElements></bpmn:messageEventDefinition>"
    )


def child(process_key: str) -> str:
    return (
        '<bpmn:extensionElements><spiffworkflow:serviceTaskOperator id="start_child" resultVariable="child"><spiffworkflow:parameters>'
        f'<spiffworkflow:parameter id="process" type="str" value="\'{process_key}\'" /></spiffworkflow:parameters>'
        "</spiffworkflow:serviceTaskOperator></bpmn:extensionElements>"
    )


def decision(key: str) -> str:
    called = f"<spiffworkflow:calledDecisionId>{key}</spiffworkflow:calledDecisionId>"
    return f"<bpmn:extensionElements>{called}</bpmn:extensionElements>"


def _node(node: str, kind: str, flows: list[Flow]) -> str:
    head, _, inner = kind.partition("|")
    tag, _, attributes = head.partition(" ")
    before, after = ("", inner) if "EventDefinition" in inner or "<bpmn:script>" in inner else (inner, "")
    links = "".join(f"<bpmn:incoming>{f[0]}_{f[1]}</bpmn:incoming>" for f in flows if f[1] == node)
    links += "".join(f"<bpmn:outgoing>{f[0]}_{f[1]}</bpmn:outgoing>" for f in flows if f[0] == node)
    return f'<bpmn:{tag} id="{node}" name="{node}" {attributes}>{before}{links}{after}</bpmn:{tag}>'


def _flow(flow: Flow) -> str:
    source, target, *condition = flow
    inner = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition[0])}</bpmn:conditionExpression>'
        if condition
        else ""
    )
    return f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'


INNER = process(
    "inner", {"opened": "startEvent", "fill": "userTask", "filled": "endEvent"}, [("opened", "fill"), ("fill", "filled")]
)  # fmt: skip
# The way back does not lead before the fork: unpruned, SpiffWorkflow's join then sees the branches of the first round and opens too early.
MAZE = process(
    "maze",
    {
        "begun": "startEvent", "look": "userTask", "again": 'exclusiveGateway default="again_fork"', "fork": "parallelGateway",
        "left": "userTask", "pause": f"intermediateCatchEvent|{timer('timeDuration', chr(34) + 'PT2H' + chr(34))}",
        "right": 'callActivity calledElement="inner"', "join": "parallelGateway", "answer": "userTask",
        "late": f'boundaryEvent attachedToRef="answer" cancelActivity="true"|{timer("timeDuration", chr(34) + "P3D" + chr(34))}',
        "remind": "userTask", "wait": f"intermediateCatchEvent|{message('msg', 'reply')}", "told": 'exclusiveGateway default="told_done"',
        "void": 'endEvent|<bpmn:errorEventDefinition errorRef="err" />', "done": "endEvent",
    },
    [
        ("begun", "look"), ("look", "again"), ("again", "look", "look == 'again'"), ("again", "fork"), ("fork", "left"), ("left", "pause"),
        ("pause", "join"), ("fork", "right"), ("right", "join"), ("join", "answer"), ("answer", "wait"), ("late", "remind"),
        ("remind", "answer"), ("wait", "told"), ("told", "void", "reply['text'] == 'void'"), ("told", "answer", "reply['text'] == 'back'"),
        ("told", "done"),
    ],
    extra='<bpmn:message id="msg" name="maze.reply" /><bpmn:error id="err" name="void" errorCode="VOID" />',
)  # fmt: skip
LOOP = process(
    "loop", {"begun": "startEvent", "turn": "userTask", "more": 'exclusiveGateway default="more_turn"', "out": "endEvent"},
    [("begun", "turn"), ("turn", "more"), ("more", "turn"), ("more", "out", "stop")],
)  # fmt: skip
# An event-based gateway in a sub-process of a called process, whose "look" stands in another lane than the caller's "look".
ASKED = artifact(
    "bpmn", "asked",
    process(
        "asked", {"came": "startEvent", "look": "userTask", "round": "subProcess|@", "went": "endEvent"},
        [("came", "look"), ("look", "round"), ("round", "went")], extra='<bpmn:message id="said" name="asked.reply" />',
    ).content.decode().replace('id="HD_LEAD" name="承办人"', 'id="POL" name="公安"').replace("@", ""),
)  # fmt: skip
_ROUND = process(
    "unused",
    {
        "in_round": "startEvent", "first_of": "eventBasedGateway", "said_so": f"intermediateCatchEvent|{message('said', 'reply')}",
        "too_late": f"intermediateCatchEvent|{timer('timeDuration', chr(34) + 'PT4H' + chr(34))}", "chase": "userTask", "thank": "userTask",
        "chased": "endEvent", "thanked": "endEvent",
    },
    [
        ("in_round", "first_of"), ("first_of", "said_so"), ("first_of", "too_late"), ("said_so", "thank"), ("too_late", "chase"),
        ("thank", "thanked"), ("chase", "chased"),
    ],
)  # fmt: skip


def _with_round(outer: Artifact, inner: Artifact) -> Artifact:
    nodes = inner.content.decode().split("</bpmn:laneSet>")[1].split("</bpmn:process>")[0]
    return artifact(outer.kind, outer.key, outer.content.decode().replace("</bpmn:subProcess>", f"{nodes}</bpmn:subProcess>"))


ASKED = _with_round(ASKED, _ROUND)
SIGNS = artifact(
    "dmn", "signs",
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="signs"><decisionTable hitPolicy="COLLECT"><input>'
    '<inputExpression><text>look</text></inputExpression></input><output name="signs" />'
    + "".join(f"<rule><inputEntry><text>{cell}</text></inputEntry><outputEntry><text>{value}</text></outputEntry></rule>"
              for cell, value in (('"again"', '"a"'), ('"again"', '"b"'), ('"on"', '"c"')))
    + "</decisionTable></decision></definitions>",
)  # fmt: skip
ASKING = process(
    "asking",
    {
        "begun": "startEvent", "look": "userTask", "judge": f"businessRuleTask|{decision('signs')}",
        "ask": 'callActivity calledElement="asked"', "more": 'exclusiveGateway default="more_look"', "done": "endEvent",
    },
    [("begun", "look"), ("look", "judge"), ("judge", "ask"), ("ask", "more"), ("more", "look"), ("more", "done", "look == 'on'")],
)  # fmt: skip
