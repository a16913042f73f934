// Slow: every life of a server is a process of its own that opens the embedded database, seven or more in all.
import { expect, inject, test } from 'vitest'
import { playPoints } from './crash/machine.ts'
import { send } from './crash/workflows/send.ts'

const template = inject('template')

// A small part of `npm run test:crash`, which tries every step of every workflow.
test('a server killed with SIGKILL around the call that sends a reply has sent it once in the end', async () => {
  const tally = await playPoints({
    workflows: [send],
    pairs: false,
    selects: (name) => /^send:(gmail-send-draft:(kill|lose)|mark-sending:kill-after)/.test(name),
    parallel: 1,
    url: template.kind === 'database' ? template.url : undefined,
    logLevel: 'silent',
    tell: () => undefined,
  })
  expect(tally.failed).toEqual([])
  expect(tally.totals()).toEqual({ points: 4, survived: 4 })
})
