/** The event as the client gave it; emulate keeps the times and answers lists and free/busy. */
export interface StoredEvent {
  readonly id: string
  readonly calendarId: string
  /** Null while it is made, and when it was removed. */
  readonly upstreamId: string | null
  readonly isRemoved: boolean
  readonly resource: Record<string, unknown>
  readonly version: number
}

/** By event id. */
export type CalendarEvents = Map<string, StoredEvent>
