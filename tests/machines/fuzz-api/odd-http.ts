import type { Random } from '../../support/seeded-random.ts'
import { pushBody } from '../../support/push.ts'
import { isHeader } from './assistants.ts'
import type { Knowledge } from './knowledge.ts'
import { bearer } from './near-valid.ts'
import { callOf, fromAnywhere, type Shot, types } from './shot.ts'
import type { Call } from './wire.ts'

const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'POST', 'TRACE', 'PROPFIND', 'QUERY']
const types_ = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/json; charset="',
  'application/json;;;',
  'APPLICATION/JSON',
  'application/xml',
  'application/octet-stream',
  '/',
  '',
]
const broken = [
  '',
  '{',
  '[',
  '{"a"',
  'null',
  '1',
  '"x"',
  'nul',
  '{"a":1,}',
  "{'a':1}",
  '\ufeff{}',
  '{}{}',
  '\u0000',
  'NaN',
]
const queries = [
  'input=%',
  'input=%zz',
  'input=%c0%ae',
  'input=%ed%a0%80',
  'input=%00',
  'input',
  'input=',
  'input={}&input={}',
  'input[a]=1',
  'input[__proto__][a]=1',
  '__proto__=1&constructor=2',
  'batch=1',
  'batch=1&input=[]',
  'batch=1&input=null',
  'batch=1&input=%22x%22',
  'batch=1&input={"0":{},"__proto__":{}}',
  'batch=1&input={"99":{}}',
  'batch=1&batch=1',
  'batch=2&input={}',
  'input=null',
  `input=${'['.repeat(1_000)}${']'.repeat(1_000)}`,
  'lastEventId=9&input={}',
  'connectionParams=1&input={}',
  'connectionParams=%7B%22a%22%3A1%7D&input=%7B%7D',
]
const paths = [
  '/',
  '//',
  '/trpc',
  '/trpc/',
  '/trpc//',
  '/trpc/%',
  '/trpc/%00',
  '/trpc/%c0%af',
  '/trpc/..%2f..%2fetc%2fpasswd',
  '/trpc/../health',
  '/trpc/__proto__',
  '/trpc/constructor',
  '/trpc/auth',
  '/trpc/auth.__proto__',
  '/trpc/toString.call',
  '/trpc/emails.list/extra',
  '/trpc/emails.list,',
  '/trpc/,',
  '/TRPC/emails.list',
  '/trpc/emails.list?',
  '/trpc/emails%2Elist',
  '/health/',
  '/health?x=1',
  '/metrics',
  '/mcp/',
  '/mcp?x=%',
  '/api/v1/attachments/..%2f..%2fetc%2fpasswd',
  '/api/v1/attachments/../../health',
  '/api/v1/attachments/%00/0',
  '/api/v1/attachments/x/-1',
  '/api/v1/attachments/x/0',
  '/api/v1/gmail/push',
  '/api/v1/gmail/push/%',
  '/api/v1/auth/gmail/callback',
  '/api/v1',
  '/.env',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/index.php?-s',
]

