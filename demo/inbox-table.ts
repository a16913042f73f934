import type { inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from '../server/router.ts'
import type { Api } from './api.ts'
import { cut, lineWidth, padTo, paint, say } from './say.ts'

type Outputs = inferRouterOutputs<AppRouter>
export type Item = Outputs['emails']['list']['items'][number]
type Draft = Outputs['drafts']['list']['items'][number]

/** Prints what became of every incoming mail; answers all mail, outgoing too. */
export async function printInbox(api: Api): Promise<Item[]> {
  const emails = await all((cursor) => api.emails.list.query({ limit: 100, ...cursor }))
  const drafts = await all((cursor) => api.drafts.list.query({ limit: 100, ...cursor }))
  const draftOf = new Map(drafts.map((draft) => [draft.emailId, draft]))
  const incoming = emails.filter((email) => email.direction === 'in')
  const review = incoming.filter((email) => email.status === 'needs_review')
  const rest = incoming.filter((email) => email.status !== 'needs_review')

  say(`\n${paint(['bold', 'green'], `Waiting for a yes: ${review.length} replies`)}`)
  const usual = reasonsOfAll(drafts)
  say(paint('dim', `  ${cut(`For each of them: ${usual.join(' ')}`, lineWidth() - 2)}`))
  for (const email of review) printReview(email, draftOf.get(email.id), usual)
  say(`\n${paint(['bold'], `Nothing to answer: ${rest.length} mails`)}`)
  for (const email of rest) {
    const { reasons } = await api.emails.get.query({ emailId: email.id })
    say(`  ${columns(email)}`)
    note('dim', '·', reasons[0]?.text ?? email.status)
  }
  return emails
}

function printReview(email: Item, draft: Draft | undefined, usual: readonly string[]): void {
  say(`  ${columns(email)}  ${paint('yellow', 'ask')}`)
  if (!draft) return
  note('green', '↳', opening(draft.body))
  for (const { question } of draft.openQuestions.slice(0, 2)) note('magenta', '?', question)
  const special = textsOf(draft).filter((text) => !usual.includes(text))
  if (special.length > 0) note('dim', '·', special.join(' '))
}

function note(style: 'green' | 'magenta' | 'dim', mark: string, text: string): void {
  const line = cut(text, lineWidth() - 8)
  say(`      ${paint(style, mark)} ${style === 'dim' ? paint('dim', line) : line}`)
}

/** What holds for every draft is said once. */
function reasonsOfAll(drafts: readonly Draft[]): string[] {
  const [first, ...others] = drafts
  return first ? textsOf(first).filter((text) => others.every((draft) => textsOf(draft).includes(text))) : []
}

function textsOf({ reasons }: Draft): string[] {
  return reasons.map(({ text }) => text)
}

/** Sender, subject, intent, confidence; the subject takes what room there is. */
function columns({ from, subject, intent, confidence }: Item): string {
  const room = Math.min(44, lineWidth() - 50)
  const percent = confidence === null ? '' : `${Math.round(confidence * 100)} %`
  const sender = paint('bold', padTo(from.name || from.address, 18))
  return `${sender}  ${padTo(subject || '(no subject)', room)}  ${paint('cyan', padTo(intent ?? '', 15))} ${percent.padStart(5)}`
}

/** How the reply begins, without its greeting. */
function opening(body: string): string {
  const lines = body.split('\n').filter((line) => line.trim() !== '')
  const isGreeting = (lines[0]?.length ?? 0) < 40 && /[,!:]$/.test(lines[0] ?? '')
  return lines.slice(isGreeting ? 1 : 0).join(' ')
}

async function all<T>(
  page: (cursor: { cursor?: string }) => Promise<{ items: T[]; nextCursor: string | null }>,
): Promise<T[]> {
  const items: T[] = []
  for (let cursor: { cursor?: string } | null = {}; cursor;) {
    const answer: { items: T[]; nextCursor: string | null } = await page(cursor)
    items.push(...answer.items)
    cursor = answer.nextCursor === null ? null : { cursor: answer.nextCursor }
  }
  return items
}
