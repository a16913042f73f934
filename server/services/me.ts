import type { Me } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { listMailboxes } from '../db/mailboxes/mailboxes.ts'
import { allowsFreeBusy } from './google-scopes.ts'
import { ownCredentials } from './signed-in.ts'

/** Who is signed in, and what is still missing before the agent can do its whole work. UNAUTHENTICATED. */
export async function readMe(ctx: AppContext, userId: string): Promise<Me> {
  const { id, email } = await ownCredentials(ctx.db, userId)
  const mailboxes = await listMailboxes(ctx.db, userId, { limit: 100 })
  const active = mailboxes.filter((mailbox) => mailbox.status === 'active')
  const parts: [Me['missing'][number], boolean][] = [
    ['GMAIL_CLIENT', ctx.config.google === null],
    ['GEMINI_KEY', ctx.config.model.provider === 'offline'],
    ['MAILBOX', active.length === 0],
    ['CALENDAR_SCOPE', active.some((mailbox) => !allowsFreeBusy(mailbox.scopes))],
  ]
  return {
    user: { id, email },
    mailboxes: mailboxes.map(({ id, address, status }) => ({ id, address, status })),
    missing: parts.filter(([, isMissing]) => isMissing).map(([part]) => part),
  }
}
