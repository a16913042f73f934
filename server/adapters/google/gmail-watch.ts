import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js'
import { z } from 'zod'
import type { MailboxWatch } from '../../ports.ts'
import type { GoogleClient } from './client.ts'
import { quotaUnits } from './quota-costs.ts'
import { NoAnswer } from './gmail-answers.ts'

const me = { userId: 'me' } as const
const nobodys = { userId: '', mailboxId: '' }

/** Milliseconds since 1970, as a 64-bit integer in a string. */
const WatchAnswer = z.object({ expiration: z.string().regex(/^\d{1,15}$/) })

/** Push of mailbox changes (developers.google.com/workspace/gmail/api/guides/push); a watch lasts seven days. */
export function createGmailWatch(
  users: gmail_v1.Resource$Users,
  client: GoogleClient,
  clientWith: (accessToken: string) => GoogleClient,
): MailboxWatch {
  return {
    async watch(mailbox, topic, signal) {
      const { expiration } = await client.read({
        mailbox,
        signal,
        units: quotaUnits['users.watch'],
        answer: WatchAnswer,
        send: (options) => users.watch({ ...me, requestBody: { topicName: topic } }, options),
      })
      return { expiresAt: new Date(Number(expiration)) }
    },

    async stop(mailbox, signal) {
      await client.read({
        mailbox,
        signal,
        units: quotaUnits['users.stop'],
        answer: NoAnswer,
        send: (options) => users.stop(me, options),
      })
    },

    async stopWith(accessToken, signal) {
      await clientWith(accessToken).write({
        mailbox: nobodys,
        signal,
        // Nothing else asks for this mailbox any more.
        units: 0,
        answer: NoAnswer,
        send: (options) => users.stop(me, options),
      })
    },
  }
}
