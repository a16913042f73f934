import type { Random } from '../../support/seeded-random.ts'
import type { Knowledge } from './knowledge.ts'
import type { Shot } from './shot.ts'

type Pieces = readonly (string | Buffer)[]

/** What no library would send: each with the word of the owner, where there is room for one. */
const shapes: Readonly<Record<string, (head: string, text: string, random: Random) => Pieces>> = {
  'a head that never was HTTP': (_, text) => [`${text}\r\n\r\n`],
  'random bytes': (_, _text, random) => [Buffer.from(Array.from({ length: 300 }, () => random.below(256)))],
  'a TLS greeting': () => [Buffer.from('16030100a5010000a10303', 'hex'), Buffer.alloc(160)],
  'a PRI of HTTP/2': () => ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  'HTTP/1.0 without a host': (head) => [`GET /trpc/audit.list HTTP/1.0\r\n${head}\r\n`],
  'HTTP/1.1 without a host': (head) => [`GET /trpc/audit.list HTTP/1.1\r\n${head}\r\n`],
  'HTTP/3.7': (head) => [`GET /health HTTP/3.7\r\nHost: x\r\n${head}\r\n`],
  'two hosts': (head) => [`GET /trpc/audit.list HTTP/1.1\r\nHost: a\r\nHost: b\r\n${head}\r\n`],
  'a whole address as target': (head) => [`GET http://evil.example/trpc/audit.list HTTP/1.1\r\nHost: x\r\n${head}\r\n`],
  'a broken address as target': (head) => [`GET http://[::1/trpc/audit.list HTTP/1.1\r\nHost: x\r\n${head}\r\n`],
  'a target without a slash': (head) => [`GET trpc/audit.list HTTP/1.1\r\nHost: x\r\n${head}\r\n`],
  'a star as target': (head) => [`OPTIONS * HTTP/1.1\r\nHost: x\r\n${head}\r\n`],
  CONNECT: (head) => [`CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n${head}\r\n`],
  'an upgrade to nothing': (head) => [
    `GET /trpc/audit.list HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${head}\r\n`,
  ],
  'raw text in the target': (head, text) => [
    `GET /trpc/${text.replaceAll(/\s/g, '')} HTTP/1.1\r\nHost: x\r\n${head}\r\n`,
  ],
  'raw text in the query': (head, text) => [
    `GET /trpc/audit.list?input=${text.replaceAll(/\s/g, '')} HTTP/1.1\r\nHost: x\r\n${head}\r\n`,
  ],
  'bytes that are no UTF-8 in the target': (head) => [
    Buffer.from(`GET /trpc/\xc0\xae\xff?input=\xff HTTP/1.1\r\nHost: x\r\n${head}\r\n`, 'latin1'),
  ],
  'a huge header': (head) => [
    `GET /trpc/audit.list HTTP/1.1\r\nHost: x\r\nX-Much: ${'x'.repeat(20_000)}\r\n${head}\r\n`,
  ],
  'a thousand headers': (head) => [
    `GET /trpc/audit.list HTTP/1.1\r\nHost: x\r\n${'X-Y: z\r\n'.repeat(1_900)}${head}\r\n`,
  ],
  'a header over two lines': (head) => [`GET /trpc/audit.list HTTP/1.1\r\nHost: x\r\nX-Y: a\r\n b\r\n${head}\r\n`],
  'a header with a null': (head) => [`GET /trpc/audit.list HTTP/1.1\r\nHost: x\r\nX-Y: a\0b\r\n${head}\r\n`],
  'line feeds alone': (head) => [`GET /trpc/audit.list HTTP/1.1\nHost: x\n${head.replaceAll('\r', '')}\n`],
  'two lengths': (head) => post(head, 'Content-Length: 2\r\nContent-Length: 3', '{}x'),
  'a length and chunks': (head) =>
    post(head, 'Content-Length: 2\r\nTransfer-Encoding: chunked', '2\r\n{}\r\n0\r\n\r\n'),
  'a length too long': (head) => post(head, 'Content-Length: 500', '{}'),
  'a length too short': (head) => post(head, 'Content-Length: 1', '{}GET / HTTP/1.1\r\n\r\n'),
  'a negative length': (head) => post(head, 'Content-Length: -1', '{}'),
  'a length that is no number': (head, text) => post(head, `Content-Length: ${text.slice(0, 50)}`, '{}'),
  'a length beyond all': (head) => post(head, 'Content-Length: 99999999999999999999', '{}'),
  'a body that ends early': (head) => post(head, 'Content-Length: 900', '{"emailId":"'),
  chunks: (head) => post(head, 'Transfer-Encoding: chunked', '2\r\n{}\r\n0\r\n\r\n'),
  'chunks of garbage': (head) => post(head, 'Transfer-Encoding: chunked', 'zz\r\n{}\r\n0\r\n\r\n'),
  'chunks without an end': (head) => post(head, 'Transfer-Encoding: chunked', 'ffffffffffffffff\r\n{}'),
  'a chunk with extensions': (head) =>
    post(head, 'Transfer-Encoding: chunked', `2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`),
  trailers: (head) => post(head, 'Transfer-Encoding: chunked', '2\r\n{}\r\n0\r\nAuthorization: x\r\n\r\n'),
  'an unknown transfer encoding': (head) => post(head, 'Transfer-Encoding: gzip', '{}'),
  'a body said to be packed': (head) => post(head, 'Content-Length: 2\r\nContent-Encoding: gzip', '{}'),
  'an expectation nobody knows': (head) => post(head, 'Content-Length: 2\r\nExpect: the-unexpected', '{}'),
  'one request behind the other': (head) => [`GET /trpc/audit.list HTTP/1.1\r\nHost: x\r\n${head}\r\n`.repeat(10)],
  'garbage behind a request': (head, text) => [`GET /trpc/audit.list HTTP/1.1\r\nHost: x\r\n${head}\r\n${text}`],
  'a head byte by byte': (head) => `GET /trpc/audit.list HTTP/1.1\r\nHost: x\r\n${head}\r\n`.split(''),
  'a body with GET': (head) => [`GET /trpc/audit.list HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n${head}\r\n{}`],
  'ten megabytes in chunks': (head) => [
    ...post(head, 'Transfer-Encoding: chunked', ''),
    ...Array.from({ length: 160 }, () => `10000\r\n${'x'.repeat(65_536)}\r\n`),
    '0\r\n\r\n',
  ],
  'a push that ends early': () => ['POST /api/v1/gmail/push HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\n{'],
}

/** Only its head is answered; the stream stays open and is not read. */
const stream = 'a stream that nobody reads'
const names = [...Object.keys(shapes), stream]

export function rawShot(random: Random, known: Knowledge): Shot {
  const what = random.pick(names) ?? stream
  const text = random.pick(known.naughty) ?? ''
  const head = `Authorization: Bearer ${known.session}\r\nX-Forwarded-For: 10.9.${random.below(255)}.${random.below(255)}\r\n`
  const shape = shapes[what]
  if (shape)
    return { what: `${what} (${JSON.stringify(text)})`, procedures: [], bytes: { pieces: shape(head, text, random) } }
  const pieces = [`GET /trpc/notifications.stream HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n${head}\r\n`]
  return { what, procedures: [], bytes: { pieces, neverReads: true } }
}

function post(head: string, headers: string, body: string): string[] {
  return [
    `POST /trpc/templates.create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n${head}\r\n`,
    body,
  ]
}
