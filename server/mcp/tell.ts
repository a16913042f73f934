import type {
  Address,
  Draft,
  DraftInRewriting,
  DraftPage,
  DraftWithOriginal,
  Email,
  EmailPage,
  Thread,
} from '../../shared-types/index.ts'

/** Of one mail: longer ones are mostly what was quoted, and an assistant pays for every word. */
export const mostTextCharacters = 20_000
/** Of a mail in a thread. */
export const mostThreadTextCharacters = 4_000
export const mostThreadMessages = 25
const previewCharacters = 500
/** Recipients, attachments and the like of one mail. */
const mostOf = 50

export function tellEmailPage({ items, nextCursor }: EmailPage): object {
  return { items: items.map((item) => ({ ...item, subject: cut(item.subject, previewCharacters) })), nextCursor }
}

/** Neither the HTML, which can hide words from its reader, nor the raw headers. */
export function tellEmail({ html: _html, headers: _headers, ...email }: Email): object {
  return toldEmail(email, mostTextCharacters)
}

export function tellThread({ threadId, messages }: Thread): object {
  const newest = messages.slice(-mostThreadMessages)
  return {
    threadId,
    olderLeftOut: messages.length - newest.length,
    messages: newest.map(({ html: _html, headers: _headers, ...email }) => toldEmail(email, mostThreadTextCharacters)),
  }
}

function toldEmail({ text, ...email }: Omit<Email, 'html' | 'headers'>, most: number): object {
  const few = <T>(list: readonly T[]) => list.slice(0, mostOf)
  return {
    ...email,
    to: few(email.to),
    cc: few(email.cc),
    replyTo: few(email.replyTo),
    attachments: few(email.attachments),
    ...toldText(text, most),
  }
}

/** Of each draft only how it begins, or a page would be longer than anybody reads. */
export function tellDraftPage({ items, nextCursor }: DraftPage): object {
  return {
    items: items.map(({ id, version, status, original, openQuestions, reasons, confidence, body, createdAt }) => ({
      draftId: id,
      version,
      status,
      original,
      openQuestions,
      reasons,
      confidence,
      begins: cut(body, previewCharacters),
      createdAt,
    })),
    nextCursor,
  }
}

/** The body whole, since it is put back whole when it is edited; of the sentences those that stand on nothing. */
export function tellWholeDraft({ sentences, original, ...draft }: DraftWithOriginal): object {
  const { html: _html, text, ...mail } = original
  return {
    ...toldDraft(draft),
    unsupported: sentences.filter(({ unsupported }) => unsupported.length > 0).slice(0, mostOf),
    original: { ...mail, attachments: mail.attachments.slice(0, mostOf), ...toldText(text, mostTextCharacters) },
  }
}

export function tellDraft(draft: Draft | DraftInRewriting): object {
  return toldDraft(draft)
}

export function tellRun({ traceId }: { traceId: string }): object {
  return { traceId }
}

function toldDraft({ id, to, ...draft }: { id: string; to: readonly Address[] }): object {
  return { draftId: id, to: to.slice(0, mostOf), ...draft }
}

function toldText(text: string, most: number): { text: string; textIsCut: boolean } {
  return { text: cut(text, most), textIsCut: text.length > most }
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most).toWellFormed()}…` : text
}
