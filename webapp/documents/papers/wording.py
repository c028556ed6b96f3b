"""Sentences of papers that no form asks for. Every number in them comes from the dated rules."""

from __future__ import annotations

from webapp.documents.papers.amounts import in_words
from webapp.documents.papers.paper import Paper
from webapp.documents.papers.parts import Part

KINDS_OF_PENALTY = {
    "warning": "警告",
    "fine": "罚款",
    "confiscation": "没收违法所得",
    "stop": "责令停止产生职业病危害的作业",
    "close": "提请人民政府责令关闭",
}


def penalty(paper: Paper, *, kinds: str, fine: str, verb: str) -> str:
    """给予当事人警告；罚款人民币伍万元整（￥50,000.00）. ``kinds`` and ``fine``: the fields that say so."""
    chosen = [str(one) for one in paper.values.get(kinds) or ()]
    names = [KINDS_OF_PENALTY.get(one, one) for one in chosen if one != "fine"]
    amount = paper.values.get(fine)
    if amount is not None:
        names.append(f"罚款人民币{sum_of(amount)}")
    return f"{verb}：" + "；".join(names or ["未记录"]) + "。"


def sum_of(amount: object) -> str:
    """伍万元整（￥50,000.00）; what is no number (in a draft) as it stands."""
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        return str(amount)
    return f"{in_words(amount)}（￥{amount:,.2f}）"


def basis(paper: Paper) -> str:
    """The clauses of the catalogue that the chosen violations stand under."""
    text = paper.text("violations")
    return f"处罚依据：{text}。" if text else ""


def correction(_: Paper) -> str:
    return "依据《中华人民共和国行政处罚法》第二十八条，责令当事人改正上述违法行为；改正的期限以责令限期改正通知书为准。"


def payment(paper: Paper) -> Part:
    """Source: APL 66, 67, 72."""
    if paper.values.get("fine") is None:
        return Part("履行的方式和期限", ["自收到本决定书之日起履行。"])
    limits = paper.limits
    return Part(
        "履行的方式和期限",
        [
            f"自收到本决定书之日起{limits.period('PAY')}内，到指定的银行或者通过电子支付系统缴纳罚款。",
            f"到期不缴纳罚款的，每日按罚款数额的{limits.percent('LATE_RATE')}加处罚款，加处罚款的数额不超过罚款数额；"
            "申请行政复议或者提起行政诉讼的，加处罚款的数额在复议或者诉讼期间不予计算。确有经济困难的，可以申请延期或者分期缴纳。",
        ],
    )


def collected(paper: Paper) -> Part:
    """Of an on-the-spot decision. Source: APL 68."""
    if paper.values.get("collected") == "yes":
        return Part("履行的方式和期限", ["罚款已当场收缴，执法人员已出具财政部门统一制发的专用票据。"])
    return payment(paper)


def remedies(paper: Paper) -> Part:
    """Source: ARL 20; ALL 46; APL 73."""
    limits = paper.limits
    text = (
        f"如不服本决定，可以自收到本决定书之日起{limits.period('RECON_APPLY')}内向本机关的本级人民政府申请行政复议；"
        f"也可以自收到本决定书之日起{limits.period('SUIT_DIRECT')}内直接向人民法院提起行政诉讼。"
    )
    more = (
        "申请行政复议或者提起行政诉讼的，本决定不停止执行，法律另有规定的除外。"
        "逾期不申请复议、不起诉又不履行的，本机关将依法申请人民法院强制执行。"
    )
    return Part("救济的途径和期限", [text, more])


def order_remedies(paper: Paper) -> Part:
    """Of other orders."""
    limits = paper.limits
    text = (
        f"如不服本决定，可以自收到之日起{limits.period('RECON_APPLY')}内申请行政复议，或者在{limits.period('SUIT_DIRECT')}内提起行政诉讼；"
        "复议、诉讼期间不停止执行，法律另有规定的除外。"
    )
    return Part("救济的途径和期限", [text])


def defence_rights(paper: Paper) -> Part:
    """Source: APL 44, 45."""
    text = (
        f"依据《中华人民共和国行政处罚法》第四十四条、第四十五条，你单位有权进行陈述和申辩。请自收到本告知书之日起{paper.limits.period('DEFENCE_WAIT')}内提出，"
        "逾期未提出的，视为放弃。本机关将充分听取意见，不因陈述、申辩给予更重的处罚。"
    )
    return Part("陈述和申辩的权利", [text])


def hearing_rights(paper: Paper) -> Part:
    """Source: APL 63, 64."""
    if paper.values.get("hearing_told") != "yes":
        return Part("听证的权利", [])
    text = (
        f"依据《中华人民共和国行政处罚法》第六十三条、第六十四条，你单位有权要求听证。要求听证的，应当自收到本告知书之日起{paper.limits.period('HEARING_REQ')}内提出；"
        "逾期未提出的，视为放弃听证的权利。听证不收取费用。"
    )
    return Part("听证的权利", [text])


def hearing_conduct(_: Paper) -> Part:
    """Source: APL 64."""
    return Part(
        "听证须知",
        [
            "你单位可以亲自参加听证，也可以委托代理人参加；认为主持人与本案有直接利害关系的，有权申请回避。"
            "无正当理由拒不出席听证或者未经许可中途退出听证的，视为放弃听证权利，听证终止。"
        ],
    )


def keeping_duty(paper: Paper) -> Part:
    """Source: APL 56."""
    return Part(
        "保存期间的义务",
        [f"本机关将自登记保存之日起{paper.limits.period('EVID_REG')}内作出处理决定。保存期间，当事人或者有关人员不得销毁或者转移证据。"],
    )


def control_time(paper: Paper) -> Part:
    """Source: AEL 25; ODL 64."""
    return Part(
        "期限",
        [
            f"封存的期限为{paper.limits.period('SEAL')}，自实施之日起计算，节假日不顺延；情况复杂的，经本机关负责人批准可以延长{paper.limits.period('SEAL_EXT')}。"
            "检测、检验、技术鉴定的期间不计入，由本机关书面告知。危险得到控制后及时解除。"
        ],
    )


def correction_duty(_: Paper) -> Part:
    return Part(
        "逾期不改正的后果",
        ["请按期改正并将改正情况书面报告本机关。逾期不改正的，本机关将依据《中华人民共和国职业病防治法》的有关规定处理。"],
    )


def demand_duty(paper: Paper) -> Part:
    """Source: AEL 54."""
    return Part(
        "逾期不履行的后果",
        [
            f"请自收到本催告书之日起{paper.limits.period('DEMAND')}内履行上述义务。你单位有权进行陈述和申辩。逾期仍不履行的，本机关将依法申请人民法院强制执行。"
        ],
    )


def police_duty(paper: Paper) -> Part:
    """Source: TR 8, 12."""
    return Part(
        "请予答复",
        [
            f"请自接受移送之日起{paper.limits.period('POL_DECIDE')}内依法审查并将立案或者不予立案的决定书面通知本机关；不予立案的，请说明理由并退回案卷材料。"
        ],
    )


def injury_advice(paper: Paper) -> Part:
    """Source: WII 17."""
    limits = paper.limits
    return Part(
        "申请的时限",
        [
            f"用人单位应当自劳动者被诊断、鉴定为职业病之日起{limits.period('INJ_EMP')}内提出工伤认定申请；用人单位未提出的，"
            f"劳动者或者其近亲属、工会组织自被诊断、鉴定为职业病之日起{limits.period('INJ_WORKER')}内可以直接提出。"
        ],
    )
