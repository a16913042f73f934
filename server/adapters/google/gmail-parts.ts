import type { Part } from './gmail-answers.ts'

/** Our mark: it names the send that a Gmail draft or a sent mail belongs to. */
export const outboxHeader = 'X-ReasonFlow-Outbox'

/** The first header of this name; writers of mail change the case of names. */
export function headerIn(headers: readonly { name: string; value: string }[], wanted: string): string | null {
  const found = headers.find(({ name }) => name.toLowerCase() === wanted.toLowerCase())
  return found ? found.value.trim() : null
}

/** The first plain text of a mail, as Gmail decodes it; empty when it has none. */
export function plainTextOf({ mimeType, body, parts }: Part): string {
  if (mimeType.toLowerCase() === 'text/plain' && body.data) return Buffer.from(body.data, 'base64url').toString()
  for (const part of parts) {
    const text = plainTextOf(part)
    if (text !== '') return text
  }
  return ''
}
