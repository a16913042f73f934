import { ErrorReason } from '../../../shared-types/index.ts'
import type { Answer } from './wire.ts'

/** What no answer may show. */
export interface Secrets {
  /** Words of another owner that no input names. */
  readonly canaries: readonly string[]
  readonly tables: readonly string[]
  /** Where the program lies. */
  readonly root: string
}

/** How an answer came about, as far as its form depends on it. */
export interface Asked {
  readonly method: string
  readonly path: string
  /** All that was sent: what is repeated of it gives nothing away. */
  readonly sent: string
  /** Whether it keeps to HTTP, so that it must be answered, and by us. */
  readonly isHttp: boolean
}

export interface Problem {
  readonly kind: 'serverErrors' | 'overloaded' | 'stacks' | 'unanswered' | 'malformed'
  readonly text: string
}

export interface Verdict {
  readonly problems: readonly Problem[]
  /** `data.reason` of each error in it. */
  readonly reasons: readonly string[]
}

const stack = /\bat [^\n]{0,200}\.[cm]?[jt]s:\d+|node_modules|node:internal|file:\/\/\//
const sql = [
  /\b(?:select|delete)\b.{1,200}\bfrom\b/is,
  /\b(?:insert into|update)\b.{1,200}\b(?:values|set)\b/is,
  /SQLSTATE|PGlite|syntax error at|invalid input syntax|violates .{0,40}constraint|duplicate key value|relation "|column "/i,
]

/** What is wrong with an answer, whatever was asked. */
export function judge(asked: Asked, answer: Answer, secrets: Secrets): Verdict {
  const { statuses, text, failure } = answer
  const problems: Problem[] = []
  const find = (kind: Problem['kind'], text: string) => void problems.push({ kind, text })
  if (failure !== undefined && (asked.isHttp || failure.startsWith('it neither'))) find('unanswered', failure)
  for (const status of statuses.filter((status) => status >= 500))
    find(status === 503 ? 'overloaded' : 'serverErrors', `it is answered ${status}: ${text.slice(0, 300)}`)
  const isRefusal = statuses.some((status) => status === 207 || status >= 400) || text.includes('serialized-error')
  for (const shown of shownIn(answer, secrets, isRefusal)) {
    if (!asked.sent.includes(shown)) find('stacks', `the answer shows “${shown}”`)
  }
  if (/"code":-32603\b/.test(text)) find('serverErrors', `it fails inside: ${text.slice(0, 300)}`)
  if (text.includes('"reason":"INTERNAL"') && !asked.sent.includes('INTERNAL'))
    find('serverErrors', `it fails without a reason: ${text.slice(0, 300)}`)
  const errors = isRefusal && asked.isHttp ? errorsIn(asked, answer) : []
  if (typeof errors === 'string') {
    find('malformed', errors)
    return { problems, reasons: [] }
  }
  problems.push(...errors.flatMap((error) => wrongWith(error, answer)))
  return { problems, reasons: errors.map(({ data }) => String(data?.['reason'])) }
}

function shownIn({ text, headers }: Answer, { root, canaries, tables }: Secrets, isRefusal: boolean): string[] {
  const all = `${text}\n${JSON.stringify(headers)}`
  const matched = [stack, ...(isRefusal ? sql : [])].flatMap((pattern) => pattern.exec(all)?.[0] ?? [])
  return [...matched, ...[root, ...canaries, ...(isRefusal ? tables : [])].filter((word) => all.includes(word))]
}

interface ToldError {
  readonly message?: unknown
  readonly data?: Readonly<Record<string, unknown>>
}

/** Every error of the answer; a sentence when it has not the form that clients read. */
function errorsIn({ method, path }: Asked, { headers, text, statuses }: Answer): ToldError[] | string {
  const streamed = [...text.matchAll(/^event: serialized-error\ndata: (.*)$/gm)].map(([, json = '']) => json)
  if (streamed.length > 0) return streamed.map((json) => JSON.parse(json) as ToldError)
  // A head that is too large Node refuses itself, before anything of ours sees it.
  if (statuses[0] === 431) return []
  if (method === 'HEAD' || text === '') return method === 'HEAD' ? [] : `${statuses[0]} comes without a word`
  // One line each, for whoever asks for it so.
  if (/jsonl|event-stream/.test(headers['content-type'] ?? '')) return []
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) return `an error comes as ${headers['content-type']}`
  const body = readJson(text)
  if (body === undefined) return `what says to be JSON is none: ${text.slice(0, 100)}`
  const told = [body].flat().flatMap((one) => {
    const { error } = (one ?? {}) as { error?: ToldError }
    return error ? [error] : []
  })
  if (told.length === 0) return 'an error says nothing of itself'
  // The protocol of assistants has errors of its own.
  return path.startsWith('/mcp') && told.every(({ data }) => data?.['reason'] === undefined) ? [] : told
}

function wrongWith({ message, data = {} }: ToldError, { headers }: Answer): Problem[] {
  const problems: Problem[] = []
  const find = (kind: Problem['kind'], text: string) => void problems.push({ kind, text })
  const { reason, requestId, httpStatus } = data
  if (!ErrorReason.safeParse(reason).success) find('malformed', `an error has the reason ${String(reason)}`)
  if (reason === 'INTERNAL' || Number(httpStatus) >= 500) find('serverErrors', `an error is ${String(reason)}`)
  if (typeof message !== 'string' || message === '' || message.length > 1_000 || /^\s*[[{]/.test(message))
    find('malformed', `a person is told: ${JSON.stringify(message)?.slice(0, 100)}`)
  if (requestId !== headers['x-request-id']) find('malformed', `an error names the request ${String(requestId)}`)
  return problems
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
