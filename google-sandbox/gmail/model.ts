import type { Ids } from './ids.ts'
import type { MimePart } from './mime.ts'

export interface Message {
  readonly id: string
  readonly threadId: string
  readonly raw: Buffer
  readonly root: MimePart
  /** The Message-ID header. */
  readonly messageId: string | undefined
  readonly internalDate: number
  /** When it was sent from here; unset for everything else. */
  readonly sentAt: number | undefined
  readonly labelIds: Set<string>
  /** Of the last change to this message. */
  historyId: bigint
}

export type HistoryType = 'messageAdded' | 'messageDeleted' | 'labelAdded' | 'labelRemoved'

export interface HistoryRecord {
  readonly id: bigint
  readonly type: HistoryType
  readonly message: { readonly id: string; readonly threadId: string; readonly labelIds: readonly string[] }
  /** The labels that came or went. */
  readonly labelIds: readonly string[]
}

export interface Mailbox {
  readonly ids: Ids
  /** Called after every change. */
  readonly changed: () => void
  /** In order of arrival. */
  readonly messages: Map<string, Message>
  /** Draft id to its present message. */
  readonly drafts: Map<string, Message>
  readonly history: HistoryRecord[]
  /** Threads their owner has muted: no label tells of it, only a search does. */
  readonly muted: Set<string>
  historyId: bigint
  /** History from before this id is no longer told. */
  oldestHistoryId: bigint
}
