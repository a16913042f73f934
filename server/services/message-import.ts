import type { Transaction } from 'kysely'
import type { AppContext } from '../context.ts'
import { meetContact } from '../db/contacts.ts'
import { insertEmail, type NewEmail, quarantine } from '../db/email-store.ts'
import { nameMailbox } from '../db/mailbox-sync.ts'
import type { DB } from '../db/schema.ts'
import { isUpstream } from '../errors.ts'
import type { MailboxRef, RawMessage } from '../ports.ts'
import { step } from '../step.ts'

const concurrency = 8
/** Not part of an inbox: unsent drafts, and what Gmail keeps apart. */
const leftOut = ['DRAFT', 'SPAM', 'TRASH', 'CHAT']

export type Fetched =
  | { readonly kind: 'mail'; readonly email: NewEmail }
  | { readonly kind: 'unreadable'; readonly gmailId: string; readonly reason: string }

/** Reads and parses messages, some at a time; what is gone meanwhile or does not belong to the inbox is left out. */
export async function fetchMessages(
  ctx: AppContext,
  mailbox: MailboxRef,
  gmailIds: readonly string[],
  { signal, keepLease }: { signal: AbortSignal; keepLease: () => Promise<void> },
): Promise<Fetched[]> {
  const fetched: Fetched[] = []
  for (let start = 0; start < gmailIds.length; start += concurrency) {
    if (start > 0) await keepLease()
    const batch = gmailIds.slice(start, start + concurrency)
    const found = await Promise.all(batch.map((gmailId) => fetchMessage(ctx, mailbox, gmailId, signal)))
    fetched.push(...found.filter((message) => message !== null))
  }
  return fetched
}

async function fetchMessage(
  ctx: AppContext,
  mailbox: MailboxRef,
  gmailId: string,
  signal: AbortSignal,
): Promise<Fetched | null> {
  let message: RawMessage
  try {
    message = await step('gmail-get-message', () => ctx.mailbox.getMessage(mailbox, gmailId, signal))
  } catch (error) {
    if (isUpstream(error, 'not_found')) return null
    if (!isUpstream(error, 'rejected')) throw error
    return { kind: 'unreadable', gmailId, reason: error.message }
  }
  if (message.labels.some((label) => leftOut.includes(label))) return null
  const { mail, problem } = await ctx.mime.parse(message.raw)
  if (!mail) return { kind: 'unreadable', gmailId, reason: problem ?? 'the message could not be read' }
  const { id, raw: _raw, labels, ...where } = message
  const direction = labels.includes('SENT') ? 'out' : 'in'
  return {
    kind: 'mail',
    email: { ...mail, ...where, labels, gmailId: id, mailboxId: mailbox.mailboxId, direction, problem },
  }
}

/** Stores what was read; answers the ids of mail that was not there before. */
export async function storeMessages(
  ctx: AppContext,
  trx: Transaction<DB>,
  { userId, mailboxId }: MailboxRef,
  fetched: readonly Fetched[],
): Promise<{ id: string; direction: 'in' | 'out' }[]> {
  const stored: { id: string; direction: 'in' | 'out' }[] = []
  const people = new Map<string, string>()
  for (const message of fetched) {
    if (message.kind === 'unreadable') {
      await quarantine(trx, userId, { mailboxId, gmailId: message.gmailId, reason: message.reason })
      continue
    }
    const { email } = message
    const id = await insertEmail(trx, userId, email)
    if (!id) continue
    stored.push({ id, direction: email.direction })
    for (const person of email.direction === 'in' ? [email.from] : email.to) {
      if (person.address !== '' && !people.has(person.address)) people.set(person.address, person.name)
    }
    if (email.direction === 'out') await nameMailbox(trx, userId, mailboxId, email.from.name)
  }
  // In one order for everybody: two mailboxes of an owner share correspondents and would wait for each other.
  const now = ctx.clock.now().toISOString()
  for (const [address, name] of [...people].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await meetContact(trx, userId, { address, name, now })
  }
  return stored
}
