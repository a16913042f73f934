import type { Settings } from '../../../shared-types/index.ts'

/** The test that fails when a setting is ignored: its file, below `tests`, and its name, or the beginning of it. */
export interface Proof {
  readonly file: string
  readonly test: string
}

const dispatch = 'services/sending/automatic-dispatch.test.ts'
const inUndoWindow = (setting: string): Proof => ({ file: dispatch, test: `{ ${setting}: ` })
const drafting = 'agent/pipeline-settings.test.ts'

/** Of every setting: that it acts. */
export const proofs: Readonly<Record<keyof Settings, Proof>> = {
  autonomy: inUndoWindow('autonomy'),
  sendingPaused: inUndoWindow('sendingPaused'),
  dailySendCap: inUndoWindow('dailySendCap'),
  hourlySendCap: inUndoWindow('hourlySendCap'),
  correspondentDailyCap: inUndoWindow('correspondentDailyCap'),
  quietHours: { file: dispatch, test: 'in quiet hours it waits for their end' },
  allowedCorrespondents: inUndoWindow('allowedCorrespondents'),
  deniedCorrespondents: inUndoWindow('deniedCorrespondents'),
  allowedIntents: { file: 'agent/pipeline-mode.test.ts', test: 'mail of a kind that the owner does not let go' },
  templateReplies: { file: 'agent/pipeline-templates.test.ts', test: 'with templates switched off none goes out' },
  freeTextReplies: { file: 'agent/pipeline-templates.test.ts', test: 'without an approved template only an owner who' },
  freeBusyShareable: { file: 'agent/pipeline-mode.test.ts', test: 'when the owner is free goes out unread only if' },
  minimumEarlierMessages: inUndoWindow('minimumEarlierMessages'),
  trustApprovals: { file: 'services/trust.test.ts', test: 'the owner says how many it takes' },
  minimumConfidence: inUndoWindow('minimumConfidence'),
  dailyModelBudget: { file: 'agent/pipeline-budget.test.ts', test: 'over the budget a mail waits' },
  dailyTokenBudget: { file: 'adapters/budget.test.ts', test: 'the budget in tokens holds' },
  undoWindowSeconds: { file: 'services/sending/outbox-undo.test.ts', test: 'a send cancelled in its undo window' },
  syncFrequencyMinutes: { file: 'services/sync/mailbox-sync-settings.test.ts', test: 'a mailbox is read again when' },
  classifyOnSync: { file: 'services/sync/mailbox-sync-settings.test.ts', test: 'with classifying and processing' },
  processOnSync: { file: 'services/sync/mailbox-sync-settings.test.ts', test: 'with processing on sync is' },
  lookBackDays: { file: 'services/sync/mailbox-sync.test.ts', test: 'the first import takes the mail' },
  retentionDays: { file: 'services/retention.test.ts', test: 'what is older than its owner wants it kept goes' },
  mutedNotifications: { file: 'services/digest.test.ts', test: 'what an owner muted is not told' },
  digestHour: { file: 'services/digest.test.ts', test: 'at the hour of their day an owner is told once' },
  workingDays: { file: drafting, test: 'offered times keep to working days' },
  workingHoursStart: { file: drafting, test: 'offered times keep to working days' },
  workingHoursEnd: { file: drafting, test: 'offered times keep to working days' },
  timeZone: { file: drafting, test: 'offered times keep to working days' },
  signature: { file: drafting, test: 'the signature closes the draft' },
  tone: { file: drafting, test: 'the tone is the owner’s' },
  languages: { file: drafting, test: 'the language of a reply is the mail’s own' },
  notes: { file: drafting, test: 'notes reach the model' },
  crm: { file: 'agent/pipeline-hubspot.test.ts', test: 'a mail of somebody whom HubSpot knows' },
}
