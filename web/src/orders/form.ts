/** The form of a product: what is asked beside the description, and whether it is filled in well. */
import type { FormField } from "../api/orderTypes"

export const DESCRIPTION = "description"

/** The product's own fields, then the description, unless the product asks for it in its own words. */
export function orderFields(form: FormField[] | undefined): FormField[] {
  const fields = form ?? []
  if (fields.some((field) => field.name === DESCRIPTION)) return fields
  return [...fields, { name: DESCRIPTION, label: "情况说明", kind: "textarea", required: true }]
}

/** What is wrong with a value, in words, or null. */
export function fieldProblem(field: FormField, value: string): string | null {
  const text = value.trim()
  if (!text) return field.required ? `请${field.kind === "choice" ? "选择" : "填写"}${field.label}` : null
  if (field.kind === "phone" && !/^1[3-9]\d{9}$/.test(text)) return "请填写正确的手机号"
  return null
}

/** The need as it is sent: filled-in fields only. */
export function needOf(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, value.trim()])
      .filter(([, value]) => value),
  )
}

/** What was answered, under the names of the questions and in their order; a question without a name is left out. */
export function answers(form: FormField[], need: Record<string, unknown>): [string, string][] {
  return orderFields(form).flatMap(({ name, label }): [string, string][] => {
    const value = need[name]
    return typeof value === "string" && value ? [[label, value]] : []
  })
}
