// Slow: each cell is a fault that strikes once and one that lasts, to the end of every pause that follows.
import { afterAll, describe, expect, test } from 'vitest'
import { isUpstream, UpstreamError } from '../../server/errors.ts'
import { gmailCells } from './faults/gmail/cell.ts'
import type { SpoilGmail } from './faults/gmail/gmail-trial.ts'
import { Machine } from './faults/machine.ts'
import { sampleCells } from './faults/sample.ts'

// 44 of the 264 cells that `npm run test:faults` plays: every fault at two calls, every call with some.
const sample = sampleCells(gmailCells, {
  faultOf: ({ fault }) => fault,
  callOf: ({ site }) => site,
  perFault: 2,
  seed: 1,
})
const machine = new Machine()
afterAll(() => machine[Symbol.asyncDispose]())

test('the sample has every fault and every call', () => {
  for (const trait of ['fault', 'site'] as const)
    expect(new Set(sample.map((cell) => cell[trait]))).toEqual(new Set(gmailCells.map((cell) => cell[trait])))
})

test.each(sample)('from $fault at $site the product recovers, and nothing is lost or done twice', async ({ name }) => {
  expect(await machine.play(name)).toEqual([])
})

/** What the machine says of a product with such an adapter. */
const judge = async (name: string, gmail: SpoilGmail) => (await machine.play(name, { gmail })).join('\n')

describe('the machine notices', () => {
  test('a sender that repeats what it knows nothing of', async () => {
    const stubborn: SpoilGmail = ({ mailSender, ...others }) => ({
      ...others,
      mailSender: {
        ...mailSender,
        sendGmailDraft: (...args) => mailSender.sendGmailDraft(...args).catch(() => mailSender.sendGmailDraft(...args)),
      },
    })
    for (const fault of ['answerLost', 'internalError']) {
      expect(await judge(`gmail:drafts.send:${fault}`, stubborn)).toContain('repeated /gmail/v1/users/me/drafts/send')
    }
  })

  test('a reader that takes a mail it cannot get for one that is gone', async () => {
    const careless: SpoilGmail = ({ mailbox, ...others }) => ({
      ...others,
      mailbox: {
        ...mailbox,
        getMessage: (...args) =>
          mailbox.getMessage(...args).catch((cause: unknown) => {
            throw new UpstreamError('gmail', 'not_found', 'It must be gone.', { cause })
          }),
      },
    })
    expect(await judge('gmail:messages.get:unavailable', careless)).toContain('the cursor moved without')
  })

  test('an adapter that does not hear when Gmail wants to be asked again', async () => {
    const hasty: SpoilGmail = ({ mailbox, ...others }) => ({
      ...others,
      mailbox: {
        ...mailbox,
        listHistory: (...args) =>
          mailbox.listHistory(...args).catch((error: unknown) => {
            throw isUpstream(error) ? new UpstreamError('gmail', error.kind, error.message) : error
          }),
      },
    })
    expect(await judge('gmail:history.list:retryAfterInMessage', hasty)).toContain('Google asked to wait')
  })

  test('a failure that says nothing but that something failed', async () => {
    const mute: SpoilGmail = ({ mailboxWatch, ...others }) => ({
      ...others,
      mailboxWatch: {
        ...mailboxWatch,
        watch: (...args) => mailboxWatch.watch(...args).catch(() => Promise.reject(new Error('it failed'))),
      },
    })
    expect(await judge('gmail:watch:domainPolicy', mute)).toContain('no UpstreamError')
  })
})