/** A request that keeps to HTTP and to little else. */
export function oddShot(random: Random, known: Knowledge): Shot {
  const kind = random.weighted({
    path: 20,
    query: 15,
    body: 15,
    batch: 10,
    attachment: 10,
    callback: 8,
    push: 12,
    big: 1,
    stream: 5,
    headers: 8,
  })
  const headers = { ...fromAnywhere(random), ...bearer(random, known) }
  const shot = (call: Omit<Call, 'headers'> & { headers?: Record<string, string> }): Shot => ({
    what: `${call.method} ${call.path.slice(0, 1_000)} ${JSON.stringify(call.headers ?? {})} ${String(call.body ?? '').slice(0, 500)}`,
    procedures: [],
    call: { ...call, headers: { ...headers, ...call.headers } },
  })
  const json = { 'content-type': 'application/json' }
  const name = random.pick([...types.keys()]) ?? ''
  const text = random.pick(known.naughty) ?? ''
  const word = encodeURIComponent(text.toWellFormed())
  switch (kind) {
    case 'path': {
      const method = random.pick(methods) ?? 'GET'
      const path = random.pick([...paths, `/trpc/${name}`, `/trpc/${word}`, `/${word}`, '/mcp']) ?? '/'
      const hasBody = method !== 'GET' && method !== 'HEAD' && random.chance(0.5)
      return shot({ method, path, ...(hasBody && { headers: json, body: '{}' }) })
    }
    case 'query':
      return shot({
        method: random.chance(0.9) ? 'GET' : 'POST',
        headers: json,
        path: `/trpc/${name}?${random.pick(queries)}`,
      })
    case 'body': {
      const type = random.chance(0.6) ? 'application/json' : (random.pick(types_) ?? '')
      const body = random.pick([...broken, text, '['.repeat(1_000) + ']'.repeat(1_000), '{"a":'.repeat(1_000)]) ?? ''
      const path = random.pick([`/trpc/${name}`, `/trpc/${name}?batch=1`, '/mcp']) ?? ''
      return shot({
        method: 'POST',
        path,
        headers: { 'content-type': type },
        body: random.chance(0.1) ? Buffer.from([0xff, 0xfe, 0x7b]) : body,
      })
    }
    case 'batch': {
      const names = Array.from({ length: random.pick([2, 10, 11, 200, 1_000]) ?? 2 }, () =>
        random.pick(['audit.list', 'emails.list', name, 'x', '']),
      )
      const path = `/trpc/${names.join(',').slice(0, 12_000)}?batch=1`
      if (random.chance(0.5))
        return shot({ method: 'GET', path: `${path}&input=${random.pick(['{}', '[]', '1', '{"0":{"limit":1}}'])}` })
      return shot({
        method: 'POST',
        path,
        headers: json,
        body: random.pick(['{}', '[]', '1', '{"0":null}', '{"0":{},"__proto__":{"1":{}}}']) ?? '',
      })
    }
    case 'attachment': {
      const { emailId } = known.ids('', random)
      const id = random.pick([emailId, known.foreign.emailId, known.nobody.emailId, word, '..', emailId.toUpperCase()])
      const position = random.pick(['0', '1', '999', '1000', '-1', '0x0', '1e2', word, '%30', ''])
      return shot({
        method: random.pick(['GET', 'GET', 'HEAD', 'POST']) ?? 'GET',
        path: `/api/v1/attachments/${id}/${position}`,
      })
    }
    case 'callback': {
      const some = [
        '',
        word,
        'x'.repeat(5_000),
        '%',
        `${word}&code=${word}`,
        'x&state=y',
        '&state[a]=b',
        'access_denied',
      ]
      const fields = ['state', 'code', 'error']
        .filter(() => random.chance(0.6))
        .map((field) => `${field}=${random.pick(some)}`)
      const cookie = { cookie: `reasonflow_browser=${random.pick(['x', '%', ''])}; ${isHeader(text) ? text : ''}` }
      return shot({ method: 'GET', path: `/api/v1/auth/gmail/callback?${fields.join('&')}`, headers: cookie })
    }
    case 'push': {
      const address = random.pick([
        known.address,
        known.address.toUpperCase(),
        text,
        null,
        1,
        `${text}@a.example`,
        'a\u0000@b.example',
      ])
      const data = random.pick([
        { emailAddress: address, historyId: random.pick([1, -1, '7', 1e308, null, text]) },
        text,
        [],
        null,
      ])
      const whole = [
        pushBody(data),
        pushBody(data),
        pushBody(data),
        '{"message":{"data":1}}',
        '{"message":null}',
        ...broken,
      ]
      const authorization = random.chance(0.8) ? `Bearer ${known.push}` : `Bearer ${random.pick(['a.b.c', 'x', '..'])}`
      return shot({
        method: 'POST',
        path: '/api/v1/gmail/push',
        headers: { ...json, authorization },
        body: random.pick(whole) ?? '',
      })
    }
    case 'big': {
      const path = random.pick([`/trpc/${name}`, '/mcp', '/api/v1/gmail/push', '/trpc/drafts.edit?batch=1']) ?? ''
      return shot({
        method: 'POST',
        path,
        headers: json,
        body: `{"body":"${'x'.repeat(random.pick([900_000, 10_000_000]) ?? 0)}"}`,
      })
    }
    case 'stream': {
      const some = ['999999999999999', '-1', 'x', '9'.repeat(10_000), '1e3', '9007199254740993', text, '', null, 1, '0']
      const lastEventId = random.pick(some)
      const inHeader = typeof lastEventId === 'string' && isHeader(lastEventId) && random.chance(0.5)
      const input = inHeader ? {} : { lastEventId }
      return callOf('notifications.stream', input, { ...headers, ...(inHeader && { 'last-event-id': lastEventId }) })
    }
    case 'headers': {
      const header =
        random.pick([
          'origin',
          'cookie',
          'user-agent',
          'authorization',
          'accept',
          'trpc-accept',
          'accept-encoding',
          'x-forwarded-for',
          'x-forwarded-proto',
          'if-none-match',
          'range',
          'expect',
          'x-trpc-source',
          'traceparent',
          'access-control-request-method',
          'x-http-method-override',
        ]) ?? ''
      const value =
        random.pick([
          isHeader(text) ? text : 'x',
          'x'.repeat(4_000),
          'http://evil.example',
          'null',
          'a=b; a=c; reasonflow_refresh=%',
          '::1',
          'application/jsonl',
          '*',
          '100-continue',
          `Bearer ${'a.'.repeat(2_000)}`,
          `Bearer rfp_${known.nobody.emailId}.x`,
          'Bearer rfp_',
          '\xff\xfe',
        ]) ?? ''
      const path =
        random.pick([`/trpc/${name}`, '/mcp', '/health', '/metrics', '/api/v1/auth/gmail/callback?code=x&state=y']) ??
        ''
      const method = random.pick(['GET', 'GET', 'POST', 'OPTIONS']) ?? 'GET'
      return shot({
        method,
        path,
        headers: { ...(method === 'POST' && json), [header]: header === 'expect' ? '100-continue' : value },
        ...(method === 'POST' && { body: '{}' }),
      })
    }
  }
}
