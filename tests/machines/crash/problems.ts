import type { Ending } from './ending.ts'

/** Not part of an inbox: unsent drafts, and what Gmail keeps apart. */
const apart = ['DRAFT', 'SPAM', 'TRASH']

/** What is wrong with the end of a trial, whatever its workflow was; empty is well. */
export function problemsOf(ending: Ending, bystanderBefore: Ending['bystander']): string[] {
  return [
    ...mailProblems(ending),
    ...sendProblems(ending),
    ...runProblems(ending),
    ...mailboxProblems(ending),
    ...noticeProblems(ending),
    ...spendProblems(ending),
    ...bystanderProblems(ending.bystander, bystanderBefore),
    ...ending.deadLetters.map((job) => `a job failed for good: ${job}`),
  ]
}

/** The same where the owner has gone, for good. */
export function problemsOfDeletion(ending: Ending, bystanderBefore: Ending['bystander']): string[] {
  const { remains, tombstones, revocations, deadLetters } = ending
  return [
    ...Object.entries(remains).map(([table, rows]) => `of the deleted account there are left in ${table}: ${rows}`),
    ...(tombstones.length === 1 ? [] : [`there are ${tombstones.length} tombstones`]),
    ...revocations.map(({ id }) => `the secret of the revocation ${id} is still kept`),
    ...bystanderProblems(ending.bystander, bystanderBefore),
    ...deadLetters.map((job) => `a job failed for good: ${job}`),
  ]
}

/** What is stored is what is in the mailbox, with the same labels. */
function mailProblems({ emails, quarantined, inGmail, vectors }: Ending): string[] {
  const expected = new Map(inGmail.filter(isInInbox).map(({ id, labelIds }) => [id, labelIds.toSorted().join(' ')]))
  const here = emails.filter(({ goneAt }) => goneAt === null)
  const stored = new Map(here.map(({ gmailId, labels }) => [gmailId, labels.toSorted().join(' ')]))
  const searchable = new Set(vectors.map(({ emailId }) => emailId))
  return [
    ...[...expected].flatMap(([gmailId, labels]) => {
      const found = stored.get(gmailId)
      if (found === undefined) return [`the mail ${gmailId} of the mailbox is not stored`]
      return found === labels ? [] : [`the mail ${gmailId} is labelled ${labels}, stored are ${found}`]
    }),
    ...[...stored.keys()]
      .filter((gmailId) => !expected.has(gmailId))
      .map((gmailId) => `the mail ${gmailId} is stored and not in the mailbox`),
    ...quarantined.map(({ gmailId }) => `the mail ${gmailId} is still in quarantine`),
    ...here.filter(({ id }) => !searchable.has(id)).map(({ gmailId }) => `the mail ${gmailId} has no vector`),
  ]
}

function isInInbox({ labelIds }: Ending['inGmail'][number]): boolean {
  return !labelIds.some((label) => apart.includes(label))
}

/** No reply twice, and what is said of each is true. */
function sendProblems({ outbox, delivered, drafts, emails, notifications }: Ending): string[] {
  const settled = outbox.flatMap(({ id, state, draftId }) => {
    const count = delivered.filter((outboxId) => outboxId === id).length
    if (count > 1) return [`the reply ${id} went out ${count} times`]
    if (state === 'UNKNOWN') {
      const isTold = notifications.some(({ kind, payload }) => {
        return kind === 'send_unknown' && (payload as { draftId?: string }).draftId === draftId
      })
      return isTold ? [] : [`nobody was told that the fate of the reply ${id} is unknown`]
    }
    const expected = state === 'SENT' ? 1 : 0
    return count === expected ? [] : [`the reply ${id} is ${state} and went out ${count} times`]
  })
  const ours = new Set(outbox.map(({ id }) => id))
  const unasked = delivered.filter((outboxId) => !ours.has(outboxId))
  return [
    ...settled,
    ...unasked.map((outboxId) => `the reply ${outboxId} went out and no entry asked for it`),
    ...drafts.filter(({ status }) => status === 'sending').map(({ id }) => `the draft ${id} is sending for ever`),
    ...drafts.filter(({ status }) => status === 'approved').map(({ id }) => `the approved draft ${id} never went out`),
    ...emails.filter(({ status }) => status === 'approved').map(({ id }) => `the mail ${id} stays approved`),
  ]
}

function runProblems({ emails, runs, drafts }: Ending): string[] {
  const stuck = emails
    .filter(({ status }) => status === 'processing')
    .map(({ id }) => `the mail ${id} is stuck in work`)
  const doubled = emails.filter(({ id }) => {
    return drafts.filter((draft) => draft.emailId === id && draft.status === 'pending').length > 1
  })
  const unexplained = emails.filter(({ id, status, reasons }) => {
    const hasFailed = runs.some((run) => run.emailId === id && run.scope === 'full' && run.status === 'failed')
    return hasFailed && status === 'needs_review' && !reasons?.length
  })
  return [
    ...stuck,
    ...doubled.map(({ id }) => `the mail ${id} has more than one draft that waits`),
    ...unexplained.map(({ id }) => `the mail ${id} is in review without a reason`),
  ]
}

function mailboxProblems({ mailboxes, identities }: Ending): string[] {
  const unknown = mailboxes.filter(({ id }) => identities.filter(({ mailboxId }) => mailboxId === id).length !== 1)
  const subjects = new Set(mailboxes.map(({ googleSubject }) => googleSubject))
  return [
    ...unknown.map(({ id }) => `the mailbox ${id} has not exactly one Google identity`),
    ...(subjects.size === mailboxes.length ? [] : ['one Google account is connected as two mailboxes']),
  ]
}

/** Each word to the owner once. */
function noticeProblems({ notifications }: Ending): string[] {
  const told = notifications.map(({ kind, payload }) => `${kind} ${JSON.stringify(payload)}`)
  const twice = told.filter((word, index) => told.indexOf(word) !== index)
  return [...new Set(twice)].map((word) => `the owner was told twice: ${word}`)
}

/** Every call is settled, and the system's account says the same as its only spender's. */
function spendProblems({ spend, systemSpend }: Ending): string[] {
  const settled = (rows: Ending['spend'] | Ending['systemSpend']) =>
    rows.map(({ day, settledCost, settledTokens }) => `${day}: $${Number(settledCost)}, ${settledTokens} tokens`)
  const open = [...spend, ...systemSpend].filter((row) => Number(row.reservedCost) !== 0 || row.reservedTokens !== 0)
  const isSame = settled(spend).toSorted().join('; ') === settled(systemSpend).toSorted().join('; ')
  return [
    ...open.map(({ day, reservedTokens }) => `${reservedTokens} tokens of ${day} stay set aside`),
    ...(isSame ? [] : [`the owner spent ${settled(spend).join('; ')}, the system ${settled(systemSpend).join('; ')}`]),
  ]
}

function bystanderProblems(now: Ending['bystander'], before: Ending['bystander']): string[] {
  const changed = Object.keys(before).filter((table) => before[table] !== now[table])
  return changed.map((table) => `rows of another owner changed in ${table}`)
}
