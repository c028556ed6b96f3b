// Reading and writing what stands beside the drawing: names, extension elements, messages, errors. Every write is one step of undo.

import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";

const NAMESPACE = "spiffworkflow:";

/** Runs several changes as one step of undo. */
class Together {
  preExecute(context) {
    context.change();
  }
}

export class Model {
  constructor(modeler) {
    this.modeling = modeler.get("modeling");
    this.registry = modeler.get("elementRegistry");
    this.factory = modeler.get("bpmnFactory");
    this.commands = modeler.get("commandStack");
    this.modeler = modeler;
    this.commands.register("zhijian.together", new Together());
  }

  together(change) {
    this.commands.execute("zhijian.together", { change });
  }

  get definitions() {
    return this.modeler.getDefinitions();
  }

  /** The process of this file: of its pool, or of a canvas without one. */
  get process() {
    return this.definitions.rootElements.find((one) => is(one, "bpmn:Process"));
  }

  /** The drawn element for an id of the file; the pool for the process. */
  drawn(id) {
    const found = this.registry.get(id);
    if (found) return found;
    return this.process?.id === id ? this.registry.find((one) => getBusinessObject(one).processRef === this.process) : undefined;
  }

  // Plain attributes

  set(element, properties) {
    this.modeling.updateProperties(element, properties);
  }

  setOn(element, owner, properties) {
    this.modeling.updateModdleProperties(element, owner, properties);
  }

  // Documentation

  documentation(owner) {
    return owner.get("documentation")?.[0]?.text ?? "";
  }

  setDocumentation(element, owner, text) {
    const others = (owner.get("documentation") ?? []).slice(1);
    const first = text ? [this.#make("bpmn:Documentation", { text }, owner)] : [];
    this.setOn(element, owner, { documentation: [...first, ...others] });
  }

  // Extension elements of SpiffWorkflow

  extension(owner, type) {
    return this.#extensions(owner).find((one) => is(one, NAMESPACE + type));
  }

  /** Replaces the extension of one type, or removes it: ``made`` null. */
  setExtension(element, owner, type, made) {
    const before = this.#extensions(owner);
    const place = before.findIndex((one) => is(one, NAMESPACE + type));
    const values = before.filter((one) => !is(one, NAMESPACE + type));
    if (made) values.splice(place < 0 ? values.length : place, 0, made);
    const extensionElements = values.length ? this.#make("bpmn:ExtensionElements", { values }, owner) : undefined;
    for (const value of values) value.$parent = extensionElements;
    this.setOn(element, owner, { extensionElements });
  }

  body(owner, type) {
    return this.extension(owner, type)?.value?.trim() ?? "";
  }

  setBody(element, owner, type, value) {
    this.setExtension(element, owner, type, value ? this.#make(NAMESPACE + type, { value }) : null);
  }

  property(owner, name) {
    return this.#properties(owner).find((one) => one.name === name)?.value ?? "";
  }

  setProperty(element, owner, name, value) {
    const before = this.#properties(owner);
    const isThere = before.some((one) => one.name === name);
    const pairs = before.map((one) => [one.name, one.name === name ? value : one.value]);
    if (!isThere) pairs.push([name, value]);
    const values = pairs.filter((pair) => pair[1]).map((pair) => this.#make(`${NAMESPACE}Property`, { name: pair[0], value: pair[1] }));
    const properties = values.length ? this.#make(`${NAMESPACE}Properties`, { values }) : null;
    for (const one of values) one.$parent = properties;
    this.setExtension(element, owner, "Properties", properties);
  }

  // A service task starts a child process

  child(owner) {
    const operator = this.extension(owner, "ServiceTaskOperator");
    const parameter = operator?.parameterList?.parameters?.find((one) => one.id === "process");
    return { process: unquoted(parameter?.value ?? ""), variable: operator?.resultVariable ?? "" };
  }

  setChild(element, owner, { process, variable }) {
    if (!process) {
      this.setExtension(element, owner, "ServiceTaskOperator", null);
      return;
    }
    const parameter = this.#make(`${NAMESPACE}Parameter`, { id: "process", type: "str", value: `'${process}'` });
    const parameterList = this.#make(`${NAMESPACE}Parameters`, { parameters: [parameter] });
    const operator = this.#make(`${NAMESPACE}ServiceTaskOperator`, { id: "start_child", resultVariable: variable || "child", parameterList });
    parameter.$parent = parameterList;
    parameterList.$parent = operator;
    this.setExtension(element, owner, "ServiceTaskOperator", operator);
  }

  // Messages and errors stand at the root of the file and are referred to

  /** ``reference``: "messageRef" or "errorRef" of ``holder``. The target that nothing else refers to any more goes. */
  refer(element, holder, reference, type, attributes) {
    const before = holder.get(reference);
    const wanted = attributes ? (this.#root(type, attributes) ?? this.#newRoot(type, attributes)) : undefined;
    const roots = this.definitions.rootElements.filter((one) => one !== before || one === wanted || this.#isReferredTo(one, holder, reference));
    if (wanted && !roots.includes(wanted)) roots.push(wanted);
    this.together(() => {
      this.setOn(element, this.definitions, { rootElements: roots });
      this.setOn(element, holder, { [reference]: wanted });
    });
  }

  #root(type, attributes) {
    return this.definitions.rootElements.find((one) => is(one, type) && Object.entries(attributes).every(([name, value]) => one.get(name) === value));
  }

  #newRoot(type, attributes) {
    const word = String(Object.values(attributes)[0]).replace(/\W+/g, "_");
    const stem = `${type.slice(5).toLowerCase()}_${word}`.slice(0, 70);
    const taken = new Set(this.definitions.rootElements.map((one) => one.id));
    const isTaken = (id) => taken.has(id) || this.registry.get(id);
    let id = stem;
    for (let number = 2; isTaken(id); number += 1) id = `${stem}_${number}`;
    return this.#make(type, { id, ...attributes }, this.definitions);
  }

  #isReferredTo(root, holder, reference) {
    return this.registry.getAll().some((element) => {
      const owner = getBusinessObject(element);
      const holders = [owner, ...(owner.get?.("eventDefinitions") ?? [])];
      return holders.some((one) => one !== holder && one.get?.(reference) === root);
    });
  }

  // Expressions

  expression(type, text, parent) {
    return text ? this.#make(type, { body: text }, parent) : undefined;
  }

  #extensions(owner) {
    return owner.get("extensionElements")?.get("values") ?? [];
  }

  #properties(owner) {
    return this.extension(owner, "Properties")?.values ?? [];
  }

  #make(type, attributes, parent) {
    const made = type.startsWith(NAMESPACE) ? this.modeler.get("moddle").create(type, attributes) : this.factory.create(type, attributes);
    if (parent) made.$parent = parent;
    return made;
  }
}

function unquoted(text) {
  const found = /^\s*(['"])(.*)\1\s*$/.exec(text);
  return found ? found[2] : text;
}
