import { randomUUID } from 'node:crypto'
import { settleCall, type Outcome } from './dispatch.ts'
import { errorAnswer } from './errors.ts'
import type { Answer, Call } from './http.ts'
import type { SandboxState } from './state.ts'

const maxParts = 100

/** Answers a multipart/mixed batch: each part is a call of its own, judged, counted and failed alone. */
export async function answerBatch(sandbox: SandboxState, call: Call): Promise<Outcome> {
  const boundary = /boundary="?([^";]+)"?/.exec(call.headers['content-type'] ?? '')?.[1]
  if (!boundary) return errorAnswer(400, 'badRequest', 'Failed to parse batch request, no boundary.')
  const parts = call.body.toString('utf8').split(`--${boundary}`).slice(1, -1)
  if (parts.length > maxParts) {
    return errorAnswer(400, 'badRequest', `The batch request may contain at most ${maxParts} calls.`)
  }
  const answers: string[] = []
  for (const part of parts) answers.push(await answerPart(sandbox, part, call.headers.authorization))

  const separator = `batch_${randomUUID()}`
  const body = answers.map((answer) => `--${separator}\r\n${answer}\r\n`).join('')
  const headers = { 'content-type': `multipart/mixed; boundary=${separator}` }
  return { status: 200, headers, body: `${body}--${separator}--` }
}

async function answerPart(sandbox: SandboxState, part: string, authorization: string | undefined): Promise<string> {
  const [outer = '', inner = ''] = splitHead(part.trimStart())
  const contentId = /^content-id:\s*<?([^>\r\n]+)>?/im.exec(outer)?.[1]
  const [head = '', body = ''] = splitHead(inner)
  const [requestLine = '', ...lines] = head.split(/\r?\n/)
  const [method = 'GET', target = '/'] = requestLine.split(' ')
  const url = new URL(target, 'http://sandbox')
  const headers = Object.fromEntries(lines.map((line) => /^([^:]+):\s*(.*)$/.exec(line)?.slice(1) ?? [line, '']))

  const outcome = await settleCall(sandbox, {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers: { authorization, ...lowerCase(headers) },
    body: Buffer.from(body.trim()),
  })
  // A connection cannot break inside a batch: Google answers such a part with an error of its own.
  const answer = typeof outcome === 'string' ? errorAnswer(503, 'backendError', 'Backend Error') : outcome
  return renderPart(answer, contentId)
}

function renderPart({ status, headers = {}, body }: Answer, contentId: string | undefined): string {
  const text = typeof body === 'object' ? JSON.stringify(body) : (body ?? '')
  const fields = {
    'Content-Type': 'application/json; charset=UTF-8',
    ...headers,
    'Content-Length': Buffer.byteLength(text),
  }
  return [
    'Content-Type: application/http',
    ...(contentId ? [`Content-ID: <response-${contentId}>`] : []),
    '',
    `HTTP/1.1 ${status} ${status < 400 ? 'OK' : 'Error'}`,
    ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`),
    '',
    text,
  ].join('\r\n')
}

function splitHead(text: string): string[] {
  const at = /\r?\n\r?\n/.exec(text)
  return at ? [text.slice(0, at.index), text.slice(at.index + at[0].length)] : [text.trimEnd(), '']
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
