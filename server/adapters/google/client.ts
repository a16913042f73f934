import type { z } from 'zod'
import { askedWaitMs, isUpstream, type UpstreamError, type UpstreamVendor } from '../../errors.ts'
import type { AccessTokens, Circuit, MailboxRef } from '../../ports.ts'
import { createCircuit } from '../circuit.ts'
import { tryPatiently } from '../http-wire.ts'
import { assertWanted, badAnswer, toUpstream } from './errors.ts'

const tries = 3

/** What every request of a Google client is given: the library itself repeats nothing. */
export interface CallOptions {
  readonly headers: { readonly authorization: string }
  readonly signal: AbortSignal
  readonly retry: false
}

export interface GoogleCall<T> {
  readonly mailbox: MailboxRef
  readonly signal: AbortSignal | undefined
  /** What the call takes of the mailbox's quota; 0 where nothing is metered by mailbox. */
  readonly units: number
  readonly answer: z.ZodType<T>
  send(options: CallOptions): Promise<{ data: unknown }>
}

/** Calls in the name of a mailbox; every failure is an UpstreamError. */
export interface GoogleClient {
  /** For calls that may be repeated: up to three tries, with jitter, and after the time Google asks for. */
  read<T>(call: GoogleCall<T>): Promise<T>
  /** For calls that must not: repeated once after a 401, which says that nothing was done. */
  write<T>(call: GoogleCall<T>): Promise<T>
}

/** What Gmail allows a mailbox a minute, in its units, shared by every process. */
export interface QuotaBucket {
  /** Resolves when these units may be used; `rate_limited` with `retryAt`, and nothing taken, when that is too far off. */
  take(mailbox: MailboxRef, units: number, signal?: AbortSignal): Promise<void>
  /** Gmail asked to be left alone for so long. Never throws. */
  block(mailbox: MailboxRef, waitMs: number): Promise<void>
}

export interface GoogleClientOptions {
  /** What one request may take; default 10 s. */
  readonly deadlineMs?: number
  /** The first wait before a repetition, three times as long before the next; default 400 ms. */
  readonly backoffMs?: number
  /** A wait that Google asks for is sat out by a call that may be repeated, up to this long; default 5 s. */
  readonly longestWaitMs?: number
  /** Without one calls go out as they come. */
  readonly quota?: QuotaBucket
  /** By default one of its own. */
  readonly circuit?: Circuit
}

export function createGoogleClient(
  vendor: UpstreamVendor,
  tokens: AccessTokens,
  {
    deadlineMs = 10_000,
    backoffMs = 400,
    longestWaitMs = 5_000,
    quota,
    circuit = createCircuit(vendor),
  }: GoogleClientOptions,
): GoogleClient {
  async function sendOnce<T>({ mailbox, units, signal, answer, send }: GoogleCall<T>, token: string): Promise<T> {
    // Every request anew: Gmail counts those that fail as well.
    if (units > 0) await quota?.take(mailbox, units, signal)
    assertWanted(vendor, signal)
    const deadline = AbortSignal.timeout(deadlineMs)
    const options: CallOptions = {
      headers: { authorization: `Bearer ${token}` },
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      retry: false,
    }
    const { data } = await send(options).catch((error: unknown) => failAs(mailbox, toUpstream(vendor, error)))
    const parsed = answer.safeParse(data)
    if (!parsed.success) throw badAnswer(vendor, parsed.error.issues[0]?.path.join('.') || 'not what was asked for')
    return parsed.data
  }

  async function failAs(mailbox: MailboxRef, failure: UpstreamError): Promise<never> {
    const waitMs = isUpstream(failure, 'rate_limited') ? askedWaitMs(failure) : undefined
    if (waitMs !== undefined) await quota?.block(mailbox, waitMs)
    throw failure
  }

  async function sendWithToken<T>(call: GoogleCall<T>): Promise<T> {
    const { mailbox, signal } = call
    const options = signal ? { signal } : {}
    const token = await tokens.get(mailbox, options)
    try {
      return await sendOnce(call, token)
    } catch (error) {
      if (!isUpstream(error, 'needs_reauth')) throw error
      return sendOnce(call, await tokens.get(mailbox, { ...options, rejected: token }))
    }
  }

  const sendPatiently = <T>(call: GoogleCall<T>): Promise<T> =>
    tryPatiently({ tries, backoffMs, longestWaitMs, signal: call.signal }, () => sendWithToken(call))

  return {
    read: (call) => circuit.run(() => sendPatiently(call), call.signal),
    write: (call) => circuit.run(() => sendWithToken(call), call.signal),
  }
}
