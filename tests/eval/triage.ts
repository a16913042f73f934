import { z } from 'zod'
import { corpusFile, hasCorpus } from '../support/corpus.ts'
import { openInbox } from '../support/connected-inbox.ts'
import type { Split } from './case.ts'
import { type EvalStage, now } from './world.ts'

/** A mail of the public set, see the README of the test corpus. */
const TriageMail = z.object({
  id: z.uuid(),
  sender: z.string(),
  to: z.array(z.string()),
  cc: z.array(z.string()).nullable(),
  subject: z.string(),
  body: z.string(),
  suggestedAction: z.enum(['reply', 'archive', 'none']),
  is_phishing: z.boolean(),
  promotional_subtype: z.enum(['spam', 'adversarial', 'legitimate']).nullable(),
})
type TriageMail = z.infer<typeof TriageMail>

export interface TriageRead {
  readonly expected: { readonly needsReply: boolean; readonly isUnwanted: boolean }
  readonly needsReply: boolean
  readonly isSpam: boolean
}

/** Half of them by the first digit of their ids, which are random. Without a corpus: none. */
export function readTriage(split: Split): TriageMail[] {
  if (!hasCorpus()) return []
  const lines = corpusFile('inbox/triage.jsonl').toString().trim().split('\n')
  const mails = lines.map((line) => TriageMail.parse(JSON.parse(line)))
  return mails.filter(({ id }) => (parseInt(id[0] ?? '0', 16) % 2 === 0) === (split === 'dev'))
}

/** Each mail comes to an owner of its own, as nobody has written before. */
export async function playTriage({ app }: EvalStage, mails: readonly TriageMail[]): Promise<TriageRead[]> {
  const read: TriageRead[] = []
  const inbox = await openInbox(app, { autonomy: 'ask', dailyTokenBudget: 1_000_000_000, dailyModelBudget: 10_000 })
  for (const mail of mails) {
    const received = await inbox.receive({
      from: fromLine(mail.sender),
      ...(mail.cc?.length && { cc: mail.cc.join(', ') }),
      subject: mail.subject.replaceAll(/\s+/g, ' '),
      text: mail.body.replaceAll(/\r?\n/g, '\r\n'),
      at: now,
    })
    const isUnwanted = mail.is_phishing || mail.promotional_subtype === 'spam'
    read.push({
      expected: { needsReply: mail.suggestedAction === 'reply' && !isUnwanted, isUnwanted },
      needsReply: received.status === 'needs_review',
      isSpam: received.intent === 'spam',
    })
  }
  return read
}

/** A name that is more than a word stands in quotes (RFC 5322). */
function fromLine(sender: string): string {
  const [, name, address] = /^\s*(.*?)\s*<([^<>]+)>\s*$/.exec(sender) ?? []
  return name && address ? `"${name.replaceAll(/["\\]/g, '')}" <${address}>` : sender
}
