import { procedures } from '../../support/procedures.ts'
import type { Random } from '../../support/seeded-random.ts'
import { writeJson } from './json.ts'
import type { Asked } from './judge.ts'
import type { Bytes, Call } from './wire.ts'

/** One request, and what is to be told of it. */
export interface Shot {
  /** For whoever reads of a finding. */
  readonly what: string
  /** Those whose answer it gets, in their order. */
  readonly procedures: readonly string[]
  readonly call?: Call
  readonly bytes?: Bytes
  /** The input of one call, and the same shot with another, so that a finding can be made smaller. */
  readonly input?: unknown
  with?(input: unknown): Shot
}

export const types = new Map(procedures.map(({ name, type }) => [name, type]))

/** A call of one procedure as a client makes it. */
export function callOf(procedure: string, input: unknown, headers: Call['headers']): Shot {
  const json = input === undefined ? undefined : writeJson(input)
  return {
    what: `${procedure} ${json?.slice(0, 2_000) ?? ''}`,
    procedures: [procedure],
    call: requestOf(procedure, json, headers),
    input,
    with: (smaller) => callOf(procedure, smaller, headers),
  }
}

/** Several in one request. */
export function batchOf(calls: readonly { name: string; input: unknown }[], headers: Call['headers']): Shot {
  const names = calls.map(({ name }) => name).join(',')
  const json = writeJson(Object.fromEntries(calls.map(({ input }, index) => [index, input])))
  return {
    what: `${names} ${json.slice(0, 2_000)}`,
    procedures: calls.map(({ name }) => name),
    call: requestOf(names, json, headers, true),
  }
}

function requestOf(names: string, json: string | undefined, headers: Call['headers'], isBatch = false): Call {
  const batch = isBatch ? 'batch=1' : ''
  if (types.get(names.split(',')[0] ?? '') === 'mutation') {
    return {
      method: 'POST',
      path: `/trpc/${names}${batch && `?${batch}`}`,
      headers: { 'content-type': 'application/json', ...headers },
      ...(json !== undefined && { body: json }),
    }
  }
  const query = [batch, json === undefined ? '' : `input=${encodeURIComponent(json)}`].filter(Boolean).join('&')
  return { method: 'GET', path: `/trpc/${names}${query && `?${query}`}`, headers }
}

/** A network address of its own for every request. */
export function fromAnywhere(random: Random): Record<string, string> {
  return { 'x-forwarded-for': [10, 0, 0, 0].map((first) => first || 1 + random.below(254)).join('.') }
}

/** What a verdict has to know of it. */
export function askedBy({ call, bytes }: Shot): Asked {
  const sent = call
    ? [call.path, readable(call.path), ...Object.values(call.headers), String(call.body ?? '')].join('\n')
    : (bytes?.pieces ?? []).map((piece) => piece.toString('latin1')).join('')
  return { method: call?.method ?? '', path: call?.path ?? '', sent, isHttp: call !== undefined }
}

function readable(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
