import { z } from 'zod'
import { Id, Instant } from './page.ts'
import { storableText } from './text.ts'

/** Without a mailbox: the first one that is connected. Without `from`: now; without `to`: two weeks later. */
export const AvailabilityInput = z.strictObject({
  mailboxId: Id.optional(),
  from: Instant.optional(),
  to: Instant.optional(),
  minutes: z.int().min(15).max(240).default(60),
  limit: z.int().min(1).max(100).default(25),
})
export type AvailabilityInput = z.infer<typeof AvailabilityInput>

/** Free times within the owner's working hours, soonest first, none reaching into another. `timeZone` is the owner's. */
export const Availability = z.strictObject({
  timeZone: z.string(),
  slots: z.array(z.strictObject({ start: Instant, end: Instant })),
})
export type Availability = z.infer<typeof Availability>

export const CalendarEventsInput = z.strictObject({ mailboxId: Id.optional(), from: Instant, to: Instant })
export type CalendarEventsInput = z.infer<typeof CalendarEventsInput>

export const CalendarEventItem = z.strictObject({
  id: z.string(),
  summary: z.string(),
  /** Of an event that fills days: midnight in the calendar's own zone, the end being the day after its last. */
  start: Instant,
  end: Instant,
  isAllDay: z.boolean(),
  status: z.enum(['confirmed', 'tentative', 'cancelled']),
})

/** The first 250, soonest first; `hasMore` when these are not all. */
export const CalendarEventList = z.strictObject({ items: z.array(CalendarEventItem), hasMore: z.boolean() })
export type CalendarEventList = z.infer<typeof CalendarEventList>

/** An hour that an approved reply offers or accepts. Without a summary: the subject of the mail it answers. */
export const CreateEventInput = z.strictObject({
  draftId: Id,
  start: Instant,
  end: Instant,
  summary: storableText(200).trim().min(1).optional(),
})
export type CreateEventInput = z.infer<typeof CreateEventInput>

/** As it stands in the calendar, where its owner may have moved it since it was made. */
export const CreatedEvent = z.strictObject({ eventId: z.string(), start: Instant, end: Instant })
export type CreatedEvent = z.infer<typeof CreatedEvent>
