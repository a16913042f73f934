import { z } from 'zod'
import { storableText } from './text.ts'

/** Weekdays as ISO 8601 counts them: 1 is Monday, 7 is Sunday. */
const Weekday = z.int().min(1).max(7)

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must look like 09:30')

const TimeZone = z.string().max(64).refine(isTimeZone, 'not an IANA time zone, such as Europe/Berlin')

/** A fact about the owner's work. `shareable` facts may appear in a reply; private ones only steer it. */
export const Note = z.strictObject({ text: storableText(2_000).trim().min(1), shareable: z.boolean() })
export type Note = z.infer<typeof Note>

const Language = z.string().regex(/^[a-z]{2}$/, 'must be a language code such as en')

export const Settings = z.strictObject({
  /** `off`: nothing is drafted until `emails.process`. `ask`: drafts wait for review. */
  autonomy: z.enum(['off', 'ask']),
  undoWindowSeconds: z.int().min(0).max(3_600),
  syncFrequencyMinutes: z.int().min(1).max(1_440),
  classifyOnSync: z.boolean(),
  processOnSync: z.boolean(),
  lookBackDays: z.int().min(1).max(365),
  workingDays: z.array(Weekday).max(7),
  workingHoursStart: TimeOfDay,
  workingHoursEnd: TimeOfDay,
  timeZone: TimeZone,
  signature: storableText(2_000),
  tone: z.enum(['friendly', 'neutral', 'formal']),
  /** ISO 639-1 codes the owner answers in, the preferred one first. */
  languages: z.array(Language).min(1).max(10),
  notes: z.array(Note).max(100),
})
export type Settings = z.infer<typeof Settings>

export const UpdateSettingsInput = Settings.partial()
export type UpdateSettingsInput = z.infer<typeof UpdateSettingsInput>

function isTimeZone(name: string): boolean {
  try {
    return Boolean(Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
