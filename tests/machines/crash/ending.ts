import type { SandboxGoogle } from '../../../demo/sandbox/sandbox.ts'
import { openDatabase } from '../../../server/db/connection.ts'
import { rowHashes } from './row-hashes.ts'
import type { World } from './stage.ts'

/** What nobody may change while a workflow of another owner runs. */
export async function readBystander({ database, bystander }: World): Promise<Record<string, string>> {
  await using opened = await openDatabase(database.config, () => undefined)
  return await rowHashes(opened.db, bystander.userId)
}

export type Ending = Awaited<ReturnType<typeof readEnding>>

/** All that an owner's world holds once everything has come to rest. */
export async function readEnding({ google, database, arranged, bystander }: World) {
  await using opened = await openDatabase(database.config, () => undefined)
  const { db } = opened
  const { userId, email } = arranged.owner
  const inGmail = await google.messages(email)
  return {
    emails: await db.selectFrom('emails').where('userId', '=', userId).selectAll().orderBy('receivedAt').execute(),
    quarantined: await db.selectFrom('quarantinedMessages').where('userId', '=', userId).selectAll().execute(),
    drafts: await db.selectFrom('drafts').where('userId', '=', userId).selectAll().execute(),
    outbox: await db.selectFrom('outbox').where('userId', '=', userId).selectAll().execute(),
    runs: await db.selectFrom('traces').where('userId', '=', userId).selectAll().execute(),
    mailboxes: await db.selectFrom('mailboxes').where('userId', '=', userId).selectAll().execute(),
    identities: await db.selectFrom('googleIdentities').where('userId', '=', userId).selectAll().execute(),
    notifications: await db.selectFrom('notifications').where('userId', '=', userId).selectAll().execute(),
    vectors: await db.selectFrom('embeddings').where('userId', '=', userId).select('emailId').execute(),
    bystander: await rowHashes(db, bystander.userId),
    inGmail,
    gmailDrafts: await google.drafts(email),
    delivered: deliveries(inGmail),
  }
}

type Messages = Awaited<ReturnType<SandboxGoogle['messages']>>

/** What the product sent, by outbox entry. */
function deliveries(messages: Messages): string[] {
  return messages
    .filter(({ labelIds }) => labelIds.includes('SENT'))
    .flatMap(({ raw }) => /^x-reasonflow-outbox: *(\S+)/im.exec(raw.toString('latin1'))?.[1] ?? [])
}
