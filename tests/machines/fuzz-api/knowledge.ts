import { inOneDay, type NamedIds } from '../../support/procedure-inputs.ts'
import { pushClaims, type PushedApp } from '../../support/push.ts'
import type { Random } from '../../support/seeded-random.ts'
import type { Tenant } from '../tenants/world.ts'
import type { Stock } from './hostile.ts'

/** What a client knows at a time. */
export interface Knowledge extends Stock {
  readonly address: string
  /** Access tokens: the owner's, and programs' that may read and draft. */
  readonly session: string
  /** Of a session that may end. */
  readonly doomed: string
  readonly read: string
  readonly draft: string
  /** As Pub/Sub signs its pushes. */
  readonly push: string
  /** Of things that the owner has, and nobody has taken away yet. */
  ids(procedure: string, random: Random): NamedIds
}

type Own = Pick<Stock, 'naughty' | 'foreign' | 'nobody'>

/** What this owner's client would know by now. */
export async function learn(app: PushedApp, tenant: Tenant, stock: Own): Promise<Knowledge> {
  const { userId } = tenant.owner
  const { db } = app
  const session = await tenant.newSession()
  const api = app.as({ userId, sessionId: session.sessionId })
  await db.deleteFrom('personalTokens').where('userId', '=', userId).execute()
  const tokens = await Promise.all(
    (['read', 'draft'] as const).map((scope) =>
      api.auth.createToken({ name: 'A program', expiresInDays: 30, scopes: [scope] }),
    ),
  )
  const drafts = await db
    .selectFrom('drafts')
    .where('userId', '=', userId)
    .orderBy('createdAt', 'desc')
    .limit(20)
    .select(['id', 'version', 'emailId'])
    .execute()
  const templates = await db
    .selectFrom('templates')
    .where('userId', '=', userId)
    .limit(20)
    .select(['id', 'version'])
    .execute()
  const contacts = await db
    .selectFrom('contacts')
    .where('userId', '=', userId)
    .limit(20)
    .select(['id', 'version'])
    .execute()
  const traces = await db.selectFrom('traces').where('userId', '=', userId).limit(20).select('id').execute()
  const batches = await db.selectFrom('batches').where('userId', '=', userId).limit(20).select('id').execute()
  const doomed = await tenant.newSession()
  const cursors = await cursorsOf(api)
  const own = {
    ...tenant.ids,
    sessionId: doomed.sessionId,
    tokenId: tokens[0]?.id ?? '',
    soon: inOneDay(app.clock.now()),
  }
  return {
    ...stock,
    address: tenant.owner.email,
    cursors,
    session: session.token,
    doomed: doomed.token,
    read: tokens[0]?.token ?? '',
    draft: tokens[1]?.token ?? '',
    push: app.google.sign(pushClaims()),
    ids(procedure, random) {
      const draft = random.pick(drafts)
      const template = random.pick(templates)
      const contact = random.pick(contacts)
      const versions: Readonly<Record<string, number | undefined>> = {
        templates: template?.version,
        contacts: contact?.version,
      }
      return {
        ...own,
        draftId: draft?.id ?? own.draftId,
        emailId: draft?.emailId ?? own.emailId,
        version: versions[procedure.split('.')[0] ?? ''] ?? draft?.version ?? 1,
        templateId: template?.id ?? own.templateId,
        contactId: contact?.id ?? own.contactId,
        otherContactId: random.pick(contacts)?.id ?? own.otherContactId,
        traceId: random.pick(traces)?.id ?? own.traceId,
        batchId: random.pick(batches)?.id ?? own.batchId,
      }
    },
  }
}

type Api = ReturnType<PushedApp['as']>

/** Where the lists of this owner go on. */
async function cursorsOf(api: Api): Promise<string[]> {
  const few = { limit: 1 }
  const pages = await Promise.all([
    api.emails.list(few),
    api.drafts.list(few),
    api.templates.list(few),
    api.contacts.list(few),
    api.traces.list(few),
    api.notifications.list(few),
    api.audit.list(few),
    api.auth.sessions(few),
    api.auth.tokens(few),
    api.batches.list(few),
    api.trust.list(few),
  ])
  return pages.flatMap(({ nextCursor }) => nextCursor ?? [])
}
