import { randomBytes, randomUUID } from 'node:crypto'

/** Ids that a call may name: those of one owner, or of nobody. */
export interface NamedIds {
  readonly emailId: string
  readonly threadId: string
  readonly mailboxId: string
  readonly draftId: string
  readonly version: number
  readonly templateId: string
  readonly contactId: string
  readonly otherContactId: string
  readonly traceId: string
  readonly batchId: string
  readonly sessionId: string
  /** Of a personal token. */
  readonly tokenId: string
  /** Of a Google account. */
  readonly subject: string
  readonly quarantinedId: string
  readonly notificationId: string
  /** A moment that lies ahead, but not far. */
  readonly soon: string
  /** The owner's password now. */
  readonly password: string
}

/** Ids of nobody, in the shape of the right ones. */
export function nobodysIds(now: Date): NamedIds {
  const id = () => randomUUID()
  return {
    emailId: id(),
    threadId: randomBytes(8).toString('hex'),
    mailboxId: id(),
    draftId: id(),
    version: 1,
    templateId: id(),
    contactId: id(),
    otherContactId: id(),
    traceId: id(),
    batchId: id(),
    sessionId: id(),
    tokenId: id(),
    subject: id(),
    quarantinedId: id(),
    notificationId: '999999999999999',
    soon: inOneDay(now),
    password: 'the password of nobody',
  }
}

export function inOneDay(now: Date): string {
  return new Date(now.getTime() + 86_400_000).toISOString()
}

type ToInput = (ids: NamedIds) => object | undefined

const nothing: ToInput = () => undefined
const from = '2030-01-01T00:00:00.000Z'
const to = '2030-01-01T01:00:00.000Z'

/** These ask for no access token. */
export const openProcedures: readonly string[] = [
  'auth.register',
  'auth.login',
  'auth.refresh',
  'auth.logout',
  'auth.requestPasswordReset',
  'auth.resetPassword',
]

