import { accountOf, type SandboxState } from '../state.ts'
import { draftOf, saveDraft, sendDraft } from './drafts.ts'
import { changeLabels, removeMessage, threadMessages } from './mailbox.ts'
import type { Message } from './model.ts'

/** What a person does in Gmail: past all scopes and faults, and never metered. An unknown id throws. */
export interface ByHand {
  /** Read and unread, starred, archived, spam, trash: all are labels. */
  label(messageId: string, change: { add?: readonly string[]; remove?: readonly string[] }): void
  /** Archives the conversation; what comes in it later skips the inbox too. Moving it to the inbox undoes that. */
  mute(threadId: string): void
  /** Makes a label of the owner's own; answers its id. */
  createLabel(name: string): Promise<string>
  /** For good, not into the trash. */
  delete(messageId: string): void
  /** Writes a draft, in a thread or on its own; answers its id. To edit one is to discard it and to write another. */
  saveDraft(raw: Buffer | string, threadId?: string): string
  /** As a mail program does it that keeps the draft's id; in another thread if one is named. */
  changeDraft(draftId: string, raw: Buffer | string, threadId?: string): void
  discardDraft(draftId: string): void
  sendDraft(draftId: string): { id: string; threadId: string }
}

export function byHand(state: SandboxState, email: string): ByHand {
  const account = accountOf(state, email)
  const { mailbox } = account
  const messageOf = (messageId: string): Message => {
    const message = mailbox.messages.get(messageId)
    if (!message) throw new Error(`There is no message ${messageId}`)
    return message
  }
  return {
    label: (messageId, { add = [], remove = [] }) => changeLabels(mailbox, messageOf(messageId), [...add], [...remove]),
    mute(threadId) {
      for (const message of threadMessages(mailbox, threadId)) changeLabels(mailbox, message, [], ['INBOX'])
      mailbox.muted.add(threadId)
    },
    async createLabel(name) {
      const { body } = await account.upstream.json('POST', '/gmail/v1/users/me/labels', { name })
      return String(body.id)
    },
    delete: (messageId) => removeMessage(mailbox, messageOf(messageId)),
    saveDraft(raw, threadId) {
      const draftId = mailbox.ids.draft()
      saveDraft(mailbox, draftId, { raw: Buffer.from(raw), threadId })
      return draftId
    },
    changeDraft(draftId, raw, threadId) {
      const { message } = draftOf(mailbox, draftId)
      removeMessage(mailbox, message)
      saveDraft(mailbox, draftId, { raw: Buffer.from(raw), threadId: threadId ?? message.threadId })
    },
    discardDraft: (draftId) => removeMessage(mailbox, draftOf(mailbox, draftId).message),
    sendDraft(draftId) {
      const { id, threadId } = sendDraft(state, account, draftId)
      return { id, threadId }
    },
  }
}
