import { parseConfig } from '../../../server/config.ts'
import type { AppContext } from '../../../server/context.ts'
import { createLogger } from '../../../server/logger.ts'
import { workOnSend } from '../../../server/services/sending/work-on-send.ts'
import type { ParsedMail } from '../../../server/mail/fields.ts'
import type { Bench } from './bench.ts'
import type { Configuration } from './configurations.ts'
import { asOneWorker, GmailModel, type Sender } from './gmail-model.ts'
import { QueueModel } from './queue-model.ts'
import { Workers } from './workers.ts'
import type { GmailDraft, World } from './world.ts'

/** How a reply is sent. The product's own way; another one only to see that the search finds what is wrong with it. */
export interface Protocol {
  readonly dispatch: typeof workOnSend
  readonly senderOf: (gmail: GmailModel) => Sender
}

export const ours: Protocol = { dispatch: workOnSend, senderOf: (gmail) => gmail }

/** The real code on a real database, with the time, Gmail, the queue and the workers in our hands. */
export interface Stage {
  readonly bench: Bench
  readonly configuration: Configuration
  readonly world: World
  readonly queue: QueueModel
  readonly workers: Workers
  readonly ctx: AppContext
  /** The work of one job. */
  dispatch(outboxId: string): Promise<void>
}

const config = parseConfig({
  APP_ENV: 'test',
  JWT_SECRET_KEY: 'a secret of the tests, long enough to be one',
  ENCRYPTION_KEY: Buffer.from('a key of the tests: 32 bytes now').toString('base64'),
  MODEL_PROVIDER: 'offline',
})
const logger = createLogger({ level: 'silent', pretty: false })
const never = new AbortController().signal

export function setStage(
  { bench, configuration, protocol }: { bench: Bench; configuration: Configuration; protocol: Protocol },
  world: World,
): Stage {
  const queue = new QueueModel(world)
  const mailSender = protocol.senderOf(new GmailModel(configuration, world))
  const clock = { now: () => new Date(world.now) }
  const sending = { config, logger, db: bench.db, stopping: never, clock, jobs: queue, mailSender, mime }
  // Sending needs no other port; if it did, it would find none and fail.
  const ctx = sending as unknown as AppContext
  return {
    bench,
    configuration,
    world,
    queue,
    workers: new Workers(),
    ctx,
    dispatch: (outboxId) => asOneWorker(() => protocol.dispatch(ctx, { userId: bench.userId, outboxId }, never)),
  }
}

/** Bytes that the model of Gmail can read. */
const mime: Pick<AppContext['mime'], 'compose' | 'parse'> = {
  compose: async (reply) => Buffer.from(JSON.stringify(reply)),
  parse: async (raw) => ({ kind: 'parsed', mail: toParsed(raw), problem: null }),
}

function toParsed(raw: Buffer): ParsedMail {
  const { outboxId, ...mail } = JSON.parse(raw.toString()) as GmailDraft['mail'] & { outboxId: string | null }
  return {
    bcc: [],
    ...mail,
    headers: outboxId === null ? {} : { 'x-reasonflow-outbox': outboxId },
    messageId: null,
    replyTo: [],
    plainText: mail.text,
    freshText: mail.text,
    html: null,
    attachments: [],
    flags: [],
    calendar: null,
    report: null,
  }
}
