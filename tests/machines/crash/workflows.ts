import type { Workflow } from './workflow.ts'
import { accountDelete } from './workflows/account.ts'
import { batch } from './workflows/batch.ts'
import { connect } from './workflows/connect.ts'
import { firstImport } from './workflows/first-import.ts'
import { muted } from './workflows/muted.ts'
import { process, processPaid } from './workflows/process.ts'
import { send, sendAnswerLost, sendRefused, sendUndone } from './workflows/send.ts'
import { incrementalSync, pushedSync, resync } from './workflows/sync.ts'
import { deadGrant, tokenRefresh } from './workflows/tokens.ts'
import { watchRenewal } from './workflows/watch.ts'

/** Every workflow whose steps are enumerated. */
export const workflows: readonly Workflow[] = [
  firstImport,
  incrementalSync,
  pushedSync,
  resync,
  process,
  processPaid,
  batch,
  muted,
  send,
  sendAnswerLost,
  sendRefused,
  sendUndone,
  connect,
  tokenRefresh,
  deadGrant,
  watchRenewal,
  accountDelete,
]
