import type { Direction, Reason } from '../../shared-types/index.ts'
import { type MachineFacts, machineReason } from './machine-mail.ts'

/** What of a mail decides whether something newer in its thread has answered it. */
interface MailInThread {
  readonly messageId: string | null
  readonly fromAddress: string
  readonly ownerAddress: string
}

/** A mail that came into the thread after it, and that its sender could read. */
interface NewerMail extends Omit<MachineFacts, 'ownerAddress'> {
  readonly direction: Direction
  readonly inReplyTo: string | null
  readonly fromName: string
  readonly freshText: string
}

/**
 * Why a mail needs no answer any more, by what is newer in its thread; null while it does. A bounce or an out-of-office
 * notice speaks for nobody, and a later mail of the same person takes nothing back.
 */
export function settledByNewer(mail: MailInThread, newer: readonly NewerMail[]): Reason | null {
  if (newer.some(({ direction }) => direction === 'out')) {
    return { code: 'ANSWERED_IN_GMAIL', text: 'You answered this in Gmail.' }
  }
  const { ownerAddress } = mail
  const answer = newer.find((other) => isAnswer(mail, other) && machineReason({ ...other, ownerAddress }) === null)
  if (!answer) return null
  return { code: 'ANSWERED_BY_OTHER', text: `${answer.fromName || answer.fromAddress} has answered this.` }
}

/** Somebody else replied to this very mail, and asks nothing in turn: in doubt the mail waits for the owner. */
function isAnswer({ messageId, fromAddress }: MailInThread, other: NewerMail): boolean {
  return (
    messageId !== null &&
    other.inReplyTo === messageId &&
    other.fromAddress !== fromAddress &&
    other.fromAddress !== '' &&
    other.freshText.trim() !== '' &&
    !/[?？؟]/.test(other.freshText)
  )
}
