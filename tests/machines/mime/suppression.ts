import { machineReason } from '../../../server/mail/machine-mail.ts'
import type { MailReading } from '../../../server/mail/fields.ts'
import type { MimeCodec } from '../../../server/ports.ts'
import { corpusFile } from '../../support/corpus.ts'
import type { CorpusReading } from './corpus-readings.ts'

export interface Suppression {
  readonly machines: number
  readonly machineSuppressed: number
  readonly humans: number
  readonly humanSuppressed: number
  /** Machine mail let through and human mail held back, by name. */
  readonly mistakes: readonly string[]
}

interface TriageMail {
  readonly id: string
  readonly sender: string
  readonly to: readonly string[]
  readonly subject: string
  readonly body: string
  readonly suggestedAction: string
  readonly is_phishing: boolean
}

/** Machine mail of `machine-mail`; the mails of people there, and those of `inbox` that need a reply. */
export async function trySuppression(codec: MimeCodec, corpus: readonly CorpusReading[]): Promise<Suppression> {
  const labels = JSON.parse(corpusFile('machine-mail/labels.json').toString()) as {
    messages: { file: string; kind: string }[]
  }
  const people = new Set(labels.messages.filter(({ kind }) => kind === 'not-a-bounce').map(({ file }) => file))
  const tried = corpus.filter(({ name }) => name.startsWith('machine-mail/'))
  const isHuman = ({ name }: CorpusReading) => people.has(name.replace('machine-mail/', ''))
  const machines = tried.filter((mail) => !isHuman(mail))
  const humans = [...tried.filter(isHuman), ...(await inboxMails(codec))]
  const passed = machines.filter(({ reading }) => reasonOf(reading) === null)
  const held = humans.filter(({ reading }) => reasonOf(reading) !== null)
  return {
    machines: machines.length,
    machineSuppressed: machines.length - passed.length,
    humans: humans.length,
    humanSuppressed: held.length,
    mistakes: [...passed, ...held].map(({ name, reading }) => `${name}: ${reasonOf(reading) ?? 'let through'}`),
  }
}

/**
 * The ordinary mails that need a reply. One of them asks from an address that says it takes none (RFC 3834 has it
 * suppressed, rightly): it is not among them.
 */
async function inboxMails(codec: MimeCodec): Promise<{ name: string; reading: MailReading }[]> {
  const lines = corpusFile('inbox/triage.jsonl').toString().trim().split('\n')
  const mails = lines
    .map((line) => JSON.parse(line) as TriageMail)
    .filter((mail) => mail.suggestedAction === 'reply' && !mail.is_phishing && !/\bno-?reply@/.test(mail.sender))
  return Promise.all(mails.map(async (mail) => ({ name: `inbox/${mail.id}`, reading: await codec.parse(rawOf(mail)) })))
}

function rawOf({ sender, to, subject, body }: TriageMail): Buffer {
  const head = [`From: ${sender}`, `To: ${to.join(', ')}`, `Subject: ${subject}`]
  return Buffer.from([...head, 'Content-Type: text/plain; charset=utf-8', '', body].join('\r\n'))
}

function reasonOf({ mail }: MailReading): string | null {
  if (!mail) return 'it could not be read'
  const { headers, from, subject, report } = mail
  const ownerAddress = 'owner@studio.example'
  const facts = {
    headers,
    fromName: from.name,
    fromAddress: from.address,
    subject,
    report,
    labels: ['INBOX'],
    ownerAddress,
  }
  return machineReason(facts)?.text ?? null
}
