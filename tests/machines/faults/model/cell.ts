import { sql } from 'kysely'
import { isSentByUs } from '../../../support/connected-inbox.ts'
import { earnTrust } from '../../../support/automatic.ts'
import { Trial } from '../trial.ts'
import { type BehaviourName, behaviours } from './behaviours.ts'
import { circuitProblems } from './circuit-problems.ts'
import { type Expectation, expectations } from './expectations.ts'
import { isDispensable, type ModelCallName, modelCallNames, modelThat } from './model-calls.ts'
import { type ModelStage, oldSubject } from './model-stage.ts'
import { findNewMail, goodProblems, hasVector, mailProblems, portProblems } from './problems.ts'
import { askedWaitSeconds, type Wire } from './wire.ts'

/** One kind of misbehaviour of the model at one kind of question. */
export interface ModelCell {
  readonly name: string
  readonly vendor: Wire['vendor']
  readonly call: ModelCallName
  readonly behaviour: BehaviourName
}

const behaviourNames = Object.keys(behaviours) as BehaviourName[]

/** 100 of each provider; Gemini's bear the name of the model itself. */
export const modelCells: readonly ModelCell[] = [...cellsOf('gemini', 'model'), ...cellsOf('openai', 'openai')]

function cellsOf(vendor: Wire['vendor'], prefix: string): ModelCell[] {
  return modelCallNames.flatMap((call) =>
    behaviourNames.map((behaviour) => ({ name: `${prefix}:${call}:${behaviour}`, vendor, call, behaviour })),
  )
}

const minuteMs = 60_000
const shortDeadlineMs = 200
const longDeadlineMs = 10_000
/** More tries than any job has. */
const mostTries = 12
const mostRounds = 6

type ModelPorts = ReturnType<ModelStage['adapters']>
/** Puts something broken in place of the product's own, to see that it is noticed. */
export type SpoilModel = (ports: ModelPorts) => ModelPorts

/** The model misbehaves while a new mail comes in, and is well again afterwards; answers what was wrong. */
export async function playModelCell(
  stage: ModelStage,
  { call, behaviour }: ModelCell,
  spoil: SpoilModel = (ports) => ports,
): Promise<string[]> {
  const { scene, server, wire, calls } = stage
  const expected = expectations[behaviour][call]
  const deadlineMs = expected === 'timeout' ? shortDeadlineMs : longDeadlineMs
  const misbehaviour = modelThat(calls, { call, behaviour: behaviours[behaviour](wire, calls[call]) })
  await scene.restore()
  server.behave(misbehaviour)
  const trial = new Trial(scene, (_ctx, circuits) => spoil(stage.adapters(deadlineMs, circuits[wire.vendor])))

  if (call === 'verify') await letStay(trial)
  await trial.enqueue('sync-mailbox')
  await trial.work()
  const problems: string[] = []
  const isWaitedFor = behaviour === 'limited-with-time' && !isDispensable(call)
  if (isWaitedFor) problems.push(...(await waitProblems(stage, trial, call)))
  await useUpTries(trial)
  if (isWaitedFor && call !== 'embed') await waitInVain(trial)
  problems.push(
    ...portProblems(trial, expected),
    ...(await mailProblems(trial, call, expected)),
    ...(await reviewProblems(trial)),
  )

  server.behave(modelThat(calls))
  problems.push(...(await recoveryProblems(trial, call, expected)))
  server.behave(misbehaviour)
  return [...problems, ...(await circuitProblems(stage, call, deadlineMs))]
}

/** Nobody asks the model to read over what its owner reads: they trust it. What it lets go stays in its undo window. */
async function letStay({ api, scene }: Trial): Promise<void> {
  await earnTrust(scene.app, { userId: scene.owner.userId, mailboxId: scene.mailboxId })
  await api.settings.update({ autonomy: 'auto', undoWindowSeconds: 3_600 })
}

/** Time passes to each try, until nothing is between two of them. */
async function useUpTries(trial: Trial): Promise<void> {
  for (let tries = 0; tries < mostTries; tries++) {
    const { rows } = await sql<{ ms: number | null }>`
      select (extract(epoch from min(start_after) - now()) * 1000)::float8 as ms
      from pgboss.job where state = 'retry'`.execute(trial.scene.app.db)
    const ms = rows[0]?.ms ?? null
    if (ms === null) return
    await trial.pass(ms)
    await trial.work()
  }
}

/** Before the time it named the model is not asked again, then it is. */
async function waitProblems({ server, calls }: ModelStage, trial: Trial, call: ModelCallName): Promise<string[]> {
  const asked = () => server.requests.filter((request) => calls[call].isMeant(request)).length
  const before = asked()
  await trial.sweep()
  const early = asked() - before
  // Jobs that wait for one moment come a little apart.
  await trial.pass(askedWaitSeconds * 1_100)
  await trial.work()
  return [
    ...(early === 0 ? [] : [`the model was asked ${early} times before the time it had named`]),
    ...(asked() > before ? [] : ['the model was not asked after the time it had named']),
  ]
}

/** A day later a run does not wait any more. */
async function waitInVain(trial: Trial): Promise<void> {
  await trial.pass(25 * 60 * minuteMs)
  await trial.work()
}

/** Without the model an owner reviews and sends what is there. */
async function reviewProblems(trial: Trial): Promise<string[]> {
  const { api, scene } = trial
  const { items } = await api.drafts.list({ status: 'pending' })
  const draft = items.find(({ subject }) => subject.includes(oldSubject))
  if (!draft) return ['the draft from before is not there']
  await api.settings.update({ undoWindowSeconds: 0 })
  const edited = await api.drafts.edit({ draftId: draft.id, version: draft.version, body: 'In my own words.' })
  await api.drafts.approve({ acceptOpenQuestions: true, draftId: draft.id, version: edited.version })
  await trial.work()
  const messages = await scene.app.google.messages(scene.owner.email)
  const sent = messages.filter(isSentByUs)
  return sent.length === 1 ? [] : [`${sent.length} replies went out by hand instead of one`]
}

/** The model is back: the run is asked for again and its draft is there; a vector comes by itself. */
async function recoveryProblems(trial: Trial, call: ModelCallName, expected: Expectation): Promise<string[]> {
  const mail = await findNewMail(trial)
  if (!mail || expected === 'good') return []
  if (call === 'verify') await letStay(trial)
  if (call !== 'embed') {
    await trial.api.emails.process({ emailId: mail.id })
    await trial.work()
    const worked = await findNewMail(trial)
    return worked ? goodProblems(trial, worked, call) : ['the mail is not there any more']
  }
  for (let round = 0; round < mostRounds && !(await hasVector(trial, mail)); round++) {
    await trial.pass(25 * 60 * minuteMs)
    await trial.sweep()
  }
  return (await hasVector(trial, mail)) ? [] : ['the vector never came']
}
