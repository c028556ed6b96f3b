// Which properties an element has, by the contract of our diagrams. Each is {key, kind, label, read, write, ...}.

import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import { inLanguage, word } from "./words.js";

const ISO_DURATION = /^P(?=[\dT])(\d+[YMWD])*(T(\d+[HMS])+)?$/;
const ISO_INSTANT = /^\d{4}-\d\d-\d\dT/;

/** ``catalogue``: what the server lets a diagram name. */
export function settingsOf(element, model, catalogue) {
  const owner = ownerOf(element, model);
  if (!owner) return [];
  const found = new Settings(element, owner, model, catalogue);
  return found.all();
}

/** What the panel is about: for the pool and the empty canvas, the process. */
export function ownerOf(element, model) {
  const owner = getBusinessObject(element);
  return is(owner, "bpmn:Participant") || is(owner, "bpmn:Collaboration") ? model.process : owner;
}

class Settings {
  constructor(element, owner, model, catalogue) {
    Object.assign(this, { element, owner, model, catalogue });
  }

  all() {
    if (is(this.owner, "bpmn:TextAnnotation")) return [this.#text("text", "text", { rows: 3, read: () => this.owner.text ?? "", write: (text) => this.model.set(this.element, { text }) })];
    if (!this.#is("Process", "Lane", "FlowNode", "SequenceFlow")) return [];
    const own = [...this.#ofProcess(), ...this.#ofLane(), ...this.#ofStep(), ...this.#ofTask(), ...this.#ofEvent(), ...this.#ofFlow()];
    return [...this.#names(), ...own, this.#note()];
  }

  // Names

  #names() {
    const english = { read: () => this.#english(), write: (text) => this.#setEnglish(text) };
    return [
      this.#text("name", "name", { help: "nameHelp", read: () => this.owner.name ?? "", write: (name) => this.#setName(name) }),
      this.#text("name_en", "nameEn", english),
    ];
  }

  #note() {
    const read = () => (this.model.property(this.owner, "name_en") ? this.model.documentation(this.owner) : "");
    return this.#text("documentation", "note", { help: "noteHelp", rows: 2, read, write: (text) => this.#setNote(text) });
  }

  #english() {
    return this.model.property(this.owner, "name_en") || this.model.documentation(this.owner);
  }

  #setName(name) {
    if (!is(this.owner, "bpmn:Process")) return this.model.set(this.element, { name });
    return this.model.together(() => {
      this.model.setOn(this.element, this.owner, { name });
      if (is(this.element, "bpmn:Participant")) this.model.set(this.element, { name });
    });
  }

  /** The documentation is the English name, unless a property says otherwise. */
  #setEnglish(text) {
    if (this.model.property(this.owner, "name_en")) return this.model.setProperty(this.element, this.owner, "name_en", text);
    return this.model.together(() => {
      this.model.setDocumentation(this.element, this.owner, text);
      if (is(this.element, "bpmn:Participant")) this.model.setDocumentation(this.element, getBusinessObject(this.element), text);
    });
  }

