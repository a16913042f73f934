import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createSemaphore } from '../../server/security/semaphore.ts'

test('never more than the slots run at a time, and all of them run in the end', async () => {
  const semaphore = createSemaphore(2, 100)
  let running = 0
  let most = 0
  const done = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      semaphore.run(async () => {
        most = Math.max(most, ++running)
        await setImmediate()
        running--
        return index
      }),
    ),
  )
  expect(most).toBe(2)
  expect(done).toHaveLength(20)
})

test('a failure gives its slot back', async () => {
  const semaphore = createSemaphore(1, 1)
  await expect(semaphore.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await semaphore.run(() => Promise.resolve('yes'))).toBe('yes')
})

test('a full queue says so', async () => {
  const semaphore = createSemaphore(1, 1)
  const gate = Promise.withResolvers<void>()
  const first = semaphore.run(() => gate.promise)
  expect(semaphore.isFull()).toBe(false)
  const second = semaphore.run(() => Promise.resolve())
  expect(semaphore.isFull()).toBe(true)
  gate.resolve()
  await Promise.all([first, second])
  expect(semaphore.isFull()).toBe(false)
})
