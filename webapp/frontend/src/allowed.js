// Only what the checks accept can be drawn: palette, context pad and replace menu offer nothing else.

import ContextPadProvider from "bpmn-js/lib/features/context-pad/ContextPadProvider";
import ReplaceMenuProvider from "bpmn-js/lib/features/popup-menu/ReplaceMenuProvider";
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import RuleProvider from "diagram-js/lib/features/rules/RuleProvider";

const MESSAGE = { type: "bpmn:IntermediateCatchEvent", eventDefinitionType: "bpmn:MessageEventDefinition" };
const TIMER = { type: "bpmn:IntermediateCatchEvent", eventDefinitionType: "bpmn:TimerEventDefinition" };

const SHAPES = [
  ["start-event", "event", "bpmn-icon-start-event-none", "Create start event", { type: "bpmn:StartEvent" }],
  ["end-event", "event", "bpmn-icon-end-event-none", "Create end event", { type: "bpmn:EndEvent" }],
  ["message-event", "event", "bpmn-icon-intermediate-event-catch-message", "Create message catch event", MESSAGE],
  ["timer-event", "event", "bpmn-icon-intermediate-event-catch-timer", "Create timer catch event", TIMER],
  ["user-task", "activity", "bpmn-icon-user-task", "Create user task", { type: "bpmn:UserTask" }],
  ["service-task", "activity", "bpmn-icon-service-task", "Create service task", { type: "bpmn:ServiceTask" }],
  ["exclusive-gateway", "gateway", "bpmn-icon-gateway-xor", "Create exclusive gateway", { type: "bpmn:ExclusiveGateway" }],
  ["parallel-gateway", "gateway", "bpmn-icon-gateway-parallel", "Create parallel gateway", { type: "bpmn:ParallelGateway" }],
];

const APPENDED = [
  ["user-task", "bpmn-icon-user-task", "Append user task", { type: "bpmn:UserTask" }],
  ["gateway", "bpmn-icon-gateway-xor", "Append exclusive gateway", { type: "bpmn:ExclusiveGateway" }],
  ["end-event", "bpmn-icon-end-event-none", "Append end event", { type: "bpmn:EndEvent" }],
  ["message-event", "bpmn-icon-intermediate-event-catch-message", "Append message catch event", MESSAGE],
  ["timer-event", "bpmn-icon-intermediate-event-catch-timer", "Append timer catch event", TIMER],
];
const AFTER_EVENT_GATEWAY = new Set(["append.receive-task", "append.message-intermediate-event", "append.timer-intermediate-event"]);

const REPLACEMENTS = new Set([
  "none-start", "none-end", "none-intermediate-throw", "message-intermediate-catch", "timer-intermediate-catch",
  "error-end", "terminate-end", "message-boundary", "timer-boundary", "error-boundary",
  "user-task", "service-task", "receive-task", "rule-task", "script-task", "call-activity", "expanded-subprocess",
  "exclusive-gateway", "parallel-gateway", "inclusive-gateway", "event-based-gateway", "default-flow", "sequence-flow",
].map((name) => `replace-with-${name}`));

class Palette {
  static $inject = ["palette", "create", "elementFactory", "handTool", "lassoTool", "spaceTool", "globalConnect", "translate"];

  constructor(palette, create, elementFactory, handTool, lassoTool, spaceTool, globalConnect, translate) {
    Object.assign(this, { create, elementFactory, handTool, lassoTool, spaceTool, globalConnect, translate });
    palette.registerProvider(this);
  }

