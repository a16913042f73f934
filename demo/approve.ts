import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../server/errors.ts'
import { runAgain } from './failure.ts'
import type { Owner } from './owner.ts'
import { paint, progress, say } from './say.ts'

/** Thirty seconds, or longer where every look takes its time. */
const patience = 120

/** Approves the two replies that leave no question open, and waits out the undo window. Answers the mails they reply to. */
export async function approveTwo({ api }: Owner): Promise<string[]> {
  const { items } = await api.drafts.list.query({ status: 'pending', limit: 100 })
  const ready = [...items].sort(
    (a, b) =>
      a.openQuestions.length - b.openQuestions.length ||
      b.confidence - a.confidence ||
      b.subject.localeCompare(a.subject),
  )
  const chosen = ready.slice(0, 2)
  say(`\n${paint('bold', 'She approves two of them:')}`)
  for (const { id: draftId, version, to, subject } of chosen) {
    await api.drafts.approve.mutate({ draftId, version })
    say(`  ${paint('green', '✓')} ${subject} ${paint('dim', `to ${to.map((person) => person.address).join(', ')}`)}`)
  }
  for (let looks = 1; ; looks += 1) {
    const drafts = await Promise.all(chosen.map(({ id: draftId }) => api.drafts.get.query({ draftId })))
    const sent = drafts.filter((draft) => draft.status === 'sent').length
    if (sent === chosen.length) break
    if (looks > patience)
      throw new StartError(`Only ${sent} of ${chosen.length} approved replies went out. ${runAgain}`)
    progress(`  … undo window, then off they go: ${sent} of ${chosen.length} sent`)
    await sleep(250)
  }
  progress(`  ${paint('green', '✓')} both went out after the undo window`, true)
  return chosen.map((draft) => draft.emailId)
}
