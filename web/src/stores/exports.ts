/** Evidence bundles on their way. They outlive the sheet that asked for them: a large case takes a while. */
import { reactive } from "vue"
import { errorText } from "../api/errors"
import { fetchBundle } from "../api/exports"
import { saveFile } from "../platform/save"
import { toast } from "./feedback"

export interface Exporting {
  state: "building" | "arriving" | "saved" | "failed"
  /** Of what is arriving. */
  fraction: number
  /** The saved file's name, or what went wrong. */
  text: string
}

export const exporting = reactive(new Map<string, Exporting>())

export async function exportSpace(spaceId: string): Promise<void> {
  const known = exporting.get(spaceId)
  if (known?.state === "building" || known?.state === "arriving") return
  const note = (state: Exporting["state"], fraction: number, text = ""): void =>
    void exporting.set(spaceId, { state, fraction, text })
  note("building", 0)
  try {
    const { name, blob } = await fetchBundle(spaceId, (fraction) => note("arriving", fraction))
    saveFile(name, blob)
    note("saved", 1, name)
    toast("证据包已保存", "success")
  } catch (error) {
    note("failed", 0, errorText(error))
    toast("证据包没有导出", "error")
  }
}

export function clearExports(): void {
  exporting.clear()
}
