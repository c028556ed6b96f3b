// Where a step goes that is appended with one click: near its source, in the same lane, on top of nothing.

import { is } from "bpmn-js/lib/util/ModelUtil";

const REACH = 600;
const STEP = 20;
const GAP = 30;
const MARGIN = 12;

class Placing {
  static $inject = ["eventBus", "elementRegistry"];

  constructor(eventBus, elementRegistry) {
    this.registry = elementRegistry;
    // above the listener of grid snapping, which answers too
    eventBus.on("autoPlace", 3000, ({ source, shape }) => (is(shape, "bpmn:FlowNode") ? this.#place(source, shape) : undefined));
  }

  /** The centre of the new shape, clear of flows if possible; without a free place bpmn-js decides. */
  #place(source, shape) {
    const lane = this.#laneOf(source);
    const nodes = this.registry.filter((element) => is(element, "bpmn:FlowNode") && !is(element, "bpmn:SubProcess"));
    const flows = this.registry.filter((element) => element.waypoints).flatMap(segments);
    const places = around(source, shape).filter(({ box }) => (!lane || contains(lane, box)) && isFree(box, nodes));
    return (places.find(({ box }) => isFree(box, flows)) ?? places[0])?.centre;
  }

  #laneOf(source) {
    const { x, y } = centreOf(source);
    return this.registry.find((element) => is(element, "bpmn:Lane") && contains(element, { x, y, width: 0, height: 0 }));
  }
}

export const placing = { __init__: ["ownPlacing"], ownPlacing: ["type", Placing] };

/** Places right of and below the source, the nearest first. */
function around(source, { width, height }) {
  const { x, y } = centreOf(source);
  const [beside, below] = [(source.width + width) / 2 + GAP, (source.height + height) / 2 + GAP];
  const found = [];
  for (let right = 0; right <= REACH; right += STEP) {
    for (let down = 0; down <= REACH; down += STEP) {
      if (right < beside && down < below) continue;
      const centre = { x: x + right, y: y + down };
      found.push({ centre, distance: right + down, box: { x: centre.x - width / 2, y: centre.y - height / 2, width, height } });
    }
  }
  return found.sort((one, other) => one.distance - other.distance);
}

function isFree(box, others) {
  const wide = { x: box.x - MARGIN, y: box.y - MARGIN, width: box.width + 2 * MARGIN, height: box.height + 2 * MARGIN };
  return !others.some((other) => overlap(other, wide));
}

function segments({ waypoints }) {
  return waypoints.slice(1).map((end, place) => {
    const begin = waypoints[place];
    return { x: Math.min(begin.x, end.x), y: Math.min(begin.y, end.y), width: Math.abs(end.x - begin.x), height: Math.abs(end.y - begin.y) };
  });
}

function centreOf({ x, y, width, height }) {
  return { x: x + width / 2, y: y + height / 2 };
}

function contains(outer, inner) {
  return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height;
}

function overlap(one, other) {
  return one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;
}
