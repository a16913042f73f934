import { z } from 'zod'
import { Id, Instant } from '../../../shared-types/index.ts'
import { AppError } from '../../errors.ts'

const Position = z.tuple([Instant, Id])

/** Where a page ends: the instant its list is sorted by, and the id that breaks ties. */
export type Position = z.infer<typeof Position>

export function parseCursor(cursor: string): Position {
  return parseCursorOf(Position, cursor)
}

/** The same for a list in another order. */
export function parseCursorOf<T>(shape: z.ZodType<T>, cursor: string): T {
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch (cause) {
    throw new AppError('VALIDATION_FAILED', 'This cursor was not given by this list. Start again without one.', {
      cause,
    })
  }
}

/** Cuts the one row too many that a list asks for, and says where the next page begins. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  position: (row: Row) => readonly unknown[],
  item: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const hasMore = rows.length > limit && last !== undefined
  return {
    items: page.map(item),
    nextCursor: hasMore ? cursorOf(position(last)) : null,
  }
}

export function cursorOf(position: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}
