// Chinese for the texts of bpmn-js. English needs no table.

import community from "bpmn-js-i18n-zh/lib/bpmn-js";
import { fill } from "./words.js";

const OWN = {
  "Search in diagram": "在图中查找",
  "Change element": "更换类型",
  "Activate hand tool": "移动画布",
  "Activate lasso tool": "框选",
  "Activate create/remove space tool": "腾出或收回空间",
  "Activate global connect tool": "连线",
  "Append user task": "接一个用户任务",
  "Append exclusive gateway": "接一个排他网关",
  "Append end event": "接一个结束事件",
  "Append message catch event": "接一个等待消息的事件",
  "Append timer catch event": "接一个定时器",
  "Append receive task": "接一个接收任务",
  "Append message intermediate catch event": "接一个等待消息的事件",
  "Append timer intermediate catch event": "接一个定时器",
  "Create user task": "用户任务",
  "Create exclusive gateway": "排他网关（选一条）",
  "Create parallel gateway": "并行网关（同时进行）",
  "Create message catch event": "等待消息的事件（拖到任务边框上成为边界事件）",
  "Create timer catch event": "定时器（拖到任务边框上成为边界事件）",
  "Create start event": "开始事件",
  "Create end event": "结束事件",
  "Create service task": "服务任务（启动流程）",
  "Exclusive gateway": "排他网关",
  "Business rule task": "决策任务",
  "Call activity": "调用活动",
  "Service task": "服务任务（启动流程）",
  "Message intermediate catch event": "等待消息的事件",
  "Timer intermediate catch event": "定时器",
  "Intermediate throw event": "途经点",
  "Add text annotation": "加批注",
  "Connect to other element": "连到其他元素",
  "Connect using association": "用批注连线连接",
  "Delete": "删除",
  "Add lane above": "在上方加泳道",
  "Add lane below": "在下方加泳道",
  "Divide into two lanes": "分成两条泳道",
  "Divide into three lanes": "分成三条泳道",
  "Open {element}": "打开 {element}",
  "No matching elements found": "没有找到",
  "Search": "查找",
};

const TABLE = { ...community, ...OWN };

/** A module for bpmn-js. ``locale``: "zh" or "en". */
export function translation(locale) {
  const translate = (text, values) => fill((locale === "zh" && TABLE[text]) || text, values);
  return { translate: ["value", translate] };
}
