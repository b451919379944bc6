/** Opening a file: what can be shown page by page is shown over the page, whatever else the browser opens in a tab. */
import { shallowRef } from "vue"
import type { StoredFile } from "../api/types"
import { openUrl } from "../platform/open"
import { toast, toastError } from "./feedback"

export type Opened = Pick<StoredFile, "name" | "content_type" | "url" | "preview_url"> & Partial<Pick<StoredFile, "id" | "masked" | "opens_original">>
/** Links live for some minutes, so whoever shows a file asks for a fresh one each time. */
export type Fetch = () => Promise<Opened | undefined>

/** What the App shows over the page (`PagesViewer`). */
export const viewed = shallowRef<{ name: string; fetch: Fetch } | null>(null)

/** Mini-programs' web-views have no tabs, phones inside WeChat show no PDF, and few browsers show HEIC. */
export const hasPages = (contentType: string): boolean => contentType === "application/pdf" || contentType.startsWith("image/")

export async function openFile(fetch: Fetch): Promise<void> {
  try {
    const file = await fetch()
    if (file?.url && hasPages(file.content_type)) viewed.value = { name: file.name, fetch }
    else openIn(file)
  } catch (error) {
    toastError(error)
  }
}

/** The file as it came, in a tab of the browser. */
export async function openOriginal(fetch: Fetch): Promise<void> {
  try {
    openIn(await fetch())
  } catch (error) {
    toastError(error)
  }
}

function openIn(file: Opened | undefined): void {
  if (file?.url) openUrl(file.url)
  else toast("文件暂时无法打开，请稍后再试", "error")
}
