import { z } from 'zod'
import { SendableIntent } from './mail.ts'
import { MutableNotification } from './notification.ts'
import { storableText } from './text.ts'

/** Weekdays as ISO 8601 counts them: 1 is Monday, 7 is Sunday. */
const Weekday = z.int().min(1).max(7)

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must look like 09:30')

const TimeZone = z.string().max(64).refine(isTimeZone, 'not an IANA time zone, such as Europe/Berlin')

/** A fact about the owner's work. `shareable` facts may appear in a reply; private ones only steer it. */
export const Note = z.strictObject({ text: storableText(2_000).trim().min(1), shareable: z.boolean() })
export type Note = z.infer<typeof Note>

const Language = z.string().regex(/^[a-z]{2}$/, 'must be a language code such as en')

/** From one time of day to another on the owner's own clock; an end before the start is on the next day. */
export const QuietHours = z
  .strictObject({ start: TimeOfDay, end: TimeOfDay })
  .refine(({ start, end }) => start !== end, 'must not begin and end at the same time')
export type QuietHours = z.infer<typeof QuietHours>

/** An address as it stands in a mail's `from`: `ada..b.@engine.example` needs no quotes. */
const Correspondent = storableText(320)
  .trim()
  .toLowerCase()
  .overwrite((address) => address.replace(/^"([^\s"\\@(),:;<>[\]]+)"@/, '$1@'))
  .regex(/^[^\s@]+@[^\s@]+$/, 'must look like ada@engine.example')
const Correspondents = z.array(Correspondent).max(1_000)

const Cap = z.int().min(0).max(1_000)

export const Settings = z.strictObject({
  /**
   * `off`: nothing is drafted until `emails.process`. `ask`: drafts wait for review. `auto`: routine replies go out by
   * themselves, if the server's operator allows that; the settings below up to `minimumConfidence` bound it.
   */
  autonomy: z.enum(['off', 'ask', 'auto']),
  /** The way to stop it at once: not even an automatic reply in its undo window goes out. */
  sendingPaused: z.boolean(),
  /** Automatic replies in any 24 hours, in any hour, and to one person in any 24 hours. */
  dailySendCap: Cap,
  hourlySendCap: Cap,
  correspondentDailyCap: Cap,
  /** Automatic replies wait for their end. */
  quietHours: QuietHours.nullable(),
  /** Where there is one, nobody else is answered automatically. */
  allowedCorrespondents: Correspondents,
  deniedCorrespondents: Correspondents,
  /** Mail of these kinds may be answered automatically; complaints and spam never are. */
  allowedIntents: z.array(SendableIntent).max(4),
  /** Approved templates may go out unread, and what a model has written: each only where it meets every other condition. */
  templateReplies: z.boolean(),
  freeTextReplies: z.boolean(),
  /** Automatic replies may tell when the owner is free. */
  freeBusyShareable: z.boolean(),
  /** How many mails the owner wrote to somebody before they are answered automatically. */
  minimumEarlierMessages: z.int().min(1).max(1_000),
  /** How many drafts the owner approved unchanged, of this intent and to this person, before a reply goes out unread. */
  trustApprovals: z.int().min(1).max(1_000),
  /** How sure the agent must be of what it read and wrote: it may only withhold an automatic reply. */
  minimumConfidence: z.number().min(0).max(1),
  /** What the model may cost in a day of UTC: in US dollars, and in tokens. Beyond it the agent waits for the next day. */
  dailyModelBudget: z.number().min(0).max(10_000),
  dailyTokenBudget: z.int().min(0).max(1_000_000_000),
  undoWindowSeconds: z.int().min(0).max(3_600),
  syncFrequencyMinutes: z.int().min(1).max(1_440),
  classifyOnSync: z.boolean(),
  processOnSync: z.boolean(),
  lookBackDays: z.int().min(1).max(365),
  /**
   * How long mail is kept here, with all that was made of it; null: as long as the account. What waits for the owner stays,
   * and so does everything in Gmail.
   */
  retentionDays: z.int().min(7).max(3_650).nullable(),
  /** What the owner does not want to be told of. */
  mutedNotifications: z.array(MutableNotification).max(10),
  /** At which hour of the owner's day a mail says what waits for them, if anything does; null: never. */
  digestHour: z.int().min(0).max(23).nullable(),
  workingDays: z.array(Weekday).max(7),
  workingHoursStart: TimeOfDay,
  workingHoursEnd: TimeOfDay,
  timeZone: TimeZone,
  signature: storableText(2_000),
  tone: z.enum(['friendly', 'neutral', 'formal']),
  /** ISO 639-1 codes the owner answers in, the preferred one first. */
  languages: z.array(Language).min(1).max(10),
  /** A model is told the first 12,000 characters of them, or about as many: the most important ones first. */
  notes: z.array(Note).max(100),
  /** Where the agent looks up who writes, beside the owner's own table; `default` is what the server's operator chose. */
  crm: z.enum(['default', 'own', 'hubspot']),
})
export type Settings = z.infer<typeof Settings>

/** What is named changes. `hasHubspotKey` is ignored, so that what `settings.get` answered may be sent back as it is. */
export const UpdateSettingsInput = Settings.partial().extend({ hasHubspotKey: z.boolean().optional() })
export type UpdateSettingsInput = z.infer<typeof UpdateSettingsInput>

/** As they are told. The key itself is never read back; this is about the owner's own one. */
export const SettingsAnswer = z.strictObject({ ...Settings.shape, hasHubspotKey: z.boolean() })
export type SettingsAnswer = z.infer<typeof SettingsAnswer>

/** The access token of a private app that may read contacts; null removes it. */
export const SetHubspotKeyInput = z.strictObject({
  key: z
    .string()
    .trim()
    .min(8)
    .max(500)
    .regex(/^[\x21-\x7e]+$/, 'holds what no key has')
    .nullable(),
})
export type SetHubspotKeyInput = z.infer<typeof SetHubspotKeyInput>

/** `untried`: it is kept, but HubSpot did not answer when it was tried. */
export const HubspotKeyState = z.strictObject({ state: z.enum(['works', 'untried', 'removed']) })
export type HubspotKeyState = z.infer<typeof HubspotKeyState>

function isTimeZone(name: string): boolean {
  try {
    return Boolean(Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