  #setNote(text) {
    const english = this.#english();
    this.model.together(() => {
      this.model.setProperty(this.element, this.owner, "name_en", text ? english : "");
      this.model.setDocumentation(this.element, this.owner, text || english);
    });
  }

  // Process and lanes

  #ofProcess() {
    if (!this.#is("Process")) return [];
    const options = [["", "subjectNone"], ["case", "subjectCase"], ["child", "subjectChild"], ["campaign", "subjectCampaign"]].map(([value, label]) => ({ value, label: word(label) }));
    return [this.#property("subject", "subject", { kind: "select", options })];
  }

  #ofLane() {
    if (!this.#is("Lane")) return [];
    const taken = new Set(this.owner.$parent.get("lanes").filter((lane) => lane !== this.owner).map((lane) => lane.id));
    const isRole = this.catalogue.roles.some((role) => role.id === this.owner.id);
    const options = this.catalogue.roles.map((role) => {
      const name = inLanguage(role.name_zh, role.name_en);
      return { value: role.id, label: taken.has(role.id) ? word("roleUsed", { name }) : name, isDisabled: taken.has(role.id) };
    });
    if (!isRole) options.unshift({ value: "", label: word("choose") });
    return [this.#field("role", "role", { kind: "select", help: "roleHelp", options, read: () => (isRole ? this.owner.id : ""), write: (id) => this.#setRole(id) })];
  }

  /** The lane takes the role's name too, unless somebody named it otherwise. */
  #setRole(id) {
    if (!id || this.model.registry.get(id)) return;
    const before = this.catalogue.roles.find((role) => role.id === this.owner.id);
    const role = this.catalogue.roles.find((one) => one.id === id);
    const isOwnName = this.owner.name && this.owner.name !== before?.name_zh;
    this.model.together(() => {
      this.model.set(this.element, isOwnName ? { id } : { id, name: role.name_zh });
      if (!isOwnName) this.model.setDocumentation(this.element, this.owner, role.name_en);
    });
  }

  // Steps of people

  #ofStep() {
    const isStart = this.#is("StartEvent") && !is(this.owner.$parent, "bpmn:SubProcess");
    if (!isStart && !this.#is("UserTask")) return [];
    const forms = this.catalogue.forms.map((form) => ({ value: form.key, label: inLanguage(form.title_zh, form.title_en) }));
    const form = this.#property("form", isStart ? "startForm" : "form", { kind: "select", options: this.#optional(forms) });
    const documentNumber = this.#property("document", "document", { help: "documentHelp" });
    return isStart ? [form, documentNumber] : [form, ...this.#clocks(), documentNumber, this.#property("decision", "decision", { help: "decisionHelp" })];
  }

  #clocks() {
    const options = this.catalogue.deadlines.map((one) => ({ value: one.code, label: `${inLanguage(one.name_zh, one.name_en)} · ${one.code}` }));
    return [
      this.#property("deadline", "deadline", { kind: "select", options: this.#optional(options) }),
      this.#property("opens", "opens", { kind: "several", options }),
      this.#property("closes", "closes", { kind: "several", options }),
    ];
  }

  // Tasks of the engine

  #ofTask() {
    if (this.#is("ScriptTask")) return [this.#text("script", "script", { help: "scriptHelp", rows: 5, isCode: true, read: () => this.owner.script ?? "", write: (script) => this.model.set(this.element, { script: script || undefined }) })];
    if (this.#is("BusinessRuleTask")) return [this.#table()];
    if (this.#is("ServiceTask")) return this.#child();
    if (this.#is("CallActivity")) return [this.#field("called", "called", { kind: "select", options: this.#optional(this.#processes()), read: () => this.owner.calledElement ?? "", write: (calledElement) => this.model.set(this.element, { calledElement: calledElement || undefined }) })];
    if (this.#is("ReceiveTask")) return this.#message(this.owner);
    return [];
  }

  #table() {
    const options = this.#optional(this.catalogue.decisions.map((one) => ({ value: one.key, label: inLanguage(one.name_zh, one.name_en) })));
    const read = () => this.model.body(this.owner, "CalledDecisionId");
    return this.#field("table", "table", { kind: "select", options, read, write: (value) => this.model.setBody(this.element, this.owner, "CalledDecisionId", value) });
  }

  #child() {
    const read = () => this.model.child(this.owner);
    const write = (changed) => this.model.setChild(this.element, this.owner, { ...read(), ...changed });
    const child = this.#field("child", "child", { kind: "select", options: this.#optional(this.#processes()), read: () => read().process, write: (process) => write({ process }) });
    if (!read().process) return [child];
    return [child, this.#text("result_variable", "resultVariable", { help: "variableHelp", isCode: true, read: () => read().variable, write: (variable) => write({ variable }) })];
  }

  #processes() {
    return this.catalogue.processes.map((one) => ({ value: one.key, label: inLanguage(one.name_zh, one.name_en) })).filter((one) => one.value !== this.model.process?.id);
  }

  // Events

  #ofEvent() {
    const definition = this.owner.get("eventDefinitions")?.[0];
    if (is(definition, "bpmn:MessageEventDefinition")) return this.#message(definition);
    if (is(definition, "bpmn:TimerEventDefinition")) return this.#timer(definition);
    return is(definition, "bpmn:ErrorEventDefinition") ? [this.#error(definition)] : [];
  }

  /** ``holder`` refers to the message and names the variable: an event definition, or a receive task. */
  #message(holder) {
    const options = this.#optional(this.catalogue.messages.map((one) => ({ value: one.name, label: messageLabel(one) })));
    const variable = () => this.model.body(holder, "MessageVariable");
    return [
      this.#field("message", "message", { kind: "select", options, read: () => holder.messageRef?.name ?? "", write: (name) => this.#setMessage(holder, name) }),
      this.#text("message_variable", "messageVariable", { help: "variableHelp", isCode: true, read: variable, write: (value) => this.model.setBody(this.element, holder, "MessageVariable", value) }),
    ];
  }

  #setMessage(holder, name) {
    const before = holder.messageRef?.name?.split(".")[0] ?? "";
    const variable = this.model.body(holder, "MessageVariable");
    this.model.together(() => {
      this.model.refer(this.element, holder, "messageRef", "bpmn:Message", name ? { name } : null);
      if (!variable || variable === before) this.model.setBody(this.element, holder, "MessageVariable", name.split(".")[0]);
    });
  }

  #timer(definition) {
    const kind = definition.timeDate ? "timeDate" : "timeDuration";
    const options = ["timeDuration", "timeDate"].map((value) => ({ value, label: word(value) }));
    const body = () => (definition.timeDate ?? definition.timeDuration ?? definition.timeCycle)?.body ?? "";
    const write = (which, text) => {
      const made = this.model.expression("bpmn:FormalExpression", quotedTime(text), definition);
      const nothing = { timeDate: undefined, timeDuration: undefined, timeCycle: undefined };
      this.model.setOn(this.element, definition, { ...nothing, [which]: made });
    };
    return [
      this.#field("timer_kind", "timerKind", { kind: "select", options, read: () => kind, write: (which) => write(which, body() || '""') }),
      this.#text("timer", "timer", { help: kind === "timeDate" ? "dateHelp" : "durationHelp", isCode: true, read: () => unquotedTime(body()), write: (text) => write(kind, text) }),
    ];
  }

  #error(definition) {
    const write = (errorCode) => this.model.refer(this.element, definition, "errorRef", "bpmn:Error", errorCode ? { errorCode, name: errorCode } : null);
    return this.#text("error_code", "errorCode", { help: "variableHelp", isCode: true, read: () => definition.errorRef?.errorCode ?? "", write });
  }

  // Flows and gateways

  #ofFlow() {
    if (this.#is("ExclusiveGateway", "InclusiveGateway") && this.owner.get("outgoing").length) return [this.#default()];
    if (!this.#is("SequenceFlow")) return [];
    if (!decides(this.owner.sourceRef)) return this.owner.conditionExpression ? [this.#condition("noConditionHere")] : [];
    if (this.owner.sourceRef.default === this.owner && !this.owner.conditionExpression) return [{ key: "is_default", kind: "sentence", label: word("isDefault") }];
    return this.owner.sourceRef.get("outgoing").length > 1 || this.owner.conditionExpression ? [this.#condition("conditionHelp")] : [];
  }

  #default() {
    const options = this.owner.get("outgoing").map((flow) => ({ value: flow.id, label: [flow.name, flow.targetRef?.name || flow.targetRef?.id].filter(Boolean).join(" → ") }));
    const write = (id) => {
      const flow = this.model.registry.get(id);
      this.model.together(() => {
        if (flow && getBusinessObject(flow).conditionExpression) this.model.set(flow, { conditionExpression: undefined });
        this.model.set(this.element, { default: flow ? getBusinessObject(flow) : undefined });
      });
    };
    return this.#field("default", "default", { kind: "select", help: "defaultHelp", options: this.#optional(options), read: () => this.owner.default?.id ?? "", write });
  }

  #condition(help) {
    const write = (text) => this.model.set(this.element, { conditionExpression: this.model.expression("bpmn:FormalExpression", text, this.owner) });
    return this.#text("condition", "condition", { help, rows: 2, isCode: true, read: () => this.owner.conditionExpression?.body?.trim() ?? "", write });
  }

  // Making fields

  #property(name, label, more) {
    const read = () => this.model.property(this.owner, name);
    return this.#field(name, label, { kind: "text", read, write: (value) => this.model.setProperty(this.element, this.owner, name, value), ...more });
  }

  #text(key, label, more) {
    return this.#field(key, label, { kind: "text", ...more });
  }

  #field(key, label, { help, ...more }) {
    return { key, label: word(label), help: help && word(help), ...more };
  }

  #optional(options) {
    return [{ value: "", label: word("none") }, ...options];
  }

  #is(...types) {
    return types.some((type) => is(this.owner, `bpmn:${type}`));
  }
}

function decides(node) {
  return is(node, "bpmn:ExclusiveGateway") || is(node, "bpmn:InclusiveGateway");
}

function messageLabel(message) {
  return message.process ? word("messageEnded", { name: inLanguage(message.name_zh, message.name_en) }) : message.name;
}

function quotedTime(text) {
  const bare = text.trim();
  return ISO_DURATION.test(bare) || ISO_INSTANT.test(bare) ? `"${bare}"` : bare;
}

function unquotedTime(text) {
  const found = /^\s*(['"])(.*)\1\s*$/.exec(text);
  return found && (found[2] === "" || quotedTime(found[2]) !== found[2]) ? found[2] : text;
}
