import type { Workflow } from './workflow.ts'
import { connect } from './workflows/connect.ts'
import { firstImport } from './workflows/first-import.ts'
import { process } from './workflows/process.ts'
import { send, sendAnswerLost } from './workflows/send.ts'
import { incrementalSync, resync } from './workflows/sync.ts'
import { deadGrant, tokenRefresh } from './workflows/tokens.ts'

/** Every workflow whose steps are enumerated. */
export const workflows: readonly Workflow[] = [
  firstImport,
  incrementalSync,
  resync,
  process,
  send,
  sendAnswerLost,
  connect,
  tokenRefresh,
  deadGrant,
]
