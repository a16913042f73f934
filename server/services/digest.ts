import type { Transaction } from 'kysely'
import { DateTime } from 'luxon'
import type { Settings } from '../../shared-types/index.ts'
import type { AppContext } from '../context.ts'
import { getSettings, setDigestDue } from '../db/accounts/settings.ts'
import { findUser } from '../db/accounts/users.ts'
import type { DB } from '../db/engine/schema.ts'
import { countForOwner, type ForOwner } from '../db/metrics/for-owner.ts'
import { step } from '../step.ts'

/** When the owner's next digest is due, on their own clock; null where they want none. */
export function nextDigest({ digestHour, timeZone }: Settings, now: Date): string | null {
  if (digestHour === null) return null
  const local = DateTime.fromJSDate(now, { zone: timeZone })
  // Set anew on each day: an hour that a change of the clocks leaves out is the one after it.
  const at = (days: number) => local.startOf('day').plus({ days }).set({ hour: digestHour }).toJSDate()
  return (at(0) > now ? at(0) : at(1)).toISOString()
}

/** The job of a digest that is due, and the moment of the next one, in one transaction: each day has one. */
export async function enqueueDigest(ctx: AppContext, trx: Transaction<DB>, userId: string): Promise<void> {
  await setDigestDue(trx, userId, nextDigest(await getSettings(trx, userId), ctx.clock.now()))
  await ctx.jobs.enqueue(trx, 'send-digest', { userId })
}

/** Says by mail how much waits for the owner, and of what kind, but nothing of its words; no mail where nothing does. */
export async function sendDigest(ctx: AppContext, userId: string, signal: AbortSignal): Promise<void> {
  const user = await findUser(ctx.db, userId)
  if (!user) return
  const { digestHour } = await getSettings(ctx.db, userId)
  if (digestHour === null) return
  const lines = linesOf(await countForOwner(ctx.db, userId))
  const [first] = lines
  if (first === undefined) return
  const text = [
    'In ReasonFlow there waits for you:',
    lines.map((line) => `- ${line}`).join('\n'),
    `Look at it here: ${ctx.config.frontendUrl}`,
    `This mail comes once a day at ${digestHour}:00, if anything waits. Your settings say when, or never (digestHour).`,
  ].join('\n\n')
  await step('send-digest-mail', () =>
    ctx.mailer.send({ to: user.email, subject: `ReasonFlow: ${first}`, text }, signal),
  )
}

function linesOf({ drafts, unknownSends, quarantined, mailboxes }: ForOwner): string[] {
  const lines = [
    [
      unknownSends,
      'a reply of which it is not known whether it went out',
      'replies of which it is not known whether they went out',
    ],
    [drafts, 'a reply that waits for your yes', 'replies that wait for your yes'],
    [mailboxes, 'a mailbox that needs your consent again', 'mailboxes that need your consent again'],
    [quarantined, 'a message that could not be read', 'messages that could not be read'],
  ] as const
  return lines.filter(([count]) => count > 0).map(([count, one, many]) => (count === 1 ? one : `${count} ${many}`))
}
