import { randomBytes, randomUUID } from 'node:crypto'
import { allowLogin, claimIdentity } from '../../../server/db/accounts/google-identities.ts'
import { upsertQuarantined } from '../../../server/db/mailboxes/quarantine.ts'
import { signAccessToken } from '../../../server/security/access-token.ts'
import { startSession } from '../../../server/services/refresh-tokens.ts'
import type { TestApp, TestOwner } from '../../support/app.ts'
import { type Inbox, openInbox } from '../../support/connected-inbox.ts'
import { inOneDay, type NamedIds } from '../../support/procedure-inputs.ts'

/** One of the people who share the database. */
export interface Tenant {
  readonly owner: TestOwner
  readonly ids: NamedIds
  /** What shows in an answer that tells of this one: ids, the address, and words that stand in their data alone. */
  readonly canaries: readonly [word: string, ...others: string[]]
  /** One more session, and its token. */
  newSession(): Promise<{ sessionId: string; token: string }>
  /** Their ids, with new ones for what a call of theirs may have ended. */
  whatIsLeft(): Promise<NamedIds>
}

/** Has something of everything that can be asked for by id, and of everything that refers to something else. */
export async function newTenant(app: TestApp): Promise<Tenant> {
  const word = `canary${randomBytes(8).toString('hex')}`
  const inbox = await openInbox(app, { signature: `Kind regards, ${word}`, notes: [{ text: word, shareable: true }] })
  const { owner, userId, mailboxId, api } = inbox
  const draft = await inbox.newDraft({
    subject: `Drawings ${word}`,
    from: `Ada ${word} <ada.${word}@engine.example>`,
    text: `Could you send me the drawings of ${word} by Friday?`,
  })
  const { batchId } = await leaveTraces(app, inbox)
  const email = await api.emails.get({ emailId: draft.emailId })
  const trace = (await api.traces.list({ emailId: draft.emailId })).items[0]
  if (!trace) throw new Error('the mail was not worked on')
  const template = await api.templates.create({ name: `Prices ${word}`, body: `Of ${word}.` })
  const { id: contactId } = await api.contacts.upsert({ address: `kept.${word}@engine.example`, notes: word })
  const { id: mergedId } = await api.contacts.upsert({ address: `merged.${word}@engine.example` })
  await api.contacts.merge({ intoId: contactId, fromIds: [mergedId] })
  const { id: otherContactId } = await api.contacts.upsert({ address: `other.${word}@engine.example` })
  const { id: quarantinedId } = await upsertQuarantined(app.db, userId, {
    mailboxId,
    gmailId: randomUUID(),
    reason: 'too large',
    now: app.clock.now().toISOString(),
    pauseSeconds: 3_600,
    maxPauseSeconds: 86_400,
    known: { subject: word, from: { name: word, address: `${word}@engine.example` }, receivedAt: app.clock.now() },
  })
  const newPersonalToken = async () => {
    // There may be a few at a time only, and a few an hour.
    await app.db.deleteFrom('rateLimits').where('key', 'like', 'createToken:%').execute()
    await app.db.deleteFrom('personalTokens').where('userId', '=', userId).execute()
    const caller = await startSession(app.db, userId, app.clock.now())
    return (await app.as(caller).auth.createToken({ name: word, expiresInDays: 30, scopes: ['read'] })).id
  }
  const newLogin = async () => {
    const subject = randomUUID()
    await claimIdentity(app.db, userId, { subject, address: `${word}@gmail.example` })
    await allowLogin(app.db, userId, subject, app.clock.now().toISOString())
    return subject
  }
  const newSession = async () => {
    const session = await startSession(app.db, userId, app.clock.now())
    return { ...session, token: signAccessToken(app.ctx.config.jwt, session, app.clock.now()) }
  }
  const ids: NamedIds = {
    emailId: email.id,
    threadId: email.threadId,
    mailboxId,
    draftId: draft.id,
    version: draft.version,
    templateId: template.id,
    contactId,
    otherContactId,
    traceId: trace.id,
    batchId,
    sessionId: (await newSession()).sessionId,
    tokenId: await newPersonalToken(),
    subject: await newLogin(),
    quarantinedId,
    notificationId: await newestNotification(app, userId),
    soon: inOneDay(app.clock.now()),
    password: 'correct horse battery',
  }
  // What is short shows in many an answer.
  const { version: _version, soon: _soon, password: _password, notificationId: _notificationId, ...names } = ids
  return {
    owner,
    ids,
    canaries: [word, owner.email, userId, ...Object.values(names)],
    newSession,
    whatIsLeft: async () => ({
      ...ids,
      sessionId: (await newSession()).sessionId,
      tokenId: await newPersonalToken(),
    }),
  }
}

