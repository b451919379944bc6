/** What went wrong, as a stable code. `status` 0 means that no answer came at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly retryable: boolean,
    /** Faulty fields of the request. */
    readonly fields: { field: string; message: string }[] = [],
  ) {
    super(detail || code)
    this.name = "ApiError"
  }

  get permanent(): boolean {
    return !this.retryable && this.status !== 0
  }
}

/** Where the server's own Chinese sentence is written for somebody else, or where no server spoke. */
const TEXTS: Record<string, string> = {
  network: "网络不可用，请检查网络后重试",
  timeout: "网络较慢，请稍后重试",
  "auth.token_expired": "登录已过期，请重新登录",
  "auth.code_invalid": "登录凭证已失效，请重试",
  "auth.forbidden": "您没有权限查看或进行此操作",
  "request.not_found": "内容不存在或链接已失效",
  "server.internal": "服务出了问题，请稍后重试；仍不行请联系客服",
  "payment.refused": "微信支付没有受理，请稍后重试或更换支付方式",
  "order.wrong_state": "订单状态已变化，请刷新后再试",
  "order.not_found": "订单不存在或无权查看",
  "space.not_found": "案件空间不存在，或您已不在其中",
  "space.closed": "该案件空间已结束，不能再发送消息",
  "message.too_late": "超过可撤回的时间，无法撤回",
  "message.id_reused": "消息发送异常，请重新编辑发送",
  "file.too_large": "文件过大，请压缩或拆分后再发送",
  "file.type_mismatch": "文件内容与后缀名不符，请用原来的软件另存后再发送",
  "file.type_refused": "不能发送这种文件，请改发 PDF、Word、图片等",
  "file.hash_mismatch": "文件在传输中损坏，请重新发送",
  "file.size_mismatch": "文件在传输中损坏，请重新发送",
  "idempotency.running": "正在处理中，请稍候",
  "idempotency.key_reused": "内容已变化，请重新提交",
  "idempotency.answer_expired": "支付单已失效，请重新支付",
}

const HAN = /[\u4e00-\u9fff]/

/** Friendly Chinese text for an error: ours, else the server's, else one for the kind of answer. */
export function errorText(error: unknown): string {
  if (!(error instanceof ApiError)) return "出了点问题，请稍后重试"
  const known = TEXTS[error.code]
  if (known) return known
  const field = error.fields.find(({ message }) => HAN.test(message))
  if (field) return field.message
  if (HAN.test(error.detail)) return error.detail
  if (error.status === 404) return "内容不存在或无权查看"
  if (error.status === 403) return "您没有权限进行此操作"
  if (error.status === 413) return "内容过大，无法提交"
  if (error.status === 429) return "操作太频繁，请稍后再试"
  if (error.status >= 500) return "服务暂时不可用，请稍后重试"
  return error.detail || "操作没有成功，请稍后重试"
}
