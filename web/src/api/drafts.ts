import { postForm, type LocalFile, type Progress } from "./files"
import { call } from "./http"
import { newId } from "./ids"
import type { UploadGrant } from "./types"

/** A paper that was photographed to fill in a form; nobody else sees it, and a day later it is destroyed unless it is taken into the case. */
export interface DraftPaper {
  file_id: string
  state: "queued" | "running" | "done" | "failed" | "withdrawn"
  kind_label: string | null
  error_text: string | null
}

interface DraftPapers {
  items: DraftPaper[]
}

export const listDraftPapers = async (): Promise<DraftPaper[]> => (await call<DraftPapers>("GET", "/draft-papers")).items

export const discardDraftPapers = async (): Promise<DraftPaper[]> =>
  (await call<DraftPapers>("DELETE", "/draft-papers")).items

/** Papers that become part of a case: they keep their ids and hashes, and are listed as evidence. */
export const fileDraftPapers = (spaceId: string, fileIds: string[]): Promise<unknown> =>
  call("POST", `/spaces/${encodeURIComponent(spaceId)}/draft-papers`, { body: { file_ids: fileIds } })

/** Uploads a photo or PDF and has it read. */
export async function addDraftPaper(file: LocalFile, progress: Progress): Promise<DraftPaper> {
  const body = { name: file.name, content_type: file.content_type, size: file.blob.size }
  const grant = await call<UploadGrant>("POST", "/draft-papers", { body, idempotencyKey: newId() })
  await postForm(grant, file, progress)
  return call("POST", `/draft-papers/${encodeURIComponent(grant.file_id)}/complete`, { body: {} })
}
