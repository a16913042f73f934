import type { Address } from '../../shared-types/index.ts'
import type { LoadedEmail } from '../db/run-input.ts'

/** Where a reply that a person approves goes: Reply-To where there is one, else From. Headers decide, never text or model. */
export function replyRecipients(email: Pick<LoadedEmail, 'fromName' | 'fromAddress' | 'replyToAddresses'>): Address[] {
  const asked = email.replyToAddresses.filter((person) => person.address !== '')
  return asked.length > 0 ? asked.slice(0, 5) : [{ name: email.fromName, address: email.fromAddress }]
}

/** Whether Reply-To leads somewhere else than to the sender: review must show both. */
export function replyToDiffers(email: Pick<LoadedEmail, 'fromAddress' | 'replyToAddresses'>): boolean {
  return email.replyToAddresses.some((person) => person.address !== '' && person.address !== email.fromAddress)
}

/** The subject of the thread with exactly one `Re:` in front, whatever prefixes it gathered in any language. */
export function replySubject(subject: string): string {
  const bare = subject.replace(/^(\s*(re|aw|antw(?:ort)?|sv|vs|rif|res|odp|ynt)\s*(\[\d+\])?\s*:)+\s*/i, '').trim()
  return bare === '' ? 'Re: (no subject)' : `Re: ${bare}`
}
