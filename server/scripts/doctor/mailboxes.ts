import type { Kysely } from 'kysely'
import type { Config } from '../../config.ts'
import { type MailboxState, mailboxStates } from '../../db/system/health.ts'
import type { DB } from '../../db/engine/schema.ts'
import { allowsFreeBusy, allowsMail } from '../../services/google-scopes.ts'
import { type Finding, inWords, ok, problem, warning } from './findings.ts'

const shownAtMost = 50
const minuteMs = 60_000

/** Each connected mailbox: when it was read last, until when Google pushes, and what stands in the way. */
export async function examineMailboxes(db: Kysely<DB>, { push }: Pick<Config, 'push'>): Promise<Finding[]> {
  const states = await mailboxStates(db, shownAtMost + 1)
  const findings = states.slice(0, shownAtMost).map((state) => examineMailbox(state, push !== null, Date.now()))
  if (states.length > shownAtMost) findings.push(ok('mailbox', `and more, of which /health tells how many fail`))
  return findings
}

function examineMailbox(state: MailboxState, isPushed: boolean, now: number): Finding {
  const { address, status, scopes, lastError, lastSyncAt, failures, watchExpiresAt, syncFrequencyMinutes } = state
  const name = shorten(address)
  const again = 'its owner connects it again (make connect), with every box ticked'
  if (status === 'needs_reauth') return problem('mailbox', `${name}: Google takes the permission no more`, again)
  if (!allowsMail(scopes)) return problem('mailbox', `${name}: not allowed to read mail and write drafts`, again)

  const ageMs = lastSyncAt === null ? null : now - Date.parse(lastSyncAt)
  const read = ageMs === null ? 'never read so far' : `read ${inWords(ageMs)} ago`
  const calendar = allowsFreeBusy(scopes) ? [] : ['without the calendar']
  const watch = isPushed && watchExpiresAt !== null ? [`push until ${watchExpiresAt}`] : []
  const facts = [read, ...watch, ...calendar].join(', ')
  if (failures > 0 && lastError) {
    return warning('mailbox', `${name}: ${facts}; the last try failed: ${lastError}`, 'it is tried again by itself')
  }
  const isLate = ageMs === null || ageMs > 2 * syncFrequencyMinutes * minuteMs + 10 * minuteMs
  if (isLate) return warning('mailbox', `${name}: ${facts}`, 'start a worker (npm start), and look at its log')
  const isLapsing = isPushed && (watchExpiresAt === null || Date.parse(watchExpiresAt) - now < 48 * 60 * minuteMs)
  if (isLapsing) {
    const detail = watchExpiresAt === null ? `${name}: ${facts}, no push` : `${name}: ${facts}, and not renewed`
    return warning('mailbox', detail, 'let gmail-api-push@system.gserviceaccount.com publish to GMAIL_PUBSUB_TOPIC')
  }
  return ok('mailbox', `${name}: ${facts}`)
}

/** Enough for its owner to know it by. */
function shorten(address: string): string {
  const [local = '', domain = ''] = address.split(/@(?=[^@]*$)/)
  return `${local.slice(0, 2)}…@${domain}`
}
