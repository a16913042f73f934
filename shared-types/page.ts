import { z } from 'zod'

/** An instant: ISO 8601 in UTC with milliseconds, e.g. `2026-03-29T07:30:00.000Z`. */
export const Instant = z.iso.datetime({ precision: 3 }).regex(/^(?!0000)/, 'there is no year 0')

/** However it is written: what is kept under it is found by its small letters. */
export const Id = z.uuid().toLowerCase()

/** For procedures that take nothing: nothing, or an object without keys. */
export const NoInput = z.strictObject({}).optional()

/** Gmail's own thread id, as it stands in the address of the thread. */
export const ThreadId = z.string().regex(/^[\x21-\x7e]{1,64}$/, 'not a thread id')

/**
 * What every list takes: a page size and the cursor that the page before gave. `direction` is tRPC's own: its infinite
 * queries add it, and it says nothing, since there is but one.
 */
export const pageInput = {
  limit: z.int().min(1).max(100).default(25),
  cursor: z.string().min(1).max(512).optional(),
  direction: z.enum(['forward', 'backward']).optional(),
}

/** Every list answers this: no total, and null as cursor on the last page. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() })
}
