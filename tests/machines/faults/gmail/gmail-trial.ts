import { createGoogleAuth } from '../../../../server/adapters/google/auth.ts'
import { createGmail } from '../../../../server/adapters/google/gmail.ts'
import { createPgGoogleTokens } from '../../../../server/adapters/pg-google-tokens.ts'
import { createPgQuota } from '../../../../server/adapters/pg-quota.ts'
import type { AppContext } from '../../../../server/context.ts'
import type { Circuits, Ports } from '../../../../server/ports.ts'
import { Trial } from '../trial.ts'
import type { GmailScene } from './scenes.ts'

export type GmailPorts = Pick<Ports, 'mailbox' | 'mailSender' | 'mailboxWatch'>
/** Puts something broken in place of the product's own, to see that it is noticed. */
export type SpoilGmail = (ports: GmailPorts) => GmailPorts

export interface GmailTrial extends Trial {
  readonly scene: GmailScene
}

/** A request may take `deadlineMs`; waits that Google asks for are left to the jobs, whose time is in our hands. */
export function openGmailTrial(
  scene: GmailScene,
  deadlineMs: number,
  spoil: SpoilGmail = (ports) => ports,
): GmailTrial {
  const makePorts = ({ config, db, logger, sealer, clock }: AppContext, circuits: Circuits) => {
    if (!config.google) throw new Error('the trial needs a Google')
    const googleAuth = createGoogleAuth(config.google, { deadlineMs, circuit: circuits['google-oauth'] })
    const tokens = createPgGoogleTokens({ db, sealer, googleAuth, clock, logger })
    const quota = createPgQuota({ db, logger }, config.gmailUnitsPerMinute)
    const options = { deadlineMs, backoffMs: 1, longestWaitMs: 0, quota, circuit: circuits.gmail }
    return spoil(createGmail(config.google, tokens, options))
  }
  return Object.assign(new Trial(scene, makePorts, scene.workflow.config), { scene })
}
