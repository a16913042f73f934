import type { AppContext } from '../../context.ts'
import { type NewEmail, knownGmailIds } from '../../db/emails/store.ts'
import { isUpstream, messageOf } from '../../errors.ts'
import type { RawMessage } from '../../ports.ts'
import { step } from '../../step.ts'
import { isLeftOut } from './changes.ts'
import { renewLease, type Sync } from './sync-lease.ts'
import { type Failure, failureOfGmail } from './probe.ts'
import type { KnownFacts } from '../../db/mailboxes/quarantine.ts'
import { senderAndSubject } from '../../mail/sender-and-subject.ts'
import type { QuarantinedMessage } from './quarantine-message.ts'

const concurrency = 4
/** More of them at once are no accident of single messages: then Gmail itself is in trouble. */
const toleratedAtOnce = 5

/** What became of a message: `left_out` is gone or does not belong to the inbox. */
export type Fetched =
  | { readonly kind: 'mail'; readonly gmailId: string; readonly email: NewEmail }
  | { readonly kind: 'left_out'; readonly gmailId: string }
  | QuarantinedMessage

export interface Fetching {
  readonly fetched: readonly Fetched[]
  /** Why not everything could be fetched; what was is worth its quota and can be stored all the same. */
  readonly failure: Failure | null
}

interface Failed {
  readonly kind: 'failed'
  readonly gmailId: string
  readonly error: unknown
}

/** Reads and parses the messages that are not known yet, some at a time; none from before `after`. */
export async function fetchUnknown(
  ctx: AppContext,
  sync: Sync,
  { gmailIds, after }: { gmailIds: readonly string[]; after: Date },
): Promise<Fetching> {
  const now = ctx.clock.now()
  const known = await knownGmailIds(ctx.db, sync.userId, sync.mailboxId, { gmailIds, now: now.toISOString() })
  const unknown = gmailIds.filter((id) => !known.has(id))
  const fetched: Fetched[] = []
  for (let start = 0; start < unknown.length; start += concurrency) {
    if (start > 0) await renewLease(ctx, sync)
    const batch = unknown.slice(start, start + concurrency)
    const tried = await Promise.all(batch.map((gmailId) => tryMessage(ctx, sync, gmailId, after)))
    fetched.push(...tried.filter((message) => message.kind !== 'failed'))
    const failed = tried.filter((message) => message.kind === 'failed')
    if (failed.length === 0) continue
    const failure = await failureOfGmail(
      ctx,
      sync,
      failed.map(({ error }) => error),
    )
    if (failure) return { fetched, failure }
    fetched.push(...failed.map(({ gmailId, error }) => unanswered(gmailId, error)))
    if (fetched.filter(({ kind }) => kind === 'unanswered').length > toleratedAtOnce) {
      return { fetched, failure: { error: failed[0]?.error } }
    }
  }
  return { fetched, failure: null }
}

async function tryMessage(ctx: AppContext, sync: Sync, gmailId: string, after: Date): Promise<Fetched | Failed> {
  try {
    const message = await step('gmail-get-message', () => ctx.mailbox.getMessage(sync, gmailId, sync.signal))
    if (isLeftOut(message.labels) || message.receivedAt < after) return { kind: 'left_out', gmailId }
    return await readMessage(ctx, sync, message)
  } catch (error) {
    if (isUpstream(error, 'not_found')) return { kind: 'left_out', gmailId }
    if (isUpstream(error, 'rejected')) return { kind: 'unreadable', gmailId, reason: error.message }
    return { kind: 'failed', gmailId, error }
  }
}

async function readMessage(ctx: AppContext, { mailboxId }: Sync, message: RawMessage): Promise<Fetched> {
  const { id: gmailId, raw, labels, ...where } = message
  const { mail, problem } = await ctx.mime.parse(raw)
  if (!mail) return { kind: 'unreadable', gmailId, reason: problem, known: await knownFacts(ctx, message) }
  const direction = labels.includes('SENT') ? 'out' : 'in'
  const awaitsRun = direction === 'in'
  return {
    kind: 'mail',
    gmailId,
    email: { ...mail, ...where, labels, gmailId, mailboxId, direction, problem, awaitsRun },
  }
}

/** Of a message that could not be read as a whole: its two lines that say what it is, read alone. */
async function knownFacts(ctx: AppContext, { raw, receivedAt }: RawMessage): Promise<KnownFacts> {
  const lines = senderAndSubject(raw)
  const { mail } = lines ? await ctx.mime.parse(lines) : { mail: null }
  const isNamed = mail !== null && (mail.from.name !== '' || mail.from.address !== '')
  return { subject: mail?.subject || null, from: isNamed ? mail.from : null, receivedAt }
}

function unanswered(gmailId: string, error: unknown): Fetched {
  return { kind: 'unanswered', gmailId, reason: messageOf(error) }
}
