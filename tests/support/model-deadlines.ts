import { afterEach, describe, expect, test, vi } from 'vitest'
import { UpstreamError } from '../../server/errors.ts'
import type { ModelRequest } from '../../server/model-question.ts'
import type { LanguageModel } from '../../server/ports.ts'
import { type Behaviour, drip, hang, startModelServer } from './model-server.ts'

const never = new AbortController().signal

/** Long enough for what has been answered so far to be read. */
async function aMoment(): Promise<string> {
  const moment = Promise.withResolvers<string>()
  const timer = setInterval(() => moment.resolve('waits'), 150)
  return moment.promise.finally(() => clearInterval(timer))
}

/** What every adapter of a model keeps to, whatever it speaks: `answers` and `fails` are its server's good and bad day. */
export function expectDeadlines(
  open: (baseUrl: string, options?: { answerTimeoutMs: number }) => LanguageModel,
  request: ModelRequest,
  { answers, fails }: { answers: Behaviour; fails: Behaviour },
): void {
  describe('deadlines', () => {
    afterEach(() => void vi.useRealTimers())

    test.each([
      ['never answers', hang],
      ['answers one byte a second', drip],
    ])('a server that %s is given up in time', async (_how, behaviour) => {
      // So that only the deadline which is due can end it, however busy the machine.
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      const asked = Promise.withResolvers<void>()
      await using server = await startModelServer((...call) => {
        behaviour(...call)
        asked.resolve()
      })
      const model = open(server.baseUrl, { answerTimeoutMs: 150 })
      const failure = model.answer(request, never).catch((thrown: unknown) => thrown)
      await asked.promise
      vi.advanceTimersByTime(149)
      expect(await Promise.race([failure, aMoment()])).toBe('waits')
      vi.advanceTimersByTime(1)
      expect(await failure).toBeInstanceOf(UpstreamError)
      expect(await failure).toMatchObject({ kind: 'timeout' })
    })

    test('the caller may give up earlier, and the reason is kept', async () => {
      const caller = new AbortController()
      await using server = await startModelServer(() => caller.abort(new Error('we are stopping')))
      await expect(open(server.baseUrl).answer(request, caller.signal)).rejects.toMatchObject({
        name: 'UpstreamError',
        kind: 'timeout',
        cause: { message: 'we are stopping' },
      })
    })

    test('a caller who gave up before sends nothing', async () => {
      await using server = await startModelServer(answers)
      const answer = open(server.baseUrl).answer(request, AbortSignal.abort(new Error('too late')))
      await expect(answer).rejects.toMatchObject({ kind: 'timeout', cause: { message: 'too late' } })
      expect(server.requests).toEqual([])
    })
  })

  test('a failing request is sent once', async () => {
    await using server = await startModelServer(fails)
    await expect(open(server.baseUrl).answer(request, never)).rejects.toMatchObject({ kind: 'unavailable' })
    expect(server.requests).toHaveLength(1)
  })
}
