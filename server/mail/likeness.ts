import type { ReplyLikeness } from './fields.ts'

/** Gmail's clock and ours may differ by less than that, and two sends of one reply are never so close. */
const clockToleranceMs = 60_000

/**
 * How a sent reply is known that lost our header, as Gmail may drop it and may give it another Message-ID: it answers the
 * same Message-ID (In-Reply-To), Gmail received it no earlier than we began to send, and it has the same words. So an
 * older reply of the owner's is never taken for it, nor one they wrote by hand in other words. A mail without a
 * Message-ID, or a reply without words, has no likeness.
 */
export function likenessOf(
  { messageId, body }: { messageId: string | null; body: string },
  sendingSince: string | null,
): ReplyLikeness | undefined {
  const words = wordsOf(body)
  if (messageId === null || sendingSince === null || words === '') return undefined
  return {
    inReplyTo: messageId,
    sentAfter: new Date(new Date(sendingSince).getTime() - clockToleranceMs),
    hasText: (text) => wordsOf(text) === words,
  }
}

/** What is left of a text whose lines were folded and whose invisible characters were taken out on the way. */
export function wordsOf(text: string): string {
  return text
    .replaceAll(/[\p{DI}\p{Cf}]/gu, '')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
}