  getPaletteEntries() {
    const tools = {
      "hand-tool": this.#tool("bpmn-icon-hand-tool", "Activate hand tool", (event) => this.handTool.activateHand(event)),
      "lasso-tool": this.#tool("bpmn-icon-lasso-tool", "Activate lasso tool", (event) => this.lassoTool.activateSelection(event)),
      "space-tool": this.#tool("bpmn-icon-space-tool", "Activate create/remove space tool", (event) => this.spaceTool.activateSelection(event)),
      "global-connect-tool": this.#tool("bpmn-icon-connection-multi", "Activate global connect tool", (event) => this.globalConnect.start(event)),
      "tool-separator": { group: "tools", separator: true },
    };
    return { ...tools, ...Object.fromEntries(SHAPES.map((shape) => this.#shape(...shape))) };
  }

  #tool(className, title, click) {
    return { group: "tools", className, title: this.translate(title), action: { click } };
  }

  #shape(name, group, className, title, attributes) {
    const start = (event) => this.create.start(event, this.elementFactory.createShape({ ...attributes }));
    return [`create.${name}`, { group, className, title: this.translate(title), action: { dragstart: start, click: start } }];
  }
}

class ContextPad extends ContextPadProvider {
  static $inject = ContextPadProvider.$inject;

  getContextPadEntries(element) {
    const offered = Object.entries(super.getContextPadEntries(element)).filter(([name]) => isOffered(name, element));
    return { ...Object.fromEntries(offered), ...this.#appended(element) };
  }

  #appended(element) {
    if (!canLeadOn(element)) return {};
    return Object.fromEntries(APPENDED.map(([name, className, title, attributes]) => [`append.${name}`, this.#append(className, title, attributes)]));
  }

  #append(className, title, { type, ...options }) {
    const shape = () => this._elementFactory.createShape({ type, ...options });
    return {
      group: "model",
      className,
      title: this._translate(title),
      action: {
        click: (event, element) => this._autoPlace.append(element, shape()),
        dragstart: (event, element) => this._create.start(event, shape(), { source: element }),
        hover: (event, element) => {
          this._appendPreview.create(element, type, options);
          return () => this._appendPreview.cleanUp();
        },
      },
    };
  }
}

class ReplaceMenu extends ReplaceMenuProvider {
  static $inject = ReplaceMenuProvider.$inject;

  getPopupMenuEntries(target) {
    return Object.fromEntries(Object.entries(super.getPopupMenuEntries(target)).filter(([name]) => canBecome(name, target)));
  }

  getPopupMenuHeaderEntries() {
    return {}; // multi-instance, loop and non-interrupting markers
  }
}

class Rules extends RuleProvider {
  static $inject = ["eventBus"];

  init() {
    this.addRule("elements.delete", 2000, ({ elements }) => {
      const kept = elements.filter((element) => !is(element, "bpmn:Participant"));
      return kept.length === elements.length ? undefined : kept;
    });
    this.addRule("element.copy", 2000, ({ element }) => (is(element, "bpmn:Participant") || is(element, "bpmn:Lane") ? false : undefined));
    this.addRule("shape.replace", 2000, ({ element }) => (is(element, "bpmn:Participant") ? false : undefined));
  }
}

/** Modules for bpmn-js that replace its own of the same name. */
export const allowed = {
  __init__: ["ownRules"],
  ownRules: ["type", Rules],
  paletteProvider: ["type", Palette],
  contextPadProvider: ["type", ContextPad],
  replaceMenuProvider: ["type", ReplaceMenu],
};

function isOffered(name, element) {
  if (name.startsWith("lane-divide")) return is(element, "bpmn:Participant"); // lanes in lanes are refused
  if (name === "delete") return !is(element, "bpmn:Participant");
  return !name.startsWith("append.") || name === "append.text-annotation" || AFTER_EVENT_GATEWAY.has(name);
}

function canLeadOn(element) {
  const isNode = element.type !== "label" && is(element, "bpmn:FlowNode");
  return isNode && !is(element, "bpmn:EndEvent") && !is(element, "bpmn:EventBasedGateway");
}

function canBecome(name, target) {
  if (name === "replace-with-error-boundary") {
    return ["bpmn:SubProcess", "bpmn:CallActivity"].some((type) => is(getBusinessObject(target).attachedToRef, type)); // tasks raise no error
  }
  if (name === "replace-with-default-flow" || name === "replace-with-sequence-flow") return is(target.source, "bpmn:Gateway");
  return REPLACEMENTS.has(name);
}
