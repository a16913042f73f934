import { tools } from '../../../server/mcp/tools.ts'
import { procedureInputs } from '../../support/procedure-inputs.ts'
import type { Random } from '../../support/seeded-random.ts'
import { isPlainObject, JsonText, nested, writeJson } from './json.ts'
import type { Knowledge } from './knowledge.ts'
import { mutate } from './mutate.ts'
import { type Schema, toolSchemas } from './schema.ts'
import { fromAnywhere, type Shot } from './shot.ts'
import { validValue } from './values.ts'

const versions = ['2026-07-28', '2025-11-25', '2025-06-18', '2024-11-05', '1999-01-01', '__proto__', '']
const methods = [
  'initialize',
  'ping',
  'tools/list',
  'tools/call',
  'resources/list',
  'prompts/get',
  'logging/setLevel',
  'completion/complete',
  'server/discover',
  'subscriptions/listen',
  'tasks/get',
  'notifications/initialized',
  'notifications/cancelled',
  '__proto__',
  'toString',
  '',
]

/** A message of an assistant: mostly the call of a tool whose arguments are nearly right. */
export function assistantShot(random: Random, known: Knowledge): Shot {
  const message = random.chance(0.7) ? toolCall(random, known) : oddMessage(random, known)
  const token = random.weighted({ draft: 85, read: 10, session: 5 })
  const version = random.chance(0.5) ? { 'mcp-protocol-version': random.pick(versions) ?? '' } : {}
  const accept = random.chance(0.9)
    ? 'application/json, text/event-stream'
    : (random.pick(['*/*', 'text/html', '']) ?? '')
  const headers = {
    ...fromAnywhere(random),
    'content-type': 'application/json',
    accept,
    authorization: `Bearer ${known[token]}`,
    ...version,
    ...(random.chance(0.05) && { 'mcp-session-id': random.pick(known.naughty.filter(isHeader)) ?? '' }),
  }
  return post(message, headers)
}

function post(message: unknown, headers: Record<string, string>): Shot {
  const body = writeJson(message)
  return {
    what: `/mcp ${body.slice(0, 2_000)}`,
    procedures: [],
    call: { method: 'POST', path: '/mcp', headers, body },
    ...(isPlainObject(message) && { input: message, with: (smaller: unknown) => post(smaller, headers) }),
  }
}

export function isHeader(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

function toolCall(random: Random, known: Knowledge): unknown {
  const tool = random.pick(tools)
  const schema: Schema = toolSchemas.get(tool?.name ?? '') ?? {}
  const ids = known.ids(tool?.procedure ?? '', random)
  const offered = Object.keys(schema.properties ?? {})
  const usual = Object.entries(procedureInputs[tool?.procedure ?? '']?.(ids) ?? {})
  const right = {
    ...(random.chance(0.5) ? (validValue(schema, random, ids) as object) : {}),
    ...Object.fromEntries(usual.filter(([key]) => offered.includes(key))),
  }
  const name = random.chance(0.9) ? tool?.name : (random.pick([...known.naughty, tool?.procedure ?? '']) ?? '')
  const input = random.chance(0.1) ? right : mutate(schema, right, random, known)
  return { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input } }
}

function oddMessage(random: Random, known: Knowledge): unknown {
  const text = random.pick(known.naughty) ?? ''
  const client = { protocolVersion: random.pick(versions), capabilities: {}, clientInfo: { name: text, version: text } }
  const params = random.pick([
    {},
    client,
    null,
    [],
    text,
    nested(1_000),
    { name: text },
    { _meta: { progressToken: text } },
  ])
  const id = random.pick([1, 0, -1, 2 ** 53, 1.5, text, null, undefined, [], {}, new JsonText('1e999')])
  const message = {
    jsonrpc: random.pick(['2.0', '2.0', '2.0', '1.0', 2, null]),
    id,
    method: random.pick(methods),
    params,
  }
  return random.pick([
    message,
    message,
    message,
    [message, message],
    { ...message, method: { method: text } },
    { jsonrpc: '2.0', id: 1, result: {} },
    { jsonrpc: '2.0', id: 1, error: { code: 1, message: text } },
    nested(1_000),
    text,
  ])
}
