import { setTimeout } from 'node:timers/promises'
import { messageOf } from '../../errors.ts'

/** `degraded`: it serves, with less than it should. `off`: not configured on purpose, nothing is wrong. */
export interface Check {
  readonly status: 'ok' | 'degraded' | 'down' | 'off'
  readonly detail?: string
}

export type Checked<T> = { readonly check: Check; readonly answer?: T }

const limitMs = 1_000

class LateError extends Error {}

/** Whether the question is answered within a second; the answer comes along. What is late is slow, not down. */
export async function ask<T>(question: () => Promise<T>): Promise<Checked<T>> {
  const stop = new AbortController()
  const tooLong = setTimeout(limitMs, undefined, { signal: stop.signal }).then(() => {
    throw new LateError(`no answer within ${limitMs} ms`)
  })
  try {
    return { check: ok(), answer: await Promise.race([question(), tooLong]) }
  } catch (error) {
    return { check: { status: error instanceof LateError ? 'degraded' : 'down', detail: detailOf(error) } }
  } finally {
    stop.abort()
    tooLong.catch(() => {})
  }
}

/** The page is open to anybody: our own sentences may appear there, a driver's may name hosts and users. */
function detailOf(error: unknown): string {
  const message = messageOf(error)
  return /^(no answer within|not run yet|the disk is full)/.test(message) ? message : 'cannot be reached'
}

export function ok(detail?: string): Check {
  return detail === undefined ? { status: 'ok' } : { status: 'ok', detail }
}

export function off(detail: string): Check {
  return { status: 'off', detail }
}

export function degraded(detail: string): Check {
  return { status: 'degraded', detail }
}

/** The first of these that is not well. */
export function firstNotOk(first: Check, ...others: Check[]): Check {
  return [first, ...others].find(({ status }) => status === 'down' || status === 'degraded') ?? first
}
