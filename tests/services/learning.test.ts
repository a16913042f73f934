import { afterAll, afterEach, expect, test } from 'vitest'
import type { ModelFacts } from '../../server/model-question.ts'
import { automaticReply, createAutomaticApp, openAutomatic } from '../support/automatic.ts'
import { createTestApp } from '../support/app.ts'
import { type Inbox, openInbox } from '../support/connected-inbox.ts'
import { createScriptedModel, type ScriptedModel } from '../support/scripted-model.ts'

const model = createScriptedModel()
const app = await createTestApp({ ports: model.ports })
afterAll(() => app[Symbol.asyncDispose]())
afterEach(() => model.reset())

const grace = 'Grace Hopper <grace@engine.example>'
const question = { subject: 'Drawings', text: 'Hello Mara,\r\n\r\nhow much would two more drawings cost?\r\n\r\nAda' }

function lessonsAsked(scripted: ScriptedModel) {
  const facts = scripted.asked('generate').at(-1)?.facts as Extract<ModelFacts, { task: 'generate' }> | undefined
  return facts?.lessons
}

async function edit(inbox: Inbox, mail: object, change: (body: string) => string) {
  const { id: draftId, version, body } = await inbox.newDraft(mail)
  return inbox.api.drafts.edit({ draftId, version, body: change(body) })
}

test('the next draft to the same person knows what was changed, one to others only what was wrong', async () => {
  const inbox = await openInbox(app)
  const edited = await edit(inbox, question, (body) =>
    body.replace('Details on this will follow.', 'It is 120 pounds.'),
  )
  expect(edited).toMatchObject({ outcome: null, fault: 'MISSING_ANSWER' })
  await inbox.newDraft({ ...question, subject: 'More drawings' })
  expect(lessonsAsked(model)).toEqual([
    {
      about: 'person',
      fault: 'MISSING_ANSWER',
      removed: ['Details on this will follow.'],
      added: ['It is 120 pounds.'],
    },
  ])
  await inbox.newDraft({ ...question, from: grace })
  expect(lessonsAsked(model)).toEqual([{ about: 'kind', fault: 'MISSING_ANSWER' }])
})

test('what the owner says was wrong counts, and their own words back teach nothing', async () => {
  const inbox = await openInbox(app)
  const { id: draftId, version, body } = await inbox.newDraft(question)
  const told = await inbox.api.drafts.edit({ draftId, version, body: `${body} Bye.`, fault: 'WRONG_TONE' })
  expect(told.fault).toBe('WRONG_TONE')
  const back = await inbox.api.drafts.edit({ draftId, version: told.version, body })
  expect(back.fault).toBeNull()
  await inbox.newDraft({ ...question, subject: 'More drawings' })
  expect(lessonsAsked(model)).toBeUndefined()
})

test('every reply ends as sent as drafted, edited, or not usable', async () => {
  const inbox = await openInbox(app)
  const finish = async (draft: { id: string; version: number }) => {
    await inbox.api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: draft.version })
    await app.drainDelayed()
    return inbox.draft(draft.id)
  }
  expect(await finish(await inbox.newDraft(question))).toMatchObject({ outcome: 'sent_as_drafted', fault: null })
  const changed = await edit(inbox, { ...question, subject: 'Two' }, (body) => body.replace('Hi', 'Dear'))
  expect(await finish(changed)).toMatchObject({ outcome: 'edited', fault: 'WRONG_TONE' })

  const third = await inbox.newDraft({ ...question, subject: 'Three' })
  const wanted = { draftId: third.id, version: third.version }
  expect(await inbox.api.drafts.reject({ ...wanted, fault: 'WRONG_FACT' })).toMatchObject({
    outcome: 'not_usable',
    fault: 'WRONG_FACT',
  })
  const fourth = await inbox.newDraft({ ...question, subject: 'Four' })
  await inbox.api.drafts.regenerate({ draftId: fourth.id, version: fourth.version, fault: 'TOO_LONG' })
  await app.drain()
  expect(await inbox.draft(fourth.id)).toMatchObject({ status: 'superseded', outcome: 'not_usable', fault: 'TOO_LONG' })
})

test('who finds two drafts to a person too long gets a shorter one from the offline model', async () => {
  const inbox = await openInbox(app)
  const first = await inbox.newDraft(question)
  for (const subject of ['One', 'Two']) {
    const { id: draftId, version } = await inbox.newDraft({ ...question, subject })
    await inbox.api.drafts.reject({ draftId, version, fault: 'TOO_LONG' })
  }
  const next = await inbox.newDraft({ ...question, subject: 'Drawings' })
  expect(next.body.length).toBeLessThan(first.body.length)
})

test('a reply that may go out unread is told nothing of what was taken out of others', async () => {
  const scripted = createScriptedModel()
  await using automatic = await createAutomaticApp({}, automaticReply, scripted)
  const inbox = await openAutomatic(automatic, { autonomy: 'ask' })
  await edit(
    inbox,
    { subject: 'Sheets', text: 'May I see the drawings?' },
    (body) => `${body}\n\nNever the secret ones.`,
  )
  await inbox.api.settings.update({ autonomy: 'auto' })
  // An edit takes trust back, which is not what this is about.
  await automatic.db.deleteFrom('trustDecisions').where('outcome', '<>', 'approved').execute()
  const sent = await inbox.receive({ subject: 'More sheets', text: 'May I see more drawings?' })
  expect(sent.status).toBe('approved')
  expect(JSON.stringify(scripted.requests.at(-1))).not.toContain('secret ones')
  expect(lessonsAsked(scripted)).toBeUndefined()
})

test('a lesson is forgotten with its mail', async () => {
  const inbox = await openInbox(app)
  await edit(inbox, question, (body) => `${body} Bye.`)
  const lessons = () => app.db.selectFrom('draftLessons').where('userId', '=', inbox.userId).selectAll().execute()
  expect(await lessons()).toHaveLength(1)
  await app.db.deleteFrom('emails').where('userId', '=', inbox.userId).execute()
  expect(await lessons()).toEqual([])
})
