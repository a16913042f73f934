import { createHash } from 'node:crypto'
import type { CreatedEvent, CreateEventInput, DraftStatus } from '../../shared-types/index.ts'
import type { CalendarEvent, Interval } from '../calendar-event.ts'
import type { AppContext } from '../context.ts'
import { isHeld } from '../db/runs/slot-holds.ts'
import { findForEvent } from '../db/sending/drafts.ts'
import { AppError } from '../errors.ts'
import { stripInvisible } from '../mail/invisible-characters.ts'
import type { MailboxRef } from '../ports.ts'
import { step } from '../step.ts'
import { assertActive } from './mailboxes.ts'

/** A person waits for the answer. */
const timeoutMs = 20_000
const longestSummary = 200
const approved: readonly DraftStatus[] = ['approved', 'sending', 'sent']

/**
 * Puts an hour that an approved reply offers into the owner's calendar, once, whatever is lost or clicked twice. Nobody is
 * invited: its description names the correspondent, and nothing of their mail but the subject is told. NOT_FOUND,
 * DRAFT_NOT_APPROVED, VALIDATION_FAILED, SLOT_TAKEN, CALENDAR_SCOPE_MISSING and what a mailbox cannot be read for.
 */
export async function createEvent(ctx: AppContext, userId: string, input: CreateEventInput): Promise<CreatedEvent> {
  const draft = await findForEvent(ctx.db, userId, input.draftId)
  if (!draft) throw new AppError('NOT_FOUND', 'There is no such draft.')
  if (!approved.includes(draft.status)) {
    throw new AppError('DRAFT_NOT_APPROVED', `Approve the draft first: it is ${draft.status}.`)
  }
  if (draft.calendar || draft.flags.includes('calendar')) {
    throw new AppError('VALIDATION_FAILED', 'The mail is an invitation, whose event is in your calendar already.')
  }
  const { start, end } = input
  if (!(await isHeld(ctx.db, userId, { traceId: draft.traceId, start, end }))) {
    throw new AppError('VALIDATION_FAILED', 'The draft does not offer this hour.')
  }
  const { mailboxId, subject, fromAddress } = draft
  await assertActive(ctx.db, userId, mailboxId)
  const event = {
    id: eventIdOf(userId, input),
    start: new Date(start),
    end: new Date(end),
    summary: input.summary ?? summaryOf(subject, fromAddress),
    description: `With ${escaped(fromAddress)}`,
  }
  return makeOnce(ctx, { userId, mailboxId }, event)
}

type OwnEvent = Parameters<AppContext['calendar']['createEvent']>[1]

async function makeOnce(ctx: AppContext, mailbox: MailboxRef, event: OwnEvent): Promise<CreatedEvent> {
  const signal = AbortSignal.timeout(timeoutMs)
  const busy = await step('calendar-busy', () => ctx.calendar.busy(mailbox, event, signal))
  const isMade =
    busy.length === 0 && (await step('calendar-create-event', () => ctx.calendar.createEvent(mailbox, event, signal)))
  if (isMade) return told(event)
  // What takes the hour may be this very event, and an id that is taken that of one its owner has deleted.
  const known = await step('calendar-find-event', () => ctx.calendar.findEvent(mailbox, event.id, signal))
  if (known && known.status !== 'cancelled') return told(known)
  if (busy.length > 0) throw new AppError('SLOT_TAKEN', 'Something else stands in your calendar at this hour by now.')
  if (!known) return told(event)
  throw new AppError('VALIDATION_FAILED', 'You have deleted this event in Google Calendar: bring it back there.')
}

function told({ id, start, end }: Pick<CalendarEvent, 'id'> & Interval): CreatedEvent {
  return { eventId: id, start: start.toISOString(), end: end.toISOString() }
}

/** The same for the same hour of the same reply; in base32hex, as Google wants it. */
function eventIdOf(userId: string, { draftId, start, end }: CreateEventInput): string {
  const hash = createHash('sha256').update([userId, draftId, start, end].join(' ')).digest('hex')
  return `rf${BigInt(`0x${hash}`).toString(32)}`
}

function summaryOf(subject: string, fromAddress: string): string {
  const { text } = stripInvisible(subject)
  return text.trim().slice(0, longestSummary).toWellFormed() || fromAddress
}

/** Google shows a description as HTML, and an address may hold nearly anything in quotes. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