/** A right input of every procedure there is, which names each id that it takes; a new one must be put here. */
export const procedureInputs: Readonly<Record<string, ToInput>> = {
  'auth.register': () => ({ email: 'new@studio.example', password: 'correct horse battery' }),
  'auth.login': () => ({ email: 'new@studio.example', password: 'correct horse battery' }),
  'auth.refresh': nothing,
  'auth.logout': nothing,
  'auth.me': nothing,
  'auth.sessions': nothing,
  'auth.requestPasswordReset': () => ({ email: 'ada@engine.example' }),
  'auth.resetPassword': () => ({ token: 'x', password: 'correct horse staple' }),
  'auth.revokeSession': ({ sessionId }) => ({ sessionId }),
  'auth.tokens': nothing,
  'auth.createToken': () => ({ name: 'Report', expiresInDays: 30, scopes: ['read'] }),
  'auth.revokeToken': ({ tokenId }) => ({ tokenId }),
  'auth.logoutEverywhere': nothing,
  'auth.changePassword': ({ password }) => ({ currentPassword: password, newPassword: password }),
  'auth.logins': nothing,
  'auth.removeGoogleLogin': ({ subject }) => ({ subject }),
  'auth.deleteAccount': ({ password }) => ({ password }),
  'audit.list': nothing,
  'audit.verify': nothing,
  'mailboxes.authorizeUrl': () => ({ purpose: 'connect' }),
  'mailboxes.list': nothing,
  'mailboxes.estimateImport': ({ mailboxId }) => ({ mailboxId, lookBackDays: 30 }),
  'mailboxes.disconnect': ({ mailboxId }) => ({ mailboxId, storedMail: 'delete' }),
  'mailboxes.sync': ({ mailboxId }) => ({ mailboxId }),
  'emails.list': ({ mailboxId, threadId }) => ({ mailboxId, threadId }),
  'emails.get': ({ emailId }) => ({ emailId }),
  'emails.thread': ({ threadId }) => ({ threadId }),
  'emails.stats': nothing,
  'emails.process': ({ emailId }) => ({ emailId }),
  'emails.classify': ({ emailId }) => ({ emailId }),
  'emails.correctIntent': ({ emailId }) => ({ emailId, intent: 'other' }),
  'emails.dismiss': ({ emailId }) => ({ emailId }),
  'emails.quarantined': nothing,
  'emails.waiting': nothing,
  'emails.retryQuarantined': ({ quarantinedId }) => ({ id: quarantinedId }),
  'drafts.list': nothing,
  'drafts.get': ({ draftId }) => ({ draftId }),
  'drafts.edit': ({ draftId, version }) => ({ draftId, version, body: 'x' }),
  'drafts.approve': ({ draftId, version }) => ({ draftId, version }),
  'drafts.reject': ({ draftId, version }) => ({ draftId, version }),
  'drafts.undoReject': ({ draftId, version }) => ({ draftId, version }),
  'drafts.cancelSend': ({ draftId, version }) => ({ draftId, version }),
  'drafts.schedule': ({ draftId, version, soon }) => ({ draftId, version, sendAt: soon }),
  'drafts.regenerate': ({ draftId, version }) => ({ draftId, version }),
  'drafts.answer': ({ draftId, version }) => ({ draftId, version, answers: [{ id: 'q1', answer: 'Yes.' }] }),
  'drafts.bulkApprove': ({ draftId, version }) => ({ drafts: [{ draftId, version }] }),
  'drafts.bulkReject': ({ draftId, version }) => ({ drafts: [{ draftId, version }] }),
  'drafts.resolveSend': ({ draftId, version }) => ({ draftId, version, outcome: 'sent' }),
  'batches.list': nothing,
  'batches.get': ({ batchId }) => ({ batchId }),
  'batches.classify': ({ emailId }) => ({ emailIds: [emailId] }),
  'batches.process': ({ emailId }) => ({ emailIds: [emailId] }),
  'batches.cancel': ({ batchId }) => ({ batchId }),
  'batches.retryFailed': ({ batchId }) => ({ batchId }),
  'calendar.availability': ({ mailboxId }) => ({ mailboxId }),
  'calendar.events': ({ mailboxId }) => ({ mailboxId, from, to }),
  'calendar.createEvent': ({ draftId }) => ({ draftId, start: from, end: to }),
  'settings.get': nothing,
  'settings.update': () => ({ signature: 'x' }),
  'settings.setHubspotKey': () => ({ key: null }),
  'templates.list': nothing,
  'templates.get': ({ templateId }) => ({ templateId }),
  'templates.render': ({ templateId }) => ({ templateId }),
  'templates.export': nothing,
  'templates.import': () => ({ templates: [{ name: 'Hours', body: 'x' }] }),
  'templates.create': () => ({ name: 'Prices', body: 'x' }),
  'templates.update': ({ templateId, version }) => ({ templateId, version, name: 'Prices of this year' }),
  'templates.delete': ({ templateId }) => ({ templateId }),
  'templates.approve': ({ templateId, version }) => ({ templateId, version }),
  'contacts.list': nothing,
  'contacts.get': ({ contactId }) => ({ contactId }),
  'contacts.emails': ({ contactId }) => ({ contactId }),
  'contacts.export': nothing,
  'contacts.upsert': ({ contactId, version }) => ({ contactId, version, name: 'Ada' }),
  'contacts.delete': ({ contactId }) => ({ contactId }),
  'contacts.merge': ({ contactId, otherContactId }) => ({ intoId: contactId, fromIds: [otherContactId] }),
  'contacts.import': () => ({ csv: 'Name,E-mail Address\nBabbage,charles@engine.example' }),
  'traces.list': ({ emailId }) => ({ emailId }),
  'traces.get': ({ traceId }) => ({ traceId }),
  'traces.replay': ({ traceId }) => ({ traceId }),
  'metrics.summary': nothing,
  'metrics.intents': nothing,
  'metrics.latency': nothing,
  'metrics.tools': nothing,
  'metrics.usage': nothing,
  'metrics.timeseries': nothing,
  'trust.list': nothing,
  'notifications.list': nothing,
  'notifications.markRead': ({ notificationId }) => ({ ids: [notificationId] }),
  'notifications.stream': ({ notificationId }) => ({ lastEventId: notificationId }),
}
