// What people read in the editor, in both languages. Texts of bpmn-js itself are in translate.js.

const WORDS = {
  loading: ["正在打开流程图……", "Opening the diagram…"],
  ready: ["已打开", "Ready"],
  unsaved: ["有未保存的修改", "Not saved yet"],
  saving: ["正在保存……", "Saving…"],
  saved: ["已保存并检查", "Saved and checked"],
  offline: ["网络不通，没有保存。修改还在本页，请勿关闭；连通后会自动再试。", "There is no connection, so nothing was saved. Your changes are still on this page; keep it open, it tries again by itself."],
  signedOut: ["登录已失效，没有保存。请在另一个标签页重新登录，再点“保存”。", "You are signed out, so nothing was saved. Sign in again in another tab, then press Save."],
  conflict: ["别人在您之后保存了这个文件，您的修改没有覆盖它。请先下载您的版本，再重新打开本页。", "Somebody else saved this file after you opened it. Your changes were not saved over theirs: download your version, then open this page again."],
  refused: ["服务器没有接受，请稍后再点“保存”。", "The server did not accept it. Press Save again in a moment."],
  unreadable: ["这个文件不是可以显示的流程图，请下载后更正，再上传。", "This file is no diagram that can be shown. Download it, correct it and upload it again."],
  noCatalogue: ["读不到表单和期限的清单，请重新打开本页。", "The lists of forms and time limits cannot be read. Open this page again."],
  narrow: ["屏幕较窄，这里只能查看。请在电脑上修改流程图。", "This screen is too narrow for editing, so the diagram can only be viewed. Use a computer to change it."],
  noProblems: ["没有发现问题。", "No problems found."],
  error: ["错误", "error"],
  warning: ["提示", "warning"],
  show: ["在图中显示", "Show in the diagram"],
  pick: ["请点选图中的元素，在这里填写它的属性。", "Click an element of the diagram to see and change its properties here."],
  several: ["选中了 {count} 个元素。请只选一个来填写属性。", "{count} elements are selected. Select one to change its properties."],
  none: ["（无）", "(none)"],
  choose: ["请选择", "Choose"],
  unknownChoice: ["{value}（清单中没有）", "{value} (not in the list)"],
  add: ["添加……", "Add…"],
  remove: ["去掉 {name}", "Remove {name}"],
  name: ["名称", "Name"],
  nameHelp: ["中文，写要办的事", "In Chinese: what is to be done"],
  nameEn: ["英文名", "English name"],
  note: ["说明", "Explanation"],
  noteHelp: ["写给以后修改流程的人，可不填", "For whoever changes the diagram later; may stay empty"],
  form: ["表单", "Form"],
  startForm: ["开始表单", "Start form"],
  deadline: ["办理期限", "Time limit"],
  opens: ["开始计算的期限", "Time limits that begin here"],
  closes: ["停止计算的期限", "Time limits that end here"],
  document: ["文书编号", "Document number"],
  documentHelp: ["例如 D02", "For example D02"],
  decision: ["作出的决定", "Decision taken"],
  decisionHelp: ["决定的代号，例如 penalty；不作决定则不填", "Its code, for example penalty; leave empty if none is taken"],
  default: ["默认走向", "Default way"],
  defaultHelp: ["其他条件都不成立时走这条", "Taken when no other condition holds"],
  condition: ["条件", "Condition"],
  conditionHelp: ['例如 verification == "violation"', 'For example verification == "violation"'],
  isDefault: ["这是默认走向，不写条件。", "This is the default way; it takes no condition."],
  noConditionHere: ["条件只能写在排他网关或包容网关之后的连线上。", "Only flows that leave an exclusive or inclusive gateway take a condition."],
  script: ["脚本", "Script"],
  scriptHelp: ["每行一个赋值，例如 total = first + second", "One assignment a line, for example total = first + second"],
  table: ["决策表", "Decision table"],
  child: ["启动的流程", "Process to start"],
  resultVariable: ["结果变量", "Result variable"],
  variableHelp: ["小写字母、数字和下划线", "Small letters, digits and underscores"],
  called: ["调用的流程", "Called process"],
  message: ["等待的消息", "Message to wait for"],
  messageEnded: ["{name} 结束", "{name} has ended"],
  messageVariable: ["答复存入变量", "Variable that takes the answer"],
  timerKind: ["计时方式", "Kind of timer"],
  timeDuration: ["等待一段时间", "Wait for a while"],
  timeDate: ["等到某一时刻", "Wait until a time"],
  timer: ["时间", "Time"],
  durationHelp: ["P3D 表示 3 天，PT2H 表示 2 小时；也可写变量名", "P3D is 3 days, PT2H is 2 hours; or the name of a variable"],
  dateHelp: ["写存有时刻的变量名，或 2026-11-08T09:00:00+08:00", "The name of a variable that holds it, or 2026-11-08T09:00:00+08:00"],
  errorCode: ["错误代码", "Error code"],
  role: ["岗位", "Role"],
  roleHelp: ["这条泳道里的任务由谁办理", "Who does the tasks in this lane"],
  roleUsed: ["{name}（已有泳道）", "{name} (has a lane)"],
  subject: ["流程用途", "What the process is for"],
  subjectNone: ["独立流程，不属于案件", "On its own, without a case"],
  subjectCase: ["开始时立一个案件", "A start opens a case"],
  subjectChild: ["由其他流程启动", "Started by another process"],
  subjectCampaign: ["由专项治理启动", "Started by a campaign"],
  text: ["文字", "Text"],
  identifier: ["标识 {id}", "Id {id}"],
};

const KINDS = {
  Process: ["流程", "Process"],
  Participant: ["流程", "Process"],
  Lane: ["泳道", "Lane"],
  StartEvent: ["开始事件", "Start event"],
  EndEvent: ["结束事件", "End event"],
  IntermediateCatchEvent: ["等待事件", "Waiting event"],
  IntermediateThrowEvent: ["途经点", "Milestone"],
  BoundaryEvent: ["边界事件", "Boundary event"],
  UserTask: ["用户任务", "User task"],
  ScriptTask: ["脚本任务", "Script task"],
  ServiceTask: ["服务任务（启动流程）", "Service task (starts a process)"],
  BusinessRuleTask: ["决策任务", "Decision task"],
  ReceiveTask: ["接收任务", "Receive task"],
  CallActivity: ["调用活动", "Call activity"],
  SubProcess: ["子流程", "Sub-process"],
  ExclusiveGateway: ["排他网关", "Exclusive gateway"],
  ParallelGateway: ["并行网关", "Parallel gateway"],
  InclusiveGateway: ["包容网关", "Inclusive gateway"],
  EventBasedGateway: ["事件网关", "Event-based gateway"],
  SequenceFlow: ["连线", "Flow"],
  TextAnnotation: ["批注", "Annotation"],
  Association: ["批注连线", "Link of an annotation"],
  Group: ["分组框", "Group"],
};

let place = 0;

/** "zh" or "en", once, before anything is drawn. */
export function speak(locale) {
  place = locale === "en" ? 1 : 0;
}

export function word(key, values = {}) {
  return fill(WORDS[key][place], values);
}

/** What an element is called, by the local name of its type. */
export function kindName(type) {
  return KINDS[type]?.[place] ?? type;
}

/** One of two texts that the server sends in both languages. */
export function inLanguage(zh, en) {
  return (place ? en : zh) || zh || en || "";
}

export function fill(text, values) {
  return text.replace(/{(\w+)}/g, (whole, key) => values?.[key] ?? whole);
}
