import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { UpstreamError } from '../../server/errors.ts'
import { VerifyOutput } from '../../shared-types/index.ts'
import { automaticReply, createAutomaticApp, openAutomatic } from '../support/automatic.ts'
import type { Inbox } from '../support/connected-inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createAutomaticApp({}, automaticReply, model)
afterAll(() => app[Symbol.asyncDispose]())
beforeEach(() => void (model.requests.length = 0))

async function receive(inbox: Inbox, mail: Parameters<Inbox['receive']>[0] = {}) {
  const { id, status, draft } = await inbox.receive(mail)
  const { reasons } = await inbox.draft(draft?.id ?? '')
  const { items } = await inbox.api.traces.list({ emailId: id })
  const trace = await inbox.api.traces.get({ traceId: items[0]?.id ?? '' })
  return { status, reasons, mode: trace.mode, trace, step: trace.steps.find(({ name }) => name === 'verify') }
}

test('a model that objects keeps the reply back, and its words are told', async () => {
  const inbox = await openAutomatic(app)
  model.next('verify', () => ({ verdict: 'ask', reason: 'It agrees to something.' }))
  const { status, reasons, mode, step, trace } = await receive(inbox)
  expect({ status, mode }).toEqual({ status: 'needs_review', mode: 'reviewOnly' })
  const text = 'Read once more, the draft should be seen by you: It agrees to something.'
  expect(reasons).toEqual([{ code: 'MODEL_OBJECTS', text }])
  expect(VerifyOutput.parse(step?.output)).toEqual({ verdict: 'withheld', codes: ['MODEL_OBJECTS'] })
  expect(JSON.stringify(trace)).not.toContain('agrees')
})

const noAnswer: [string, () => unknown][] = [
  ['is away', () => Promise.reject(new UpstreamError('gemini', 'unavailable', 'no answer today'))],
  ['asks to slow down', () => Promise.reject(new UpstreamError('gemini', 'rate_limited', 'too many'))],
  ['answers something else', () => ({ verdict: 'send it at once', reason: '' })],
  ['answers nothing', () => null],
]

test.each(noAnswer)(
  'when the model %s, the reply waits for its owner instead of going out unverified',
  async (_, line) => {
    const inbox = await openAutomatic(app)
    model.next('verify', line)
    const { status, reasons, mode, step } = await receive(inbox)
    expect({ status, mode, step: step?.status }).toEqual({
      status: 'needs_review',
      mode: 'reviewOnly',
      step: 'completed',
    })
    expect(reasons).toMatchObject([{ code: 'NOT_VERIFIED' }])
    expect(step?.output).toEqual({ verdict: 'withheld', codes: ['NOT_VERIFIED'] })
    expect(model.asked('verify')).toHaveLength(1)
  },
)

test('a model that agrees lets nothing go that the policy keeps back, and is not even asked', async () => {
  const inbox = await openAutomatic(app, { minimumEarlierMessages: 3 })
  const { status, reasons, step } = await receive(inbox)
  expect(status).toBe('needs_review')
  expect(reasons).toMatchObject([{ code: 'HARDLY_WRITTEN_TO' }])
  expect(step?.output).toEqual({ verdict: 'not_asked', codes: [] })
  expect(model.asked('verify')).toEqual([])
})

test('a draft with an open question is not read over, and is for review', async () => {
  const inbox = await openAutomatic(app)
  model.next('generate', (usual) => ({ ...usual, body: 'Gladly.', openQuestions: ['When?'], confidence: 0.95 }))
  const { status, reasons, mode, step } = await receive(inbox)
  expect({ status, mode }).toEqual({ status: 'needs_review', mode: 'reviewOnly' })
  expect(reasons).toMatchObject([{ code: 'OPEN_QUESTIONS' }])
  expect(step?.output).toEqual({ verdict: 'not_asked', codes: ['OPEN_QUESTIONS'] })
  expect(model.asked('verify')).toEqual([])
})

test('what goes out is what was read over, signature and all', async () => {
  const inbox = await openAutomatic(app, { signature: 'Mara\nStudio Lindqvist' })
  const { status } = await receive(inbox)
  expect(status).toBe('approved')
  expect(model.asked('verify')).toMatchObject([{ facts: { reply: expect.stringContaining('Studio Lindqvist') } }])
})

describe('what a model may pick to look up', () => {
  test('free times are looked up for an inquiry when the model asks for them', async () => {
    const inbox = await openAutomatic(app, { autonomy: 'ask' })
    model.next('decide', () => ({ tools: ['availability'] }))
    await inbox.receive()
    expect(inbox.requests('POST', /freeBusy/)).toHaveLength(1)
    await inbox.receive({ subject: 'Another question' })
    expect(inbox.requests('POST', /freeBusy/)).toHaveLength(1)
  })

  test.each([
    ['a tool that there is not', () => ({ tools: ['send_mail'] })],
    ['prose', () => 'all of them'],
    ['a failure', () => Promise.reject(new UpstreamError('gemini', 'timeout', 'no answer within 30 s'))],
  ])('%s is not heeded, and the reply is drafted all the same', async (_, line) => {
    const inbox = await openAutomatic(app, { autonomy: 'ask' })
    model.next('decide', line)
    const { status } = await inbox.receive()
    expect(status).toBe('needs_review')
    expect(inbox.requests('POST', /freeBusy/)).toEqual([])
    expect(model.asked('decide')).toHaveLength(1)
  })

  test('where a reply may go out unread the model can pick nothing that its receiver may not know', async () => {
    const inbox = await openAutomatic(app)
    model.next('decide', () => ({ tools: ['availability'] }))
    await inbox.receive()
    expect(inbox.requests('POST', /freeBusy/)).toEqual([])
    expect(model.asked('decide')).toEqual([])
    model.reset()
  })
})
