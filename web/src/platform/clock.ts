import { ref } from "vue"

/** The time to write relative times by; moves every half minute. */
export const now = ref(new Date())

setInterval(() => {
  now.value = new Date()
}, 30_000)
