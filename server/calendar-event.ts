export interface Interval {
  readonly start: Date
  readonly end: Date
}

/** An event as its owner sees it. `start` and `end` of one that fills days are midnights in the calendar's zone. */
export interface CalendarEvent extends Interval {
  readonly id: string
  readonly summary: string
  readonly isAllDay: boolean
  readonly status: 'confirmed' | 'tentative' | 'cancelled'
}

/** One of ours: `id` is of 5 to 1,024 digits and letters up to v. */
export interface NewCalendarEvent extends Interval {
  readonly id: string
  readonly summary: string
  /** Read as HTML. */
  readonly description: string
}
