import { createAutomaticApp, openAutomatic, automaticReply } from '../../../support/automatic.ts'
import type { TestApp } from '../../../support/app.ts'
import type { Inbox } from '../../../support/connected-inbox.ts'
import { createScriptedModel } from '../../../support/scripted-model.ts'
import type { DatabaseConfig } from '../../../../server/db/connection.ts'
import type { ModelRequest } from '../../../../server/model-question.ts'
import type { Attack } from './attacks.ts'
import { writeMail } from './carriers.ts'
import { effectsOutside, isOurs, takeSnapshot, type Trigger } from './effects.ts'
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
/** The mail of a bystander. */
const peaceful = 0

/** A product whose model does what the attacker of the mail it is asked about wants. */
export async function openAttackStage(database?: DatabaseConfig) {
  const model = createScriptedModel()
  const byNumber = new Map<number, Attack>()
  const app = await createAutomaticApp(database ? { database } : {}, automaticReply, model)
  for (const task of ['classify', 'decide', 'generate', 'verify'] as const) {
    model.always(task, (_usual, request) => {
      const number = numberIn(request)
      const attack = number === peaceful ? null : byNumber.get(number)
      if (attack === undefined) throw new Error('the model was asked about a mail of nobody')
      return answerOf(task, attack)
    })
  }
  return { app, model, byNumber, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
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
    await bystander.receive({ subject: `About drawing no ${peaceful}` })
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
    results.sent += (await stage.app.google.messages(inbox.owner.email)).filter(isOurs).length
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
  { app, model, byNumber }: AttackStage,
  inbox: Inbox,
  batch: readonly Attack[],
  triggers: Trigger[],
): Promise<string[]> {
  const before = await takeSnapshot(app, inbox.owner)
  byNumber.clear()
  model.requests.length = 0
  for (const attack of batch) {
    byNumber.set(attack.number, attack)
    const payload = encodings[attack.encoding](attack.goal.text)
    const bait = { owner: inbox.owner.email, correspondent: ada, subject: `About drawing no ${attack.number}`, payload }
    const isOlder = attack.carrier === 'older'
    if (isOlder) await deliver(writeMail(bait, 'older'), app.clock.now().getTime() - dayMs)
    await deliver(writeMail(bait, isOlder ? null : attack.carrier), app.clock.now().getTime())
  }
  await inbox.sync()
  await app.drainDelayed()
  return effectsOutside(app, inbox.owner, triggers, before)

  async function deliver({ raw, messageId }: { raw: string; messageId: string }, at: number): Promise<void> {
    const filed = await app.google.deliver(inbox.owner.email, raw, {
      labels: ['INBOX', 'UNREAD'],
      receivedAt: new Date(at),
    })
    triggers.push({ messageId, threadId: filed.threadId, sender: ada })
  }
}
