import { z } from 'zod'
import { askedWaitMs, isUpstream, UpstreamError, type UpstreamKind } from '../errors.ts'
import { stripInvisible } from '../mail/invisible-characters.ts'
import type { Circuit, OutsideCrm } from '../ports.ts'
import { createCircuit } from './circuit.ts'
import { parseJson, readAtMost, tryPatiently, withinDeadline } from './http-wire.ts'
import { readRetryAfter } from './retry-after.ts'

// No client of the vendor's: two requests are all that is asked for, and their answers are read with zod in any case.

/** Two tries of one request and the pause between them end before the agent's tool is given up. */
const tries = 2
const deadlineMs = 4_000
/** A contact with five short properties. */
const maxBodyBytes = 64_000
/** The name of a limit that lasts until midnight where the account is; when that is, HubSpot does not say. */
const daily = 'DAILY'
const usualWaitMs = { daily: 3_600_000, other: 10_000 } as const

/** Whose key it is asked with; null where there is none. */
export interface HubspotKeys {
  get(userId: string): Promise<string | null>
}

interface HubspotOptions {
  readonly baseUrl: string
  readonly keys: HubspotKeys
  /** By default one of its own. */
  readonly circuit?: Circuit
  readonly deadlineMs?: number
  /** The wait before the second try; default 300 ms. */
  readonly backoffMs?: number
  /** A wait that HubSpot asks for is sat out up to this long; default 2 s. */
  readonly longestWaitMs?: number
}

/** What somebody typed, or sent through a form: one short line. */
const Line = z
  .string()
  .nullish()
  .transform((text) =>
    stripInvisible(text ?? '')
      .text.replaceAll(/\s+/g, ' ')
      .trim()
      .slice(0, 200),
  )

const properties = ['firstname', 'lastname', 'company', 'jobtitle', 'lifecyclestage'] as const
const Contact = z.object({
  id: z.string().min(1).max(40),
  updatedAt: z.iso.datetime({ offset: true }),
  properties: z.object({ firstname: Line, lastname: Line, company: Line, jobtitle: Line, lifecyclestage: Line }),
})
const Contacts = z.object({ results: z.array(z.unknown()) })
/** Every refusal of HubSpot's own, and of nobody in front of it. */
const Refusal = z.object({ status: z.literal('error'), policyName: z.string().optional().catch(undefined) })

/** An owner's contacts in HubSpot (CRM API v3). Nothing is written there. */
export function createHubspot({
  baseUrl,
  keys,
  circuit = createCircuit('hubspot'),
  deadlineMs: timeoutMs = deadlineMs,
  backoffMs = 300,
  longestWaitMs = 2_000,
}: HubspotOptions): OutsideCrm {
  /** Owners whose account is to be left alone: HubSpot counts what it refuses as well. */
  const limited = new Map<string, UpstreamError>()

  /** The answer to a GET; null where HubSpot says that there is no such thing. */
  async function get<T>(key: string, path: string, answer: z.ZodType<T>, signal: AbortSignal): Promise<T | null> {
    const response = await fetch(baseUrl + path, {
      headers: { authorization: `Bearer ${key}`, accept: 'application/json' },
      redirect: 'manual',
      signal,
    })
    const { text, isWhole } = await readAtMost(response, maxBodyBytes)
    const json = parseJson(text)
    if (!response.ok) {
      const refusal = Refusal.safeParse(json).data
      if (response.status === 404 && refusal) return null
      throw ofStatus(response, refusal)
    }
    if (!isWhole) throw failure('bad_answer', 'HubSpot answered far too much.')
    if (json === undefined) throw failure('bad_answer', 'HubSpot answered something other than JSON.')
    const parsed = answer.safeParse(json)
    if (parsed.success) return parsed.data
    const where = parsed.error.issues[0]?.path.join('.') ?? ''
    throw failure('bad_answer', `HubSpot answered something other than what was asked for (${where || 'its whole'}).`)
  }

  const ask = <T>(key: string, path: string, answer: z.ZodType<T>, caller: AbortSignal): Promise<T | null> =>
    circuit.run(
      () =>
        tryPatiently({ tries, backoffMs, longestWaitMs, signal: caller }, () =>
          withinDeadline({ caller, timeoutMs }, (signal) => get(key, path, answer, signal), toUpstream),
        ),
      caller,
    )

  function assertNotLimited(userId: string): void {
    const limit = limited.get(userId)
    if (!limit) return
    if (askedWaitMs(limit) !== undefined) throw limit
    limited.delete(userId)
  }

  return {
    async find(userId, address, signal = never) {
      if (!address.includes('@')) return null
      const key = await keys.get(userId)
      if (key === null) return null
      assertNotLimited(userId)
      const query = `idProperty=email&properties=${properties.join(',')}`
      const path = `/crm/v3/objects/contacts/${encodeURIComponent(address.toWellFormed())}?${query}`
      const found = await ask(key, path, Contact, signal).catch((error: unknown) => {
        if (isUpstream(error, 'rate_limited', 'daily_limit')) limited.set(userId, error)
        throw error
      })
      if (!found) return null
      const { firstname, lastname, company, jobtitle, lifecyclestage } = found.properties
      const notes = [jobtitle && `Job title: ${jobtitle}`, lifecyclestage && `Lifecycle stage: ${lifecyclestage}`]
      return {
        id: found.id,
        name: `${firstname} ${lastname}`.trim() || address,
        address,
        company: company || null,
        notes: notes.filter(Boolean).join('\n') || null,
        updatedAt: found.updatedAt,
      }
    },
    async tryKey(key, signal = never) {
      const found = await ask(key, '/crm/v3/objects/contacts?limit=1&properties=email', Contacts, signal)
      if (!found) throw elsewhere(404)
    },
  }
}

