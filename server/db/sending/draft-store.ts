import type { Kysely } from 'kysely'
import type { Address, DraftSentence, OpenQuestion, Reason, Source } from '../../../shared-types/index.ts'
import { contentHash } from '../../mail/content-hash.ts'
import { jsonText } from '../engine/json.ts'
import type { DB } from '../engine/schema.ts'

export interface NewDraft {
  readonly id: string
  readonly emailId: string
  readonly traceId: string
  readonly subject: string
  readonly to: readonly Address[]
  readonly body: string
  readonly confidence: number
  readonly reasons: readonly Reason[]
  readonly openQuestions: readonly OpenQuestion[]
  readonly sources: readonly Source[]
  readonly sentences?: readonly DraftSentence[] | undefined
  /** Which model wrote it, by which prompts. */
  readonly agentVersion?: string
  /** The approved template it is, and which of its texts. */
  readonly templateId?: string | undefined
  readonly templateVersion?: number | undefined
  readonly createdAt: string
}

/** What waited for a decision makes room: for a new draft, or because nothing is to be answered any more. */
export async function supersedeDrafts(trx: Kysely<DB>, userId: string, emailId: string): Promise<void> {
  await trx
    .updateTable('drafts')
    .set({ status: 'superseded' })
    .where('userId', '=', userId)
    .where('emailId', '=', emailId)
    .where('status', 'in', ['pending', 'rejected'])
    .execute()
}

/** The draft that waited for the owner, or for its send, does not any more. */
export async function closeDrafts(trx: Kysely<DB>, userId: string, emailId: string): Promise<void> {
  await trx
    .updateTable('drafts')
    .set({ status: 'superseded' })
    .where('userId', '=', userId)
    .where('emailId', '=', emailId)
    .where('status', 'in', ['pending', 'approved'])
    .execute()
}

/** The draft with its first version. */
export async function insertDraft(trx: Kysely<DB>, userId: string, draft: NewDraft): Promise<void> {
  const { to, openQuestions, sources, sentences, reasons, ...rest } = draft
  await trx
    .with('draft', (made) =>
      made.insertInto('drafts').values({
        ...rest,
        userId,
        status: 'pending',
        toAddresses: JSON.stringify(to),
        openQuestions: JSON.stringify(openQuestions),
        sources: JSON.stringify(sources),
        sentences: jsonText(sentences),
        reasons: jsonText(reasons),
      }),
    )
    .insertInto('draftVersions')
    .values(versionOf(userId, { ...draft, version: 1, author: 'agent' }))
    .execute()
}

interface NewVersion extends Pick<NewDraft, 'id' | 'to' | 'subject' | 'body' | 'createdAt'> {
  readonly version: number
  readonly author: 'agent' | 'owner' | 'program'
}

export async function insertVersion(trx: Kysely<DB>, userId: string, draft: NewVersion): Promise<void> {
  await trx.insertInto('draftVersions').values(versionOf(userId, draft)).execute()
}

function versionOf(userId: string, draft: NewVersion) {
  const { id: draftId, version, author, body, createdAt } = draft
  return { userId, draftId, version, author, body, contentHash: contentHash(draft), createdAt }
}

export async function setRejectReason(
  trx: Kysely<DB>,
  userId: string,
  draftId: string,
  reason: string | null,
): Promise<void> {
  await trx
    .updateTable('drafts')
    .set({ rejectReason: reason })
    .where('userId', '=', userId)
    .where('id', '=', draftId)
    .execute()
}