async function newestNotification(app: TestApp, userId: string): Promise<string> {
  const { id } = await app.db
    .selectFrom('notifications')
    .where('userId', '=', userId)
    .orderBy('id', 'desc')
    .select('id')
    .executeTakeFirstOrThrow()
  return String(id)
}

/** Another mail goes the whole way: its kind is corrected, its draft edited and approved; a consent is begun. */
async function leaveTraces(app: TestApp, { api, newDraft, userId, mailboxId }: Inbox): Promise<{ batchId: string }> {
  const { id: draftId, emailId, version } = await newDraft({ subject: 'The lamps', text: 'Do you sell the lamps too?' })
  await api.emails.correctIntent({ emailId, intent: 'complaint' })
  const edited = await api.drafts.edit({ draftId, version, body: 'Yes, we do.' })
  await api.drafts.approve({ acceptOpenQuestions: true, draftId, version: edited.version })
  await app.drain()
  await api.mailboxes.authorizeUrl({ purpose: 'connect' })
  const { items } = await api.traces.list({ emailId })
  const traceId = items[0]?.id ?? ''
  const now = app.clock.now().toISOString()
  // What comes about seldom, or only for a moment.
  await app.db.insertInto('resyncListings').values({ userId, mailboxId, gmailId: randomUUID(), labels: [] }).execute()
  await app.db
    .insertInto('mailSpend')
    .values({ userId, emailId, day: now.slice(0, 10) })
    .execute()
  const file = { filename: 'lamp.pdf', mimeType: 'application/pdf', sizeBytes: 1, position: 0 }
  await app.db
    .insertInto('attachments')
    .values({ userId, emailId, ...file })
    .execute()
  const sealedKey = randomBytes(32)
  await app.db.insertInto('hubspotKeys').values({ userId, sealedKey, setAt: now }).execute()
  await app.db.insertInto('draftEmails').values({ userId, draftId, emailId }).execute()
  await app.db.insertInto('vectorsDue').values({ userId, emailId, dueAt: now }).execute()
  await app.db
    .insertInto('slotHolds')
    .values({ userId, traceId, startAt: now, endAt: inOneDay(app.clock.now()) })
    .execute()
  return { batchId: await leaveBatch(app, userId, { emailId, traceId, now }) }
}

/** One that has ended, of a mail whose run failed. */
async function leaveBatch(
  app: TestApp,
  userId: string,
  { emailId, traceId, now }: { emailId: string; traceId: string; now: string },
): Promise<string> {
  const id = randomUUID()
  const ended = { status: 'completed', byProgram: false, createdAt: now, workedAt: now, finishedAt: now } as const
  await app.db
    .insertInto('batches')
    .values({ userId, id, kind: 'process', ...ended })
    .execute()
  const failed = { status: 'failed', reason: 'RUN_FAILED', message: 'It was too long.', position: 0 } as const
  await app.db
    .insertInto('batchItems')
    .values({ userId, batchId: id, askedId: emailId, emailId, traceId, ...failed })
    .execute()
  return id
}

/** A day goes by: mail comes, is answered, approved and sent, and what is due in between is done. */
export async function live(app: TestApp, { owner, ids: { mailboxId }, newSession }: Tenant): Promise<void> {
  const { sessionId } = await newSession()
  const api = app.as({ userId: owner.userId, sessionId })
  await app.deliver(owner, { subject: 'Shelves', text: 'Could you send me the prices of the shelves?' })
  await app.deliver(owner, { subject: 'Chairs', text: 'Could you send me the prices of the chairs?' })
  await api.mailboxes.sync({ mailboxId })
  await app.drain()
  const { items } = await api.drafts.list({ status: 'pending' })
  const [one, other] = items.filter(({ subject }) => /Shelves|Chairs/.test(subject))
  if (!one || !other) throw new Error('the mail was not worked on')
  await api.drafts.approve({ acceptOpenQuestions: true, draftId: one.id, version: one.version })
  await api.drafts.reject({ draftId: other.id, version: other.version, reason: 'No' })
  await app.drainDelayed()
}
