import { busiestMinute } from '../../../../../google-sandbox/quota.ts'
import { storedMail } from '../../../../support/mailbox-rows.ts'
import { mailboxRow, unfinished } from '../rows.ts'
import type { GmailScene } from '../scenes.ts'
import type { GmailTrial } from '../gmail-trial.ts'

/** What Gmail allows a mailbox a minute. */
const unitsPerMinute = 6_000
const apart = ['DRAFT', 'SPAM', 'TRASH', 'CHAT']

/** What is still wrong, or not done yet; none when all has ended well. */
export async function endingProblems(trial: GmailTrial): Promise<string[]> {
  const { scene } = trial
  const messages = await scene.app.google.messages(scene.owner.email)
  const { lastError, status, watchExpiresAt, watchRetryAt } = await mailboxRow(scene)
  const isWatched = watchExpiresAt !== null && watchRetryAt === null
  return [
    ...(await unfinished(scene)),
    ...(await mailProblems(scene, messages)),
    ...deliveryProblems(scene, messages),
    ...(lastError === null && status === 'active' ? [] : [`the mailbox is ${status}, its last error ${lastError}`]),
    ...(scene.workflow.job !== 'renew-watch' || isWatched ? [] : ['the mailbox is not watched']),
    ...quotaProblems(trial),
  ]
}

type Messages = Awaited<ReturnType<GmailScene['app']['google']['messages']>>

async function mailProblems({ app, owner, mailboxId }: GmailScene, messages: Messages): Promise<string[]> {
  const stored = await storedMail(app, { userId: owner.userId, mailboxId })
  const inGmail = messages.filter(({ labelIds }) => !labelIds.some((label) => apart.includes(label)))
  return [
    ...inGmail.flatMap(({ id, labelIds }) => {
      const here = stored.get(id)?.labels.join(' ')
      return here === labelIds.toSorted().join(' ')
        ? []
        : [`the mail ${id} is stored as ${here}, not ${labelIds.join(' ')}`]
    }),
    ...(stored.size === inGmail.length ? [] : [`${stored.size} mails are stored, ${inGmail.length} are in Gmail`]),
  ]
}

function deliveryProblems({ workflow }: GmailScene, messages: Messages): string[] {
  const ours = messages.filter(({ raw }) => /^x-reasonflow-outbox:/im.test(raw.toString()))
  const delivered = ours.filter(({ labelIds }) => labelIds.includes('SENT')).length
  const drafts = ours.filter(({ labelIds }) => labelIds.includes('DRAFT')).length
  return [
    ...(delivered === workflow.replies ? [] : [`${delivered} replies went out instead of ${workflow.replies}`]),
    ...(drafts === 0 ? [] : [`${drafts} of our drafts are left in Gmail`]),
  ]
}

function quotaProblems({ scene, log }: GmailTrial): string[] {
  const units = busiestMinute(
    log.jobRuns.flatMap(({ calls }) => calls),
    scene.owner.email,
  )
  return units <= unitsPerMinute ? [] : [`${units} units were used in one minute`]
}
