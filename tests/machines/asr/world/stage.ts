import type { UpdateSettingsInput } from '../../../../shared-types/index.ts'
import type { DatabaseConfig } from '../../../../server/db/engine/connection.ts'
import type { TestApp } from '../../../support/app.ts'
import { automaticReply, createAutomaticApp, earnTrust, openAutomatic } from '../../../support/automatic.ts'
import type { Inbox } from '../../../support/connected-inbox.ts'
import { createScriptedModel, type ScriptedModel } from '../../../support/scripted-model.ts'
import { echoAll } from './echo-answers.ts'
import type { Person } from './person.ts'
import { StillClock } from '../../../support/still-clock.ts'

/** The product with a model that echoes, a clock that stands still, and everything they were asked. */
export interface Stage extends AsyncDisposable {
  readonly app: TestApp
  readonly model: ScriptedModel
  readonly clock: StillClock
  /** What was looked for by meaning. */
  readonly searched: string[]
}

/** What spoils the product in a test, before anything is played. */
export type Prepare = (app: TestApp) => void | Promise<void>

/** Without a database it borrows that of the test that calls it. */
export async function openStage({
  database,
  prepare,
}: { database?: DatabaseConfig; prepare?: Prepare } = {}): Promise<Stage> {
  const model = createScriptedModel()
  // Two worlds that are looked at one after the other show one time.
  const clock = new StillClock()
  const searched: string[] = []
  const { embedder } = model.ports
  const listening: typeof embedder = {
    modelId: embedder.modelId,
    embed(texts, purpose, signal) {
      if (purpose === 'query') searched.push(...texts)
      return embedder.embed(texts, purpose, signal)
    },
  }
  const ports = { ...model.ports, embedder: listening, clock }
  const app = await createAutomaticApp(database ? { database } : {}, automaticReply, { ...model, ports })
  echoAll(model)
  await prepare?.(app)
  return { app, model, clock, searched, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}

/** Nobody is kept from an automatic reply by a number, and what comes before `beginWork` is not worked on. */
const atRest: UpdateSettingsInput = {
  dailySendCap: 1_000,
  hourlySendCap: 1_000,
  correspondentDailyCap: 1_000,
  autonomy: 'off',
  processOnSync: false,
  classifyOnSync: false,
}

/** An owner whose mail is stored and not worked on yet: the one place where owners of this bench are made. */
export async function openOwner({ app }: Pick<Stage, 'app'>): Promise<Inbox> {
  // A template would be sent in place of what the model says.
  const inbox = await openAutomatic(app, { templateReplies: false })
  await inbox.api.settings.update(atRest)
  return inbox
}

/** From now on the owner's mail is worked on as it comes. */
export async function beginWork(inbox: Inbox, autonomy: 'auto' | 'ask'): Promise<void> {
  await inbox.api.settings.update({ autonomy, processOnSync: true })
}

/** The owner has approved enough drafts to these people. */
export async function trustIn({ app }: Pick<Stage, 'app'>, inbox: Inbox, people: readonly Person[]): Promise<void> {
  const addresses = people.map(({ address }) => address)
  await earnTrust(app, inbox, addresses)
}

/** The undo window ends, and what is due goes out. */
export async function sendDue({ app, clock }: Stage): Promise<void> {
  clock.advance(31_000)
  await app.drainDelayed()
}
