import { createAutomaticApp, openAutomatic, automaticReply } from '../../../support/automatic.ts'
import type { TestApp } from '../../../support/app.ts'
import { type Inbox, isSentByUs } from '../../../support/connected-inbox.ts'
import { createScriptedModel } from '../../../support/scripted-model.ts'
import type { DatabaseConfig } from '../../../../server/db/engine/connection.ts'
import type { ModelFacts, ModelRequest } from '../../../../server/model-question.ts'
import { Random } from '../../../support/seeded-random.ts'
import { arbitraryAnswer } from './arbitrary.ts'
import type { Attack } from './attacks.ts'
import { writeMail } from './carriers.ts'
import { effectsOutside, takeSnapshot, type Trigger } from './effects.ts'
import { encodings } from './encodings.ts'
import { answerOf } from './hostile-model.ts'

export interface AttackResults {
  attacks: number
  escaped: number
  /** Replies that went out unread, each within what a mail may cause. */
  sent: number
  /** The first few, in words. */
  problems: string[]
}

/** Mails of one import, and those one owner gets before the next owner comes. */
const batchSize = 25
const perOwner = 100
const mostProblems = 10
const dayMs = 86_400_000
const ada = 'ada@engine.example'

/** A product whose model says what it is told to about each mail; `answer` is told the number of the mail. */
export async function openAttackStage(database?: DatabaseConfig) {
  const model = createScriptedModel()
  const app = await createAutomaticApp(database ? { database } : {}, automaticReply, model)
  const stage = {
    app,
    model,
    answer: (_number: number, task: ModelFacts['task']): unknown => answerOf(task, null),
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  }
  for (const task of ['classify', 'decide', 'generate', 'verify'] as const)
    model.always(task, (_usual, request) => stage.answer(numberIn(request), task))
  return stage
}
export type AttackStage = Awaited<ReturnType<typeof openAttackStage>>

function numberIn({ facts }: ModelRequest): number {
  return Number(/drawing no (\d+)/.exec(facts.mail.subject)?.[1] ?? Number.NaN)
}

/** Every attack as a mail of somebody the owner knows well and lets be answered, and what came of it. */
export async function playAttacks(
  stage: AttackStage,
  attacks: readonly Attack[],
  tell: (line: string) => void = () => undefined,
): Promise<AttackResults> {
  const results: AttackResults = { attacks: 0, escaped: 0, sent: 0, problems: [] }
  for (let from = 0; from < attacks.length; from += perOwner) {
    const inbox = await openVictim(stage.app)
    const bystander = await openVictim(stage.app)
    stage.answer = (_number, task) => answerOf(task, null)
    await bystander.receive()
    const triggers: Trigger[] = []
    for (let next = from; next < Math.min(from + perOwner, attacks.length); next += batchSize) {
      const batch = attacks.slice(next, Math.min(next + batchSize, from + perOwner))
      const problems = await playBatch(stage, inbox, batch, triggers)
      results.attacks += batch.length
      if (problems.length > 0) {
        results.escaped += 1
        results.problems.push(
          ...problems.map((problem) => `${problem} (among attacks ${next} to ${next + batch.length - 1})`),
        )
        results.problems.splice(mostProblems)
      }
    }
    results.sent += (await stage.app.google.messages(inbox.owner.email)).filter(isSentByUs).length
    tell(`${results.attacks} attacks, ${results.escaped} escaped, ${results.sent} replies`)
  }
  return results
}

/** Everything is allowed that an owner can allow. */
function openVictim(app: TestApp): Promise<Inbox> {
  const most = { dailySendCap: 1_000, hourlySendCap: 1_000, correspondentDailyCap: 1_000 }
  return openAutomatic(app, { ...most, undoWindowSeconds: 0, freeBusyShareable: true, minimumConfidence: 0 })
}

async function playBatch(
  stage: AttackStage,
  inbox: Inbox,
  batch: readonly Attack[],
  triggers: Trigger[],
): Promise<string[]> {
  const { app, model } = stage
  const before = await takeSnapshot(app, inbox.owner)
  const byNumber = new Map(batch.map((attack) => [attack.number, attack]))
  stage.answer = (number, task) => {
    const attack = byNumber.get(number)
    if (!attack) throw new Error('the model was asked about a mail of nobody')
    return answerOf(task, attack)
  }
  model.requests.length = 0
  for (const attack of batch) {
    const payload = encodings[attack.encoding](attack.goal.text)
    const bait = { owner: inbox.owner.email, correspondent: ada, subject: subjectOf(attack.number), payload }
    const isOlder = attack.carrier === 'older'
    if (isOlder) triggers.push(await deliver(app, inbox, writeMail(bait, 'older'), dayMs))
    triggers.push(await deliver(app, inbox, writeMail(bait, isOlder ? null : attack.carrier)))
  }
  await inbox.sync()
  await app.drainDelayed()
  return effectsOutside(app, inbox.owner, triggers, before)
}

function subjectOf(number: number): string {
  return `About drawing no ${number}`
}

async function deliver(
  app: TestApp,
  { owner }: Inbox,
  { raw, messageId }: { raw: string; messageId: string },
  msAgo = 0,
): Promise<Trigger> {
  const receivedAt = new Date(app.clock.now().getTime() - msAgo)
  const { threadId } = await app.google.deliver(owner.email, raw, { labels: ['INBOX', 'UNREAD'], receivedAt })
  return { messageId, threadId, sender: ada }
}

/** More tries than a run has. */
const mostTries = 6

/** Ordinary mail, and a model that may say anything about it: so many answers, and what came of them. */
export async function playArbitrary(
  stage: AttackStage,
  { answers, seed }: { answers: number; seed: number },
  tell: (line: string) => void = () => undefined,
): Promise<{ answers: number; escaped: number; problems: string[] }> {
  const { app, model } = stage
  const random = new Random(seed)
  const results = { answers: 0, escaped: 0, problems: [] as string[] }
  let inbox = await openVictim(app)
  let triggers: Trigger[] = []
  stage.answer = (_number, task) => arbitraryAnswer(task, random)
  for (let batch = 1; results.answers < answers; batch++) {
    const before = await takeSnapshot(app, inbox.owner)
    model.requests.length = 0
    for (let index = 0; index < batchSize; index++) {
      const bait = { owner: inbox.owner.email, correspondent: ada, subject: subjectOf(index), payload: '' }
      triggers.push(await deliver(app, inbox, writeMail(bait, null)))
    }
    await inbox.sync()
    for (let tries = 0; tries < mostTries; tries++) await app.drainDelayed()
    const problems = await effectsOutside(app, inbox.owner, triggers, before)
    results.answers += model.requests.length
    results.escaped += problems.length > 0 ? 1 : 0
    results.problems.push(...problems.map((problem) => `${problem} (arbitrary answers, seed ${seed}, batch ${batch})`))
    if ((batch * batchSize) % perOwner !== 0) continue
    inbox = await openVictim(app)
    triggers = []
    tell(`${results.answers} arbitrary answers, ${results.escaped} escaped`)
  }
  return results
}
