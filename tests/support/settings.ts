import type { Settings } from '../../shared-types/index.ts'

/** What a new owner has. */
export const defaultSettings: Settings = {
  autonomy: 'ask',
  sendingPaused: false,
  dailySendCap: 20,
  hourlySendCap: 10,
  correspondentDailyCap: 3,
  quietHours: null,
  allowedCorrespondents: [],
  deniedCorrespondents: [],
  minimumEarlierMessages: 2,
  minimumConfidence: 0.9,
  undoWindowSeconds: 30,
  syncFrequencyMinutes: 5,
  classifyOnSync: true,
  processOnSync: true,
  lookBackDays: 30,
  workingDays: [1, 2, 3, 4, 5],
  workingHoursStart: '09:00',
  workingHoursEnd: '17:00',
  timeZone: 'UTC',
  signature: '',
  tone: 'friendly',
  languages: ['en'],
  notes: [],
}
