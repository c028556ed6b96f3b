// bpmn-js with the modules we use, in our colours and language.

import BaseModeler from "bpmn-js/lib/BaseModeler";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import AutoPlace from "bpmn-js/lib/features/auto-place";
import AutoResize from "bpmn-js/lib/features/auto-resize";
import ContextPad from "bpmn-js/lib/features/context-pad";
import CopyPaste from "bpmn-js/lib/features/copy-paste";
import EditorActions from "bpmn-js/lib/features/editor-actions";
import GridSnapping from "bpmn-js/lib/features/grid-snapping";
import InteractionEvents from "bpmn-js/lib/features/interaction-events";
import Keyboard from "bpmn-js/lib/features/keyboard";
import LabelEditing from "bpmn-js/lib/features/label-editing";
import LabelLink from "bpmn-js/lib/features/label-link";
import Modeling from "bpmn-js/lib/features/modeling";
import ModelingFeedback from "bpmn-js/lib/features/modeling-feedback";
import Outline from "bpmn-js/lib/features/outline";
import Palette from "bpmn-js/lib/features/palette";
import ReplacePreview from "bpmn-js/lib/features/replace-preview";
import Search from "bpmn-js/lib/features/search";
import Snapping from "bpmn-js/lib/features/snapping";
import AutoScroll from "diagram-js/lib/features/auto-scroll";
import Bendpoints from "diagram-js/lib/features/bendpoints";
import Connect from "diagram-js/lib/features/connect";
import ConnectionPreview from "diagram-js/lib/features/connection-preview";
import Create from "diagram-js/lib/features/create";
import KeepSelectionVisible from "diagram-js/lib/features/keep-selection-visible";
import KeyboardMoveSelection from "diagram-js/lib/features/keyboard-move-selection";
import Move from "diagram-js/lib/features/move";
import Resize from "diagram-js/lib/features/resize";
import KeyboardMove from "diagram-js/lib/navigation/keyboard-move";
import MoveCanvas from "diagram-js/lib/navigation/movecanvas";
import ZoomScroll from "diagram-js/lib/navigation/zoomscroll";
import { allowed } from "./allowed.js";
import { placing } from "./placing.js";
import spiffworkflow from "./spiffworkflow.json";
import { translation } from "./translate.js";

// Without align and distribute: their icons carry style attributes, which the content security policy refuses.
const EDITING = [
  AutoPlace, AutoResize, AutoScroll, Bendpoints, Connect, ConnectionPreview, ContextPad, CopyPaste, Create, EditorActions, GridSnapping,
  InteractionEvents, Keyboard, KeyboardMoveSelection, LabelEditing, LabelLink, Modeling, ModelingFeedback, Move, Outline, Palette,
  ReplacePreview, Resize, Search, Snapping, KeepSelectionVisible, KeyboardMove, MoveCanvas, ZoomScroll,
];

const LOOKS = {
  moddleExtensions: { spiffworkflow },
  bpmnRenderer: { defaultFillColor: "var(--flow-node)", defaultStrokeColor: "var(--flow-line)", defaultLabelColor: "var(--flow-text)" },
};

class Modeler extends BaseModeler {
  getModules() {
    return [...NavigatedViewer.prototype._modules, ...EDITING];
  }
}

/** ``isReadOnly``: a viewer that moves and zooms. */
export function createModeler(container, { locale, isReadOnly }) {
  const textRenderer = { defaultStyle: { fontFamily: getComputedStyle(document.body).fontFamily } };
  const options = { container, ...LOOKS, textRenderer };
  if (isReadOnly) return new NavigatedViewer({ ...options, additionalModules: [translation(locale)] });
  return new Modeler({ ...options, additionalModules: [translation(locale), allowed, placing] });
}
