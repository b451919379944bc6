/** RFC 6238 one-time codes (HMAC-SHA1, 30 s, 6 digits). Used for the demo staff in development only. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

export function base32(text: string): Uint8Array<ArrayBuffer> {
  const clean = text.toUpperCase().replace(/[\s=-]/g, "")
  const bytes = new Uint8Array(Math.floor((clean.length * 5) / 8))
  let buffer = 0
  let bits = 0
  let length = 0
  for (const letter of clean) {
    const value = ALPHABET.indexOf(letter)
    if (value < 0) throw new Error("not base32")
    buffer = ((buffer << 5) | value) & 0xffff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes[length++] = (buffer >> bits) & 0xff
    }
  }
  return bytes
}

export async function totp(secret: string, nowMs: number = Date.now()): Promise<string> {
  const counter = Math.floor(nowMs / 30_000)
  const moment = new DataView(new ArrayBuffer(8))
  moment.setUint32(0, Math.floor(counter / 2 ** 32))
  moment.setUint32(4, counter % 2 ** 32)
  const key = await crypto.subtle.importKey("raw", base32(secret), { name: "HMAC", hash: "SHA-1" }, false, ["sign"])
  const mac = new DataView(await crypto.subtle.sign("HMAC", key, moment.buffer))
  const offset = mac.getUint8(19) & 0x0f
  const code = (mac.getUint32(offset) & 0x7fffffff) % 1_000_000
  return String(code).padStart(6, "0")
}
