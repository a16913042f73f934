import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createCircuit, createCircuits } from '../../server/adapters/circuit.ts'
import { UpstreamError, type UpstreamKind } from '../../server/errors.ts'
import { registry } from '../../server/metrics.ts'
import type { Circuit } from '../../server/ports.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const answer = () => Promise.resolve('an answer')
const failure =
  (kind: UpstreamKind, vendor: 'gemini' | 'gmail' = 'gemini') =>
  () =>
    Promise.reject(new UpstreamError(vendor, kind, `it was ${kind}`))

async function repeat(times: number, circuit: Circuit, call: () => Promise<unknown>, signal?: AbortSignal) {
  for (let count = 0; count < times; count += 1) await circuit.run(call, signal).catch(() => {})
}

/** Ten failed calls, after which the circuit is open. */
async function openCircuit(onChange?: (isOpen: boolean) => void): Promise<Circuit> {
  const circuit = createCircuit('gemini', onChange)
  await repeat(10, circuit, failure('unavailable'))
  return circuit
}

test.each(['unavailable', 'timeout', 'bad_answer'] as const)(
  'after ten calls that end as %s the service is not asked any more, and says when it will be',
  async (kind) => {
    const circuit = createCircuit('gemini')
    await repeat(9, circuit, failure(kind))
    expect(circuit.pause).toBeNull()
    await repeat(1, circuit, failure(kind))

    const call = vi.fn(answer)
    const until = new Date(Date.now() + 30_000)
    expect(circuit.pause).toEqual({ since: new Date(), until })
    const message = 'Gemini is not asked for the moment, because too many calls failed.'
    await expect(circuit.run(call)).rejects.toMatchObject({ kind: 'unavailable', message, retryAt: until })
    expect(call).not.toHaveBeenCalled()
  },
)

test('one mailbox that always fails does not stop the calls of the others', async () => {
  const circuit = createCircuit('gmail')
  for (let round = 0; round < 50; round += 1) {
    await repeat(1, circuit, failure('unavailable', 'gmail'))
    await repeat(1, circuit, answer)
  }
  expect(circuit.pause).toBeNull()
})

test.each(['needs_reauth', 'rate_limited', 'rejected', 'not_found', 'refused', 'truncated'] as const)(
  'a service that answers %s is there',
  async (kind) => {
    const circuit = createCircuit('gemini')
    await repeat(30, circuit, failure(kind))
    expect(circuit.pause).toBeNull()
  },
)

test('what we gave up, and what failed elsewhere, is not held against the service', async () => {
  const circuit = createCircuit('gemini')
  await repeat(30, circuit, failure('timeout'), AbortSignal.abort())
  await repeat(30, circuit, failure('unavailable', 'gmail'))
  await repeat(30, circuit, () => Promise.reject(new Error('the database is away')))
  expect(circuit.pause).toBeNull()
})

test('after the pause one call tries, the others are told to come a little later, and its answer ends it', async () => {
  const changes: boolean[] = []
  const circuit = await openCircuit((isOpen) => void changes.push(isOpen))
  vi.setSystemTime(Date.now() + 30_000)
  const reply = Promise.withResolvers<string>()
  const probe = circuit.run(() => reply.promise)
  const retryAt = new Date(Date.now() + 5_000)
  await expect(circuit.run(answer)).rejects.toMatchObject({ kind: 'unavailable', retryAt })
  expect(circuit.pause).not.toBeNull()

  reply.resolve('back again')
  expect(await probe).toBe('back again')
  expect(circuit.pause).toBeNull()
  expect(await circuit.run(answer)).toBe('an answer')
  expect(changes).toEqual([true, false])
})

test('a try that fails begins the next pause, and the outage is still dated from its beginning', async () => {
  const circuit = await openCircuit()
  const since = new Date()
  vi.setSystemTime(Date.now() + 30_000)
  await expect(circuit.run(failure('timeout'))).rejects.toMatchObject({ kind: 'timeout' })
  expect(circuit.pause).toEqual({ since, until: new Date(Date.now() + 30_000) })
})

test.each([
  ['we gave up', failure('timeout'), AbortSignal.abort()],
  ['failed elsewhere', failure('unavailable', 'gmail'), undefined],
])('a try that %s does not say that the service is back', async (_name, call, signal) => {
  const circuit = await openCircuit()
  vi.setSystemTime(Date.now() + 30_000)
  await repeat(1, circuit, call, signal)
  expect(circuit.pause?.until).toEqual(new Date(Date.now() + 30_000))
})

test('a refusal ends the pause: the service answers', async () => {
  const circuit = await openCircuit()
  vi.setSystemTime(Date.now() + 30_000)
  await expect(circuit.run(failure('rate_limited'))).rejects.toMatchObject({ kind: 'rate_limited' })
  expect(circuit.pause).toBeNull()
})

test('the metrics show which service is left alone, and how often that happened', async () => {
  const circuits = createCircuits(() => {})
  const figures = async () => {
    const lines = (await registry.metrics()).split('\n')
    const of = (name: string) => lines.find((line) => line.startsWith(`${name}{vendor="calendar"}`))?.split(' ')[1]
    return { isOpen: of('reasonflow_circuit_open'), opened: Number(of('reasonflow_circuit_opened_total') ?? 0) }
  }
  // Counted in this process from its start, by other tests too.
  const { isOpen, opened } = await figures()
  expect(isOpen).toBe('0')
  const fail = () => Promise.reject(new UpstreamError('calendar', 'unavailable', 'down'))
  await repeat(10, circuits.calendar, fail)
  expect(await figures()).toEqual({ isOpen: '1', opened: opened + 1 })
  vi.setSystemTime(Date.now() + 30_000)
  await circuits.calendar.run(answer)
  expect(await figures()).toEqual({ isOpen: '0', opened: opened + 1 })
})
