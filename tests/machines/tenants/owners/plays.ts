import { accountsPlays } from './accounts.ts'
import { batchesPlays } from './batches.ts'
import { contactsPlays } from './contacts.ts'
import { emailsPlays } from './emails.ts'
import { everybodysPlays } from './everybody.ts'
import type { Known } from './known.ts'
import { mailboxesPlays } from './mailboxes.ts'
import { metricsPlays } from './metrics.ts'
import type { Play } from './play.ts'
import { runsPlays } from './runs.ts'
import { sendingPlays } from './sending.ts'

/** Every query function that takes an owner, each called at least once, and what joins rows by their owner. */
export function allPlays(known: Known): Play[] {
  return [
    accountsPlays,
    batchesPlays,
    contactsPlays,
    emailsPlays,
    mailboxesPlays,
    metricsPlays,
    runsPlays,
    sendingPlays,
    everybodysPlays,
  ].flatMap((family) => family(known))
}
