/** Words of hearings. */
import type { AbsenceCause, HearingKind, HearingRole, IdentityState, Participant, UndertakingState } from "../api/hearings"
import type { Tone } from "../orders/states"

export const KINDS: Record<HearingKind, string> = { court: "开庭审理", mediation: "调解", arbitration: "仲裁开庭" }

export const ROLES: Record<HearingRole, string> = {
  presider: "主持人",
  clerk: "书记员",
  party: "当事人",
  counsel: "代理人",
  witness: "证人",
  observer: "旁听人员",
}

export const IDENTITIES: Record<IdentityState, { label: string; tone: Tone }> = {
  unchecked: { label: "身份待核对", tone: "wait" },
  confirmed: { label: "身份已核对", tone: "active" },
  doubted: { label: "身份存疑", tone: "wait" },
}

/** Who somebody is, at a glance of the roll-call: by the court's word, by their account, by neither. */
export function identityTags(person: Participant): { label: string; tone: Tone }[] {
  if (person.role === "presider" || person.role === "clerk" || person.role === "observer") return []
  const proven = person.verified ? { label: "已实名", tone: "active" as Tone } : { label: "未实名", tone: "off" as Tone }
  const shown = person.verified || person.unproven ? [proven] : []
  return [IDENTITIES[person.identity], ...shown]
}

const UNDERTAKINGS: Record<UndertakingState, { label: string; tone: Tone }> = {
  open: { label: "保证书待签", tone: "wait" },
  signed: { label: "保证书已签，待宣读", tone: "wait" },
  read: { label: "已宣读保证书", tone: "active" },
  exempt: { label: "无需签保证书", tone: "off" },
  refused: { label: "拒绝保证，不得作证", tone: "wait" },
}

/** How far a witness has come with their undertaking (保证书). */
export const undertakingTags = (person: Participant): { label: string; tone: Tone }[] =>
  person.undertaking ? [UNDERTAKINGS[person.undertaking]] : []

export const ABSENCES: Record<AbsenceCause, string> = {
  left: "退庭",
  network: "网络中断",
  no_show: "未到庭",
  excused: "准许不到庭",
}

/** The discipline of the court, for a person who attends by phone. */
export const DISCIPLINE: readonly string[] = [
  "请在安静、网络稳定的地方参加，保持通话畅通，全程不得擅自离开。",
  "服从主持人的指挥；发言须经准许，不得打断他人发言。",
  "未经准许，不得录音、录像、截屏或者向外传播庭审情况。",
  "证人在作证前后不得旁听；任何人不得向正在作证的人提示。",
  "如实陈述，不得作虚假陈述或者提交伪造的证据，否则须承担法律责任。",
  "违反纪律的，主持人可以训诫、关闭麦克风或者责令退出。",
]

/** What a person is told before they agree to take part online (人民法院在线诉讼规则 articles 4, 5, 21 and 25). */
export const ONLINE: readonly string[] = [
  "本次庭审在线上以语音方式进行，全程录音；录音、笔录存入本庭审的记录，供各方查阅。",
  "是否在线参加由您自愿决定。不同意的，请不要进入，并联系主持人或者书记员，改为线下参加。",
  "同意后反悔的，应当在开庭前的合理期限内提出；认为不宜在线进行的，可以说明理由，申请转为线下。",
  "同意后无正当理由不参加，或者擅自退出且经提示、警告仍不改正的，须依法承担后果。",
  "因网络、设备或者停电等原因中断的，席位会保留，恢复后可以返回。",
]

export function whereText(person: Participant): string {
  if (person.refused) return "已责令退出"
  if (person.absence) return `缺席（${ABSENCES[person.absence]}）`
  if (person.place === "outside") return "未到"
  if (!person.connected) return "不在线"
  if (person.place === "waiting") return person.accepted ? "候审中" : "候审中，未承诺纪律"
  return person.place === "side" ? "单独会谈" : "在庭"
}

/** What the media server's troubles mean for the bench. */
export function alarmText(alarm: string): string {
  return alarm === "recording_stalled" ? "录音没有增长，请暂停庭审并检查" : "语音服务中断，正在恢复，请稍候"
}
