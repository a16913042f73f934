import type { Kysely } from 'kysely'
import type {
  Availability,
  AvailabilityInput,
  CalendarEventList,
  CalendarEventsInput,
} from '../../shared-types/index.ts'
import { listFreeTimes } from '../agent/working-hours.ts'
import type { AppContext } from '../context.ts'
import { getSettings } from '../db/accounts/settings.ts'
import type { DB } from '../db/engine/schema.ts'
import { listMailboxes } from '../db/mailboxes/mailboxes.ts'
import { findHeldHours } from '../db/runs/slot-holds.ts'
import { AppError } from '../errors.ts'
import type { Interval } from '../calendar-event.ts'
import type { MailboxRef } from '../ports.ts'
import { step } from '../step.ts'
import { assertActive } from './mailboxes.ts'

const dayMs = 86_400_000
const usualDays = 14
const mostDays = { availability: 60, events: 31 }
const mostEvents = 250
/** A person waits for the answer. */
const calendarTimeoutMs = 20_000

/**
 * When the owner is free: by their working hours, by their calendar and by the hours that replies offer. NOT_FOUND,
 * GMAIL_NEEDS_REAUTH, MAILBOX_DISCONNECTED, CALENDAR_SCOPE_MISSING, UPSTREAM_FAILED.
 */
export async function listAvailability(
  ctx: AppContext,
  userId: string,
  { mailboxId, from, to, minutes, limit }: AvailabilityInput,
): Promise<Availability> {
  const now = ctx.clock.now()
  const start = new Date(Math.max(now.getTime(), from === undefined ? 0 : Date.parse(from)))
  const asked = to === undefined ? daysFrom(start) : intervalOf(from ?? now, to, mostDays.availability)
  const mailbox = await chooseMailbox(ctx.db, userId, mailboxId)
  const settings = await getSettings(ctx.db, userId)
  const { timeZone } = settings
  // What has passed is free to nobody, and Google is not asked about it.
  if (asked.end <= start) return { timeZone, slots: [] }
  const within = { start, end: asked.end }
  const signal = AbortSignal.timeout(calendarTimeoutMs)
  const busy = await step('calendar-busy', () => ctx.calendar.busy(mailbox, within, signal))
  const held = await findHeldHours(ctx.db, userId, null, now)
  const slots = listFreeTimes(settings, [...busy, ...held], within, { minutes, limit })
  return { timeZone, slots: slots.map(asInstants) }
}

/** What stands in the owner's calendar, for their own eyes: read from Google and kept nowhere. Fails like the above. */
export async function listEvents(
  ctx: AppContext,
  userId: string,
  { mailboxId, from, to }: CalendarEventsInput,
): Promise<CalendarEventList> {
  const within = { ...intervalOf(from, to, mostDays.events), limit: mostEvents }
  const mailbox = await chooseMailbox(ctx.db, userId, mailboxId)
  const signal = AbortSignal.timeout(calendarTimeoutMs)
  const { events, hasMore } = await step('calendar-events', () => ctx.calendar.events(mailbox, within, signal))
  return { items: events.map((event) => ({ ...event, ...asInstants(event) })), hasMore }
}

function daysFrom(start: Date): Interval {
  return { start, end: new Date(start.getTime() + usualDays * dayMs) }
}

function intervalOf(from: Date | string, to: string, days: number): Interval {
  const [start, end] = [new Date(from), new Date(to)]
  const lengthMs = end.getTime() - start.getTime()
  if (lengthMs <= 0) throw new AppError('VALIDATION_FAILED', 'to must be after from.')
  if (lengthMs > days * dayMs) throw new AppError('VALIDATION_FAILED', `to may be ${days} days after from at most.`)
  return { start, end }
}

function asInstants({ start, end }: Interval): { start: string; end: string } {
  return { start: start.toISOString(), end: end.toISOString() }
}

/** The one that is named, or the first that can be read; that failing, the first says why. */
async function chooseMailbox(db: Kysely<DB>, userId: string, wanted: string | undefined): Promise<MailboxRef> {
  const all = wanted === undefined ? await listMailboxes(db, userId, { limit: 100 }) : []
  const mailboxId = wanted ?? (all.find(({ status }) => status === 'active') ?? all[0])?.id
  if (mailboxId === undefined) throw new AppError('NOT_FOUND', 'There is no mailbox: connect one first.')
  await assertActive(db, userId, mailboxId)
  return { userId, mailboxId }
}
