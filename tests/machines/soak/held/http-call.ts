import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { messageOf } from '../../../../server/errors.ts'

export interface Call {
  readonly procedure: string
  readonly input: object
  readonly isMutation: boolean
  readonly accessToken: string
}

export interface Answer {
  /** Of HTTP; when no answer came, the error's code in its place. */
  readonly status: number | string
  readonly ms: number
  readonly hasRetryAfter: boolean
  /** What the procedure answered; undefined for a refusal. */
  readonly data: unknown
}

const giveUpMs = 30_000
/** Well before the server closes an idle connection (5 s), or a request might meet one that is just being closed. */
const idleMs = 2_000
// As many at once as an overload makes: a client that queues by itself would hide it.
const agent = new Agent({ keepAlive: true, maxSockets: 4_000, timeout: idleMs })

/** One tRPC call without any client's queue or retry in between; never rejects. */
export async function callServer(url: string, { procedure, input, isMutation, accessToken }: Call): Promise<Answer> {
  const started = performance.now()
  const json = JSON.stringify(input)
  const path = isMutation ? `/trpc/${procedure}` : `/trpc/${procedure}?input=${encodeURIComponent(json)}`
  try {
    const { status, hasRetryAfter, body } = await new Promise<{ status: number; hasRetryAfter: boolean; body: string }>(
      (resolve, reject) => {
        const sent = request(`${url}${path}`, {
          method: isMutation ? 'POST' : 'GET',
          agent,
          timeout: giveUpMs,
          headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
        })
        sent.on('error', reject)
        sent.on('timeout', () => sent.destroy(new Error('no answer')))
        sent.on('response', (response) => {
          const { statusCode: status = 0, headers } = response
          const hasRetryAfter = headers['retry-after'] !== undefined
          text(response).then((body) => resolve({ status, hasRetryAfter, body }), reject)
        })
        sent.end(isMutation ? json : undefined)
      },
    )
    const data = status < 300 ? (JSON.parse(body) as { result: { data: unknown } }).result.data : undefined
    return { status, ms: performance.now() - started, hasRetryAfter, data }
  } catch (error) {
    const { code = messageOf(error) } = error as NodeJS.ErrnoException
    return { status: code, ms: performance.now() - started, hasRetryAfter: false, data: undefined }
  }
}