const never = new AbortController().signal

function failure(kind: UpstreamKind, message: string, cause?: unknown): UpstreamError {
  return new UpstreamError('hubspot', kind, message, { cause })
}

function elsewhere(status: number): UpstreamError {
  return failure('rejected', `What answers is not HubSpot's API (${status}): look at HUBSPOT_BASE_URL.`)
}

/** What an answer means that is none. `refusal` is missing where something in front of HubSpot answered. */
function ofStatus({ status, headers }: Response, refusal: z.infer<typeof Refusal> | undefined): UpstreamError {
  if (status === 429) return limitOf(headers, refusal?.policyName === daily)
  if (status === 408 || status >= 500) return failure('unavailable', `HubSpot is not available (${status}).`)
  if (status === 401) {
    return failure('needs_reauth', 'HubSpot does not take the key (401): set another one in the settings.')
  }
  if (status === 403 && refusal) {
    const message = 'The key of HubSpot may not read contacts (403): give its app the scope crm.objects.contacts.read.'
    return failure('scope_missing', message)
  }
  if (status === 403) return failure('unavailable', 'Something in front of HubSpot refused the request (403).')
  if (!refusal) return elsewhere(status)
  return failure('rejected', `HubSpot rejected the request (${status}).`)
}

function limitOf(headers: Headers, isDaily: boolean): UpstreamError {
  const now = new Date()
  const usual = new Date(now.getTime() + (isDaily ? usualWaitMs.daily : usualWaitMs.other))
  const retryAt = readRetryAfter(headers.get('retry-after'), now) ?? usual
  return isDaily
    ? new UpstreamError('hubspot', 'daily_limit', 'The requests of a day to HubSpot are used up.', { retryAt })
    : new UpstreamError('hubspot', 'rate_limited', 'HubSpot asks to slow down.', { retryAt })
}

function toUpstream(
  error: unknown,
  { caller, deadline }: { caller: AbortSignal; deadline: AbortSignal },
): UpstreamError {
  if (error instanceof UpstreamError) return error
  if (deadline.aborted) return failure('timeout', 'HubSpot did not answer in time.', error)
  if (caller.aborted) return failure('timeout', 'The request to HubSpot was given up.', caller.reason)
  const { code } = ((error as Error | null)?.cause ?? {}) as { code?: unknown }
  const how = typeof code === 'string' ? ` (${code})` : ''
  return failure('unavailable', `HubSpot could not be reached or its answer broke off${how}.`, error)
}
