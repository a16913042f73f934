import type { Address } from '../../shared-types/index.ts'
import { isSameMailbox } from './addresses.ts'
import { withoutReplyMarks } from './reply-marks.ts'

/** What of a mail decides who gets a reply. */
interface Addressed {
  readonly fromName: string
  readonly fromAddress: string
  readonly replyToAddresses: readonly Address[]
  readonly ownerAddress: string
}

const mostRecipients = 5

/**
 * Where a reply that a person approves goes: Reply-To where there is one, else From; never to the owner. Headers decide,
 * never text or model.
 */
export function replyRecipients(email: Addressed): Address[] {
  const asked = email.replyToAddresses.filter(({ address }, index, all) => {
    const isFirst = all.findIndex((other) => isSameMailbox(other.address, address)) === index
    return address !== '' && isFirst && !isSameMailbox(address, email.ownerAddress)
  })
  return asked.length > 0 ? asked.slice(0, mostRecipients) : senderAlone(email)
}

/** The sender and nobody else: where a reply goes that nobody reads first. */
export function senderAlone({ fromName, fromAddress }: Pick<Addressed, 'fromName' | 'fromAddress'>): [Address] {
  return [{ name: fromName, address: fromAddress }]
}

/** Whether a reply to these is one to the sender and nobody else. */
export function isSenderAlone(to: readonly Address[], { fromAddress }: Pick<Addressed, 'fromAddress'>): boolean {
  return to.length === 1 && to[0]?.address === fromAddress
}

/** False where From names nobody that can be answered: nobody knows then whether Reply-To speaks for them. */
export function hasReplyAddress({ fromAddress }: Pick<Addressed, 'fromAddress'>): boolean {
  return fromAddress !== ''
}

/** Whether a reply goes somewhere else than to the sender: review must show both. */
export function replyToDiffers(email: Addressed): boolean {
  return replyRecipients(email).some(({ address }) => address !== email.fromAddress)
}

/** The subject of the thread with exactly one `Re:` in front, whatever marks it gathered in any language. */
export function replySubject(subject: string): string {
  const bare = withoutReplyMarks(subject)
  return bare === '' ? 'Re: (no subject)' : `Re: ${bare}`
}
