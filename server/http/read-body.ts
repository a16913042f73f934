import type { Request } from 'express'
import { AppError } from '../errors.ts'

/** Refuses a body by its announced size, before anything is done for it. */
export function assertBodyFits(req: Request, maxBytes: number): void {
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
}

/** A body has 3 s and what it earns by arriving, 10 s in all: who sends nothing more holds nothing for long. */
export const bodyPace = { graceMs: 3_000, bytesPerSecond: 2_000, mostMs: 10_000 }

/**
 * The body as it came. BODY_TOO_LARGE as soon as it is; what follows is thrown away on arrival. One that comes too
 * slowly, or is told to give way, ends with its connection.
 */
export async function readBody(
  req: Request,
  maxBytes: number,
  { pace = bodyPace, giveWay }: { pace?: typeof bodyPace; giveWay?: AbortSignal } = {},
): Promise<Buffer> {
  using cleanup = new DisposableStack()
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const chunks: Buffer[] = []
  let size = 0
  const onData = (chunk: Buffer) => {
    size += chunk.length
    if (size > maxBytes) reject(tooLarge(maxBytes))
    else chunks.push(chunk)
  }
  const onEnd = () => resolve(Buffer.concat(chunks))
  const onClose = () => reject(new AppError('VALIDATION_FAILED', 'The request ended before its body did.'))
  const onGiveWay = () => reject(hangUp(req, overfull()))
  req.on('data', onData).once('end', onEnd).once('close', onClose).once('error', onClose)
  giveWay?.addEventListener('abort', onGiveWay)
  cleanup.defer(() => {
    req.off('data', onData).off('end', onEnd).off('close', onClose)
    giveWay?.removeEventListener('abort', onGiveWay)
    req.resume()
  })
  const deadline = () => Math.min(pace.mostMs, pace.graceMs + (size / pace.bytesPerSecond) * 1_000)
  cleanup.use(
    watch(deadline, () => reject(hangUp(req, new AppError('VALIDATION_FAILED', 'The request came too slowly.')))),
  )
  return await promise
}

/** Calls back once when the deadline, in ms from now, has passed; it may move meanwhile. */
function watch(deadline: () => number, onLate: () => void): Disposable {
  const start = performance.now()
  const left = () => start + deadline() - performance.now()
  let timer: NodeJS.Timeout | undefined
  let turn: NodeJS.Immediate | undefined
  const arm = () => void (timer = setTimeout(look, Math.max(0, left())))
  // What arrived while something else held the loop is read between the timer and this turn.
  const look = () => void (turn = setImmediate(() => (left() > 0 ? arm() : onLate())))
  arm()
  return {
    [Symbol.dispose]() {
      clearTimeout(timer)
      clearImmediate(turn)
    },
  }
}

/** The connection ends with the answer: the rest of this body is nothing to wait for. */
function hangUp(req: Request, error: AppError): AppError {
  if (!req.res?.headersSent) req.res?.setHeader('Connection', 'close')
  return error
}

function overfull(): AppError {
  return new AppError('UNAVAILABLE', 'Too many requests at once. Try again in a moment.', { retryAfterSeconds: 2 })
}

function tooLarge(maxBytes: number): AppError {
  return new AppError('BODY_TOO_LARGE', `The request is larger than ${maxBytes / 1_000} kB.`)
}
