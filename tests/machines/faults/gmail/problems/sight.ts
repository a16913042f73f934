import { selectQuarantined } from '../../../../../server/db/mailboxes/quarantine.ts'
import type { CallSiteName } from '../call-sites.ts'
import type { Meaning } from '../meanings.ts'
import { isDelivered, mailboxRow, newestMail, newestSend, notificationsOf } from '../rows.ts'
import type { GmailTrial } from '../gmail-trial.ts'

export interface Struck {
  readonly site: CallSiteName
  readonly meaning: Meaning
  /** The call could not be made good within itself. */
  readonly isFelt: boolean
}

/** What the owner sees while the fault is in force, where it is not what they should see. */
export async function sightProblems(trial: GmailTrial, struck: Struck): Promise<string[]> {
  const { job } = trial.scene.workflow
  if (job === 'sync-mailbox') return syncProblems(trial, struck)
  if (job === 'dispatch-outbox') return sendProblems(trial, struck)
  if (job === 'process-email') return runProblems(trial, struck)
  return job === 'renew-watch' ? watchProblems(trial, struck) : quietProblems(trial)
}

async function syncProblems({ scene, log }: GmailTrial, { site, meaning, isFelt }: Struck): Promise<string[]> {
  const { lastError, status } = await mailboxRow(scene)
  const hasFailed = log.jobRuns.some(({ name, error }) => name === 'sync-mailbox' && error !== undefined)
  const told = await notificationsOf(scene)
  const isDead = site === 'token-refresh' && meaning.kind === 'needs_reauth'
  const quarantined = await selectQuarantined(scene.app.db, scene.owner.userId).select('gmailId').execute()
  const expectedTold = isDead ? ['mailbox_needs_reauth'] : quarantined.map(() => 'mail_quarantined')
  const expected = isFelt && meaning.lastError ? meaning.lastError : hasFailed ? 'a sentence' : null
  const isRight =
    expected === 'a sentence' ? /^(Gmail|Google sign-in) .+\.$/.test(lastError ?? '') : lastError === expected
  return [
    ...(isRight ? [] : [`the mailbox's last error is ${lastError} instead of ${expected}`]),
    ...(isDead === (status === 'needs_reauth') ? [] : [`the mailbox is ${status}`]),
    // Of each message that cannot be read they are told, once.
    ...(told.join() === expectedTold.join() ? [] : [`the owner was told: ${told.join()}`]),
  ]
}

async function sendProblems({ scene }: GmailTrial, { site, meaning, isFelt }: Struck): Promise<string[]> {
  const send = await newestSend(scene)
  const told = await notificationsOf(scene)
  if (!send) return ['there is no send']
  const seen = `${send.state}, draft ${send.draft}, mail ${send.mail}`
  if (isRefused(site, meaning)) {
    const isTold = told.filter((kind) => kind === 'send_rejected').length === 1
    const hasReason = send.mailReasons?.[0]?.code === 'SEND_REFUSED'
    const isBack = seen === 'REJECTED, draft pending, mail needs_review'
    return isBack && isTold && hasReason
      ? []
      : [`a refused reply is ${seen}, told ${isTold}, with a reason ${hasReason}`]
  }
  const isSaidGone = site === 'drafts.get' && meaning.kind === null
  if (isSaidGone && seen === 'CANCELLED, draft pending, mail needs_review') {
    const hasReason = send.mailReasons?.[0]?.code === 'NOT_AS_APPROVED'
    const isTold = told.filter((kind) => kind === 'send_withdrawn').length === 1
    return hasReason && isTold ? [] : [`a reply whose draft is gone is told ${isTold}, with a reason ${hasReason}`]
  }
  const fitting = isFelt ? ['READY, draft approved, mail approved', 'SENDING, draft sending, mail approved'] : []
  // Applied although its answer never came, it is found in its thread.
  if (!isFelt || (await isDelivered(scene, send.id))) fitting.push('SENT, draft sent, mail sent')
  // After ten minutes without an answer the owner is asked.
  if (told.includes('send_unknown')) fitting.push('UNKNOWN, draft unknown, mail needs_review')
  return fitting.includes(seen) ? [] : [`the send is ${seen}`]
}

function isRefused(site: CallSiteName, { kind }: Meaning): boolean {
  const isFinal = kind === 'rejected' || kind === 'scope_missing' || kind === 'domain_policy'
  return site === 'drafts.create' ? isFinal || kind === 'not_found' : site === 'drafts.send' && isFinal
}

/** In a muted conversation nothing is drafted; where Gmail does not tell, a draft waits for them and says so. */
async function runProblems(trial: GmailTrial, { isFelt }: Struck): Promise<string[]> {
  const mail = await newestMail(trial.scene)
  const seen = `${mail.status}, draft ${mail.draft}: ${mail.reasons?.map(({ code }) => code).join(' ')}`
  const isRight = isFelt
    ? seen.startsWith('needs_review, draft pending: ') && seen.includes('MUTING_UNKNOWN')
    : seen === 'no_reply, draft null: MUTED'
  return [...(isRight ? [] : [`the mail is ${seen}`]), ...(await quietProblems(trial))]
}

/** Mail comes by polling meanwhile. */
async function watchProblems(trial: GmailTrial, { isFelt }: Struck): Promise<string[]> {
  const { watchExpiresAt, watchRetryAt } = await mailboxRow(trial.scene)
  const isRight = isFelt ? watchExpiresAt === null && watchRetryAt !== null : watchExpiresAt !== null
  return [
    ...(isRight ? [] : [`the watch ends ${watchExpiresAt} and is tried again ${watchRetryAt}`]),
    ...(await quietProblems(trial)),
  ]
}

/** Not the owner's affair. */
async function quietProblems({ scene }: GmailTrial): Promise<string[]> {
  const { lastError, status } = await mailboxRow(scene)
  return lastError === null && status === 'active' ? [] : [`the mailbox is ${status}, its last error ${lastError}`]
}
