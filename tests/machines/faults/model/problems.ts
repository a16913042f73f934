import { UpstreamError } from '../../../../server/errors.ts'
import type { EmailItem } from '../../../../shared-types/index.ts'
import type { Trial } from '../trial.ts'
import type { Expectation } from './expectations.ts'
import { goodReply, type ModelCallName } from './model-calls.ts'
import { newSubject } from './model-stage.ts'

/** A deadline, and what a busy machine adds to it. */
const longestMs = 3_000

/** Every failure of the adapters is of the expected kind and in time. */
export function portProblems({ log }: Trial, expected: Expectation): string[] {
  return log.failures.flatMap(({ error, ms }) => {
    const kind = error instanceof UpstreamError ? error.kind : 'no UpstreamError'
    return [
      ...(kind === expected ? [] : [`a port failed as ${kind} instead of ${expected}`]),
      ...(ms <= longestMs ? [] : [`a port took ${Math.round(ms)} ms to fail`]),
    ]
  })
}

export async function findNewMail({ api }: Trial): Promise<EmailItem | undefined> {
  const { items } = await api.emails.list({ search: 'camshaft' })
  return items.find(({ subject }) => subject === newSubject)
}

/** What the owner finds of the new mail, where it is not what they should find. */
export async function mailProblems(trial: Trial, call: ModelCallName, expected: Expectation): Promise<string[]> {
  const mail = await findNewMail(trial)
  if (!mail) return ['the new mail is not found by its words']
  const isWorked = expected === 'good' || call === 'embed' || call === 'decide'
  const isUnverified = !isWorked && call === 'verify'
  const problems = isWorked
    ? await goodProblems(trial, mail, call)
    : isUnverified
      ? await unverifiedProblems(trial, mail)
      : await failedProblems(trial, mail)
  const isEmbedded = await hasVector(trial, mail)
  return [
    ...problems,
    ...(await traceProblems(trial, mail, { call, expected })),
    ...(isEmbedded === (call !== 'embed' || expected === 'good') ? [] : [`the mail has a vector: ${isEmbedded}`]),
  ]
}

/** Nothing goes out that nobody could read over: the draft is there, and says so. */
async function unverifiedProblems(trial: Trial, mail: EmailItem): Promise<string[]> {
  const { reasons } = await trial.api.drafts.get({ draftId: mail.draft?.id ?? '' })
  const codes = reasons.map(({ code }) => code).join(' ')
  return [
    ...(await draftProblems(trial, mail, 'needs_review, inquiry, draft pending')),
    ...(codes === 'NOT_VERIFIED' ? [] : [`the draft waits because of ${codes}`]),
  ]
}

/** Its draft is there, read over where it goes out unread, and holds what the model said and nothing else. */
export function goodProblems(trial: Trial, mail: EmailItem, call: ModelCallName): Promise<string[]> {
  const wanted = call === 'verify' ? 'approved, inquiry, draft approved' : 'needs_review, inquiry, draft pending'
  return draftProblems(trial, mail, wanted)
}

async function draftProblems({ api }: Trial, mail: EmailItem, wanted: string): Promise<string[]> {
  if (!mail.draft) return [`the mail is ${mail.status} and has no draft`]
  const { to, body, status } = await api.drafts.get({ draftId: mail.draft.id })
  const seen = `${mail.status}, ${mail.intent}, draft ${status}: ${body}`
  const isToSender = to.length === 1 && to[0]?.address === mail.from.address
  return [
    ...(seen === `${wanted}: ${goodReply}` ? [] : [`the mail is ${seen.slice(0, 200)}`]),
    ...(isToSender ? [] : [`the draft is addressed to ${to.map(({ address }) => address).join()}`]),
  ]
}

/** It waits for review with a reason, and nothing was made up. */
async function failedProblems(trial: Trial, mail: EmailItem): Promise<string[]> {
  const { reasons } = await trial.api.emails.get({ emailId: mail.id })
  const told = (await notificationsOf(trial)).filter((kind) => kind === 'run_failed').length
  const { status, intent, draft } = mail
  return [
    ...(status === 'needs_review' && intent === null && draft === null
      ? []
      : [`the mail is ${status}, its intent ${intent}, its draft ${draft?.status}`]),
    ...(reasons[0]?.code === 'RUN_FAILED' ? [] : [`the reason is ${reasons.map(({ code }) => code).join(' ')}`]),
    ...(told === 1 ? [] : [`the owner was told ${told} times`]),
  ]
}

async function notificationsOf({ scene }: Trial): Promise<string[]> {
  const rows = await scene.app.db.selectFrom('notifications').select('kind').execute()
  return rows.map(({ kind }) => kind)
}

/** The record of the run says what went wrong. */
async function traceProblems(
  { api }: Trial,
  { id: emailId }: EmailItem,
  { call, expected }: { call: ModelCallName; expected: Expectation },
): Promise<string[]> {
  const [run] = (await api.traces.list({ emailId })).items
  if (!run) return ['the mail has no run']
  const { steps } = await api.traces.get({ traceId: run.id })
  if (call === 'embed') {
    const { byMeaning } = (steps.find(({ name }) => name === 'retrieve')?.output ?? {}) as { byMeaning?: boolean }
    return byMeaning === (expected === 'good') ? [] : [`related mail was looked for by meaning: ${byMeaning}`]
  }
  const outcomes = steps.flatMap(({ modelCalls }) => modelCalls).filter(({ task }) => task === call)
  const wanted = expected === 'good' ? 'ok' : expected
  const isRight = outcomes.length > 0 && outcomes.every(({ outcome }) => outcome === wanted)
  return isRight ? [] : [`the run recorded ${outcomes.map(({ outcome }) => outcome).join()} instead of ${wanted}`]
}

export async function hasVector({ scene }: Trial, { id }: EmailItem): Promise<boolean> {
  const rows = await scene.app.db.selectFrom('embeddings').where('emailId', '=', id).select('emailId').execute()
  return rows.length > 0
}
