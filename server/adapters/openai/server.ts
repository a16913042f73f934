import { z } from 'zod'
import type { Circuit } from '../../ports.ts'
import { parseJson, readAtMost, withinDeadline } from '../http-wire.ts'
import { type Asked, failure, ofStatus, Refusal, toUpstream } from './errors.ts'

// No vendor's client: two requests are all that is asked for, to servers of many makers whose answers are read with zod
// in any case. The client `openai` has no way to leave the key out, reads variables of its own out of the environment
// (with OPENAI_LOG=debug it logs prompts), tells the server about this machine, and is 35 MB.

/** 32 vectors of 8,192 numbers, spelled out. */
const maxBodyBytes = 20_000_000
const maxRefusalBytes = 64_000

export interface ModelServer {
  /** Follows no redirect: mail goes where its operator said. Answers the JSON of a 200; else throws, what it throws is for `call` to judge. */
  post(asked: Asked, body: object, signal: AbortSignal): Promise<unknown>
  /** One question, however many requests it takes; throws UpstreamError and nothing else. */
  call<T>(signal: AbortSignal, timeoutMs: number, request: (signal: AbortSignal) => Promise<T>): Promise<T>
}

export function createModelServer(
  { baseUrl, apiKey }: { baseUrl: string; apiKey: string | null },
  circuit: Circuit,
): ModelServer {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
  }
  return {
    call: (caller, timeoutMs, request) =>
      circuit.run(() => withinDeadline({ caller, timeoutMs }, request, toUpstream), caller),
    async post(asked, body, signal) {
      const response = await fetch(baseUrl + asked.path, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
        redirect: 'manual',
        signal,
      })
      const text = await readText(response, response.ok ? maxBodyBytes : maxRefusalBytes)
      const json = parseJson(text)
      // The key itself some servers repeat in what they say of it.
      const words = wordsOf(json).replaceAll(apiKey || '\0', '…')
      if (!response.ok) throw ofStatus(new Refusal(response.status, words), asked, response.headers)
      if (json === undefined) {
        // A page of some proxy in place of the answer, or half of one: nobody knows what became of the request.
        const type = response.headers.get('content-type')?.slice(0, 40) ?? 'of no type'
        throw failure('unavailable', `The model server answered something other than JSON (${type}).`)
      }
      const status = statusWithin(json)
      if (status !== undefined) throw ofStatus(new Refusal(status, words), asked)
      return json
    },
  }
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  const { text, isWhole } = await readAtMost(response, maxBytes)
  if (!isWhole && response.ok) throw failure('bad_answer', 'The model server answered far too much.')
  return text
}

/** What is said of a failure, wherever the maker of the server puts it. */
const Envelope = z.looseObject({ error: z.union([z.string(), z.looseObject({})]).optional() })

function wordsOf(json: unknown): string {
  const envelope = Envelope.safeParse(json).data
  if (!envelope) return ''
  const { error = envelope } = envelope
  if (typeof error === 'string') return error
  const { code, type, message, detail } = error as Record<string, unknown>
  return [code, type, message, detail]
    .map((part) => (typeof part === 'object' && part ? JSON.stringify(part) : typeof part === 'string' ? part : ''))
    .filter(Boolean)
    .join(': ')
}

const Failed = z.object({
  error: z.object({ code: z.int().min(400).max(599) }),
  choices: z.undefined().optional(),
  data: z.undefined().optional(),
})

/** Routers pass the failure of the server behind them on within a 200. */
function statusWithin(json: unknown): number | undefined {
  return Failed.safeParse(json).data?.error.code
}
