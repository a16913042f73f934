import type { SandboxGoogle } from '../../../google-sandbox/sandbox.ts'
import { type DatabaseConfig, openDatabase } from '../../../server/db/engine/connection.ts'
import { rowsNaming } from '../../support/owner-traces.ts'
import { findDeadLetters } from './queue-time.ts'
import { hashRows } from '../kit/row-hashes.ts'

/** Where an owner's things are, and what nobody may touch while their workflow runs. */
export interface Whereabouts {
  readonly google: SandboxGoogle
  readonly database: { readonly config: DatabaseConfig }
  readonly owner: { readonly userId: string; readonly sessionId: string; readonly email: string }
  readonly bystander: { readonly userId: string }
}

export type Ending = Awaited<ReturnType<typeof readEnding>>

/** All that an owner's world holds once everything has come to rest. */
export async function readEnding({ google, database, owner, bystander }: Whereabouts) {
  await using opened = await openDatabase(database.config, () => undefined)
  const { db } = opened
  const { userId, email } = owner
  const inGmail = await google.messages(email)
  return {
    emails: await db.selectFrom('emails').where('userId', '=', userId).selectAll().orderBy('receivedAt').execute(),
    quarantined: await db.selectFrom('quarantinedMessages').where('userId', '=', userId).selectAll().execute(),
    drafts: await db.selectFrom('drafts').where('userId', '=', userId).selectAll().execute(),
    outbox: await db.selectFrom('outbox').where('userId', '=', userId).selectAll().execute(),
    runs: await db.selectFrom('traces').where('userId', '=', userId).selectAll().execute(),
    batches: await db.selectFrom('batches').where('userId', '=', userId).selectAll().execute(),
    batchItems: await db.selectFrom('batchItems').where('userId', '=', userId).selectAll().execute(),
    mailboxes: await db.selectFrom('mailboxes').where('userId', '=', userId).selectAll().execute(),
    identities: await db.selectFrom('googleIdentities').where('userId', '=', userId).selectAll().execute(),
    notifications: await db.selectFrom('notifications').where('userId', '=', userId).selectAll().execute(),
    spend: await db.selectFrom('spend').where('userId', '=', userId).selectAll().execute(),
    systemSpend: await db.selectFrom('systemSpend').selectAll().execute(),
    vectors: await db.selectFrom('embeddings').where('userId', '=', userId).select('emailId').execute(),
    bystander: await hashRows(db, bystander.userId),
    /** Rows that name the owner, by table, those of the queue too. */
    remains: await rowsNaming(db, [userId, email]),
    tombstones: await db.selectFrom('accountTombstones').select('id').execute(),
    revocations: await db.selectFrom('grantRevocations').select('id').execute(),
    deadLetters: await findDeadLetters(db),
    inGmail,
    gmailDrafts: await google.drafts(email),
    delivered: deliveries(inGmail),
  }
}

type Messages = Awaited<ReturnType<SandboxGoogle['messages']>>

/** What the product sent, by send. */
function deliveries(messages: Messages): string[] {
  return messages
    .filter(({ labelIds }) => labelIds.includes('SENT'))
    .flatMap(({ raw }) => /^x-reasonflow-outbox: *(\S+)/im.exec(raw.toString('latin1'))?.[1] ?? [])
}
