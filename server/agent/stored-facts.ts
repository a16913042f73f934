import type { Kysely } from 'kysely'
import type { AppContext } from '../context.ts'
import type { DB } from '../db/engine/schema.ts'
import { getSettings } from '../db/accounts/settings.ts'
import { type LoadedEmail, loadEmails } from '../db/runs/run-input.ts'
import { unansweredIds } from '../db/emails/unanswered.ts'
import { isSameMailbox } from '../mail/addresses.ts'
import { dmarcOf } from '../mail/authentication.ts'
import { troubleOf } from '../mail/display-name.ts'
import { automaticReplyObstacle } from '../mail/machine-mail.ts'
import { readsLikeOrders } from '../mail/program-orders.ts'
import { replyToDiffers } from '../mail/recipients.ts'
import { readChangingFacts } from './changing-facts.ts'
import { replyLanguage } from './reply-language.ts'
import { likelyKind, replyKind } from './reply-kind.ts'
import type { ChangingFacts, MailStanding, StoredFacts } from './review-facts.ts'
import type { Classification, RunInput, RunState } from './state.ts'
import { topicsOf } from './topics.ts'

/** What of the mail itself the gate looks at, and of those before it that nobody has answered. */
export async function storedFacts(
  db: Kysely<DB>,
  { userId, email }: RunInput,
  { classify }: RunState,
): Promise<StoredFacts> {
  const before = await loadEmails(db, userId, unansweredIds(db, userId, email))
  return { ...standingOf(email, classify), before: before.map((earlier) => standingOf(earlier)) }
}

/** `classify`: what a run found out about this very mail. */
function standingOf(email: LoadedEmail, classify?: Classification): MailStanding {
  const named = [...email.toAddresses, ...email.ccAddresses]
  const trouble = troubleOf({ name: email.fromName, address: email.fromAddress })
  const written = `${email.subject}\n${email.freshText || email.text}`
  return {
    dmarc: dmarcOf(email.headers),
    replyToDiffers: replyToDiffers(email),
    ownerIsNamed: named.some((person) => isSameMailbox(person.address, email.ownerAddress)),
    machineReason: automaticReplyObstacle(email),
    attachmentCount: email.attachmentCount ?? 0,
    textLength: email.text.length,
    isEmpty: email.text.trim() === '',
    flags: email.flags,
    topics: topicsOf(written),
    givesOrders: readsLikeOrders(`${email.fromName}\n${email.subject}\n${email.text}`),
    asksInQuote: classify?.asksInQuote === true,
    isMuted: classify?.muted === 'yes',
    mutingUnknown: classify?.muted === 'unknown',
    problem: email.problem,
    nameShowsAddress: trouble.has('another address'),
    nameShowsDomain: trouble.has('domain'),
    nameShowsPhone: trouble.has('phone'),
  }
}

/** What is checked again when the reply is put among the sends, and before it goes out. */
export async function changingFacts(
  db: Kysely<DB>,
  ctx: AppContext,
  { userId, email }: RunInput,
  { classify, generate }: RunState,
): Promise<ChangingFacts> {
  const settings = await getSettings(db, userId)
  const intent = classify?.intent ?? 'other'
  const wanted = { intent, language: replyLanguage(classify?.language, settings.languages) }
  return readChangingFacts(db, ctx, userId, {
    mail: { ...email, intent },
    now: ctx.clock.now(),
    settings,
    reply: generate ? await replyKind(db, userId, generate.template) : await likelyKind(db, userId, wanted, settings),
    // Before it is written nobody doubts the reply.
    confidence: Math.min(classify?.confidence ?? 0, generate?.confidence ?? 1),
  })
}
