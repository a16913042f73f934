import { afterAll, expect, test } from 'vitest'
import { ExecuteOutput, GenerateOutput, RetrieveOutput, VerifyOutput } from '../../shared-types/index.ts'
import { automaticReply, createAutomaticApp, openAutomatic } from '../support/automatic.ts'
import type { Inbox } from '../support/connected-inbox.ts'
import { createScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createAutomaticApp({}, automaticReply, model)
afterAll(() => app[Symbol.asyncDispose]())

const canary = (place: string) => `zanzibarcanary${place}`
const places = ['thread', 'related', 'mail', 'note', 'template', 'label', 'quoted', 'name']

/** Something of each kind that a run that may send looks up, each with a word of its own; and a mail that asks for it. */
async function receiveAsked(inbox: Inbox, instruct: () => void) {
  const { id, version } = await inbox.api.templates.create({
    name: 'Drawings',
    body: `Dear friend, ${canary('template')}.`,
    intent: null,
    language: null,
  })
  await inbox.api.templates.approve({ templateId: id, version })
  await app.deliver(inbox.owner, { subject: `Drawings ${canary('label')}`, text: `The drawings ${canary('related')}.` })
  await app.deliver(inbox.owner, {
    direction: 'out',
    subject: 'More drawings',
    text: `The drawings are ${canary('thread')}.`,
    messageId: '<first@studio.example>',
    at: new Date(app.clock.now().getTime() - 3_600_000),
  })
  await inbox.sync()
  model.requests.length = 0
  instruct()
  const mail = await inbox.receive({
    from: `Ada ${canary('name')} <ada@engine.example>`,
    subject: 'Re: More drawings',
    text: `May I see the drawings of the ${canary('mail')}?\r\n\r\nOn Monday Mara wrote:\r\n> ${canary('quoted')} drawings`,
    inReplyTo: '<first@studio.example>',
  })
  const { items } = await inbox.api.traces.list({ emailId: mail.id })
  const trace = await inbox.api.traces.get({ traceId: items[0]?.id ?? '' })
  const output = (step: string) => trace.steps.find(({ name }) => name === step)?.output
  return { mail, trace, output, templateId: id }
}

test('a run that may send tells its mode, the sources it found and used, what it was held to and what it cost', async () => {
  const notes = [{ text: `Drawings: ${canary('note')}.`, shareable: true }]
  const inbox = await openAutomatic(app, { notes, templateReplies: false })
  const { mail, trace, output, templateId } = await receiveAsked(inbox, () => {
    model.next('generate', (usual, { facts }) => {
      const used = facts.task === 'generate' ? facts.context.map(({ id }) => id) : []
      const citations = [{ quote: automaticReply, sources: used }]
      return { ...usual, body: automaticReply, openQuestions: [], confidence: 0.95, citations }
    })
  })
  expect(mail.status).toBe('approved')
  expect(trace).toMatchObject({ mode: 'maySend', status: 'completed', intent: 'inquiry', tokens: 330 })
  expect(trace.cost).toBeCloseTo(0.003)
  expect(output('classify')).toMatchObject({ decidedBy: 'model', reason: 'CLASSIFIED' })
  expect(output('gate')).toEqual({ mode: 'maySend', reasons: [] })

  const { sources: found } = RetrieveOutput.parse(output('retrieve'))
  expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['thread', 'email', 'note']))
  const ids = (await inbox.emails()).map(({ id }) => id)
  expect(ids).toEqual(expect.arrayContaining(found.flatMap(({ id }) => id ?? [])))
  const template = { kind: 'template', id: templateId, audience: 'correspondent' }
  expect(ExecuteOutput.parse(output('execute'))).toEqual({ sources: [template], slots: 0 })
  const { kind, sources: used } = GenerateOutput.parse(output('generate'))
  expect(kind).toBe('free_text')
  expect(used).toEqual([...found, template])
  expect(new Set(used.map(({ audience }) => audience))).toEqual(new Set(['correspondent']))
  expect(VerifyOutput.parse(output('verify'))).toEqual({ verdict: 'passed', codes: [] })
  expect(output('review')).toEqual({ kind: 'send' })
})

test('a reply that is an approved template tells which, and that nothing else was used', async () => {
  const inbox = await openAutomatic(app)
  const { mail, output, templateId } = await receiveAsked(inbox, () => {})
  expect(mail.status).toBe('approved')
  expect(GenerateOutput.parse(output('generate'))).toMatchObject({
    kind: 'template',
    template: { id: templateId, version: 1 },
    sources: [{ kind: 'template', id: templateId, audience: 'correspondent' }],
  })
})

test('a run that may send keeps no word of any mail, also when the model that reads over quotes them all', async () => {
  const quoting = places.map(canary).join(' ')
  const inbox = await openAutomatic(app, { notes: [{ text: `Drawings: ${canary('note')}.`, shareable: true }] })
  const { mail, trace, output } = await receiveAsked(inbox, () => {
    model.next('classify', (usual) => {
      return {
        ...usual,
        intent: 'inquiry',
        needsReply: true,
        confidence: 0.95,
        reason: quoting,
        asks: [{ text: quoting, due: null }],
      }
    })
    model.next('verify', () => ({ verdict: 'ask', reason: quoting }))
  })
  expect(VerifyOutput.parse(output('verify'))).toEqual({ verdict: 'withheld', codes: ['MODEL_OBJECTS'] })
  // They did reach the model, and what it says of them the owner.
  const [asked] = model.asked('verify')
  for (const place of places) expect(asked?.prompt).toContain(canary(place))
  expect((await inbox.draft(mail.draft?.id ?? '')).reasons[0]?.text).toContain(quoting)
  expect(JSON.stringify(trace)).not.toContain('zanzibar')
  for (const table of ['traces', 'agentSteps', 'toolExecutions', 'modelCalls'] as const) {
    const rows = await app.db.selectFrom(table).where('userId', '=', inbox.userId).selectAll().execute()
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain('zanzibar')
  }
})
