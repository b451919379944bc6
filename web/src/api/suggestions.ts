import { call } from "./http"

/** What a confirmed paper says for one entry of a form. */
export interface Suggestion {
  name: string
  value: string | number
  reading_id: string
  file_id: string
  space_id: string
  kind_label: string
  field: string
  field_label: string
  confirmed_at: string | null
  /** The machine was not sure, and nobody has confirmed it. */
  doubtful: boolean
  /** From a paper photographed for this form: there is no reading of a case to look at. */
  draft: boolean
}

export const suggestionsForProduct = async (productId: string): Promise<Suggestion[]> =>
  (await call<{ items: Suggestion[] }>("GET", `/products/${encodeURIComponent(productId)}/suggestions`)).items
