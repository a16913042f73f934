import { errorAnswer } from './errors.ts'
import type { Answer } from './http.ts'

/** How a call fails: an answer with this status, or a connection that misbehaves. */
export type FaultKind = StatusFault | 'timeout' | 'reset' | 'answer-lost' | 'truncated-json'

/** An error answer in place of the call, in Google's envelope unless `html` or `json` says otherwise. */
export interface StatusFault {
  status: number
  reason?: string
  /** A function is asked at the time of the answer. */
  message?: string | (() => string)
  retryAfter?: string | (() => string)
  html?: string
  json?: object
}

export interface Fault {
  /** The path without its query; no method or email matches every one. */
  match: { method?: string; path: RegExp; email?: string }
  /** How many calls fail; default 1. */
  times?: number
  /**
   * 'timeout' never answers until the client gives up, 'reset' destroys the socket before the call is applied,
   * 'answer-lost' after it, 'truncated-json' applies it and answers with half of the JSON.
   */
  kind: FaultKind
}

export interface FaultHandle extends Disposable {
  /** Calls that failed this way so far. */
  readonly hits: number
}

/** The faults in force. */
export interface FaultBox {
  add(fault: Fault): FaultHandle
  /** The oldest fault that matches this call, used up once. */
  take(call: { method: string; path: string; email: string | undefined }): FaultKind | undefined
}

export function createFaultBox(): FaultBox {
  const active = new Set<{ fault: Fault; hits: number }>()
  return {
    add: (fault) => {
      const entry = { fault, hits: 0 }
      active.add(entry)
      return {
        get hits() {
          return entry.hits
        },
        [Symbol.dispose]: () => {
          active.delete(entry)
        },
      }
    },
    take: ({ method, path, email }) => {
      for (const entry of active) {
        const { match, times = 1, kind } = entry.fault
        if (entry.hits >= times) continue
        if (match.method && match.method.toUpperCase() !== method) continue
        if (match.email && match.email.toLowerCase() !== email) continue
        if (path.search(match.path) < 0) continue
        entry.hits += 1
        return kind
      }
      return undefined
    },
  }
}

/** The answer of a status fault. */
export function faultAnswer(fault: StatusFault): Answer {
  const { status, reason = 'backendError', message = 'Injected by the sandbox.', retryAfter, html, json } = fault
  const answer = errorAnswer(status, reason, valueOf(message))
  if (json) answer.body = json
  if (html) answer.body = html
  const headers = {
    ...(html && { 'content-type': 'text/html; charset=UTF-8' }),
    ...(retryAfter && { 'retry-after': valueOf(retryAfter) }),
  }
  return { ...answer, headers }
}

function valueOf(value: string | (() => string)): string {
  return typeof value === 'string' ? value : value()
}
