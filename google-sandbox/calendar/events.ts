import { randomBytes } from 'node:crypto'
import { GoogleError, invalid, notFound } from '../errors.ts'
import type { Account } from '../state.ts'
import type { StoredEvent } from './model.ts'

/** Adds an event under its own id or a new one; resources are told apart from what emulate makes of them. */
export async function insertEvent(
  account: Account,
  calendarId: string,
  resource: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const id = typeof resource.id === 'string' ? resource.id : randomBytes(13).toString('hex')
  if (!/^[a-v0-9]{5,1024}$/.test(id)) throw invalid('Invalid resource id value.')
  // The id of a removed event stays taken.
  if (account.events.has(id)) throw new GoogleError(409, 'duplicate', 'The requested identifier already exists.')
  return storeEvent(account, { id, calendarId, resource, version: 0 })
}

/** emulate cannot change an event, so it is made anew there; here its id stays. */
export async function replaceEvent(account: Account, event: StoredEvent, resource: Record<string, unknown>) {
  await removeUpstream(account, event)
  const { id, calendarId, version } = event
  return storeEvent(account, { id, calendarId, resource: { ...resource, id }, version: version + 1 })
}

/** It can still be read under its id, as cancelled. */
export async function removeEvent(account: Account, event: StoredEvent): Promise<void> {
  account.events.set(event.id, { ...event, upstreamId: null, isRemoved: true, version: event.version + 1 })
  await removeUpstream(account, event)
}

async function removeUpstream({ upstream }: Account, { calendarId, upstreamId }: StoredEvent): Promise<void> {
  await upstream.json('DELETE', `${eventsPath(calendarId)}/${encodeURIComponent(upstreamId ?? '')}`)
}

async function storeEvent(account: Account, told: Omit<StoredEvent, 'upstreamId' | 'isRemoved'>) {
  const { id, calendarId, resource } = told
  assertTimes(resource)
  // Two calls at once with one id make one event.
  account.events.set(id, { ...told, upstreamId: null, isRemoved: false })
  const { status, body } = await account.upstream.json('POST', eventsPath(calendarId), resource)
  if (status !== 200) account.events.delete(id)
  if (status === 404) throw notFound()
  if (status !== 200) throw new GoogleError(400, 'required', 'Missing end time.')
  const event = { ...told, upstreamId: String(body.id), isRemoved: false }
  account.events.set(id, event)
  return renderEvent(account, event, body)
}

function assertTimes({ start, end }: Record<string, unknown>): void {
  const [from, to] = [start, end].map((time) => Date.parse(String((time as { dateTime?: string } | null)?.dateTime)))
  if (Number(from) > Number(to)) throw new GoogleError(400, 'timeRangeEmpty', 'The specified time range is empty.')
}

export function renderRemoved(account: Account, event: StoredEvent): Record<string, unknown> {
  return { ...renderEvent(account, event, { kind: 'calendar#event' }), status: 'cancelled' }
}

/** The events of a calendar as emulate selects and orders them. */
export async function listEvents(account: Account, calendarId: string, query: URLSearchParams) {
  const { status, body } = await account.upstream.json('GET', `${eventsPath(calendarId)}?${query.toString()}`)
  if (status === 404) throw notFound()
  const stored = new Map([...account.events.values()].map((event) => [event.upstreamId, event]))
  const items = (body.items as Record<string, unknown>[]).flatMap((item) => {
    const event = stored.get(String(item.id))
    return event ? [renderEvent(account, event, item)] : []
  })
  return { items, nextPageToken: body.nextPageToken as string | undefined }
}

export function etagOf({ id, version }: StoredEvent): string {
  return `"${id}-${version}"`
}

function renderEvent({ email }: Account, event: StoredEvent, upstream: Record<string, unknown>) {
  const { id, resource, version } = event
  const person = { email, self: true }
  const attendees = resource.attendees as object[] | undefined
  return {
    ...upstream,
    ...resource,
    id,
    etag: etagOf(event),
    iCalUID: `${id}@google.com`,
    sequence: version,
    creator: person,
    organizer: person,
    attendees: attendees?.map((attendee) => ({ responseStatus: 'needsAction', ...attendee })),
  }
}

function eventsPath(calendarId: string): string {
  return `/calendar/v3/calendars/${encodeURIComponent(calendarId)}/events`
}
