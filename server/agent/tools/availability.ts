import type { Settings } from '../../../shared-types/index.ts'
import type { Interval } from '../../calendar-event.ts'
import { step } from '../../step.ts'
import { holdChosen } from '../hold-hours.ts'
import { proposedTimes } from '../proposed-times.ts'
import { replyLanguage } from '../reply-language.ts'
import { senderZone } from '../sender-zone.ts'
import type { RunInput, RunState } from '../state.ts'
import { findFreeSlots, isFree, isInWorkingHours, slotLabel } from '../working-hours.ts'
import type { Tool } from './tool.ts'

const days = 10

/**
 * Whether the time that the mail proposes is free, and if it is not, or none can be read, free times of the next days
 * within working hours; held for this reply. Busy times come from Google, titles never do.
 */
export const availability: Tool = {
  name: 'availability',
  purpose: 'free times of the owner in the next days, for a mail that wants to know when something can take place',
  async run(ctx, input, state, signal) {
    const { userId, email, settings } = input
    const now = ctx.clock.now()
    const within = { start: now, end: new Date(now.getTime() + days * 86_400_000) }
    const proposed = proposalsOf(input, state, now)
    const asked = { start: now, end: new Date(Math.max(...[within, ...proposed].map(({ end }) => end.getTime()))) }
    const busy = await step('calendar-busy', () =>
      ctx.calendar.busy({ userId, mailboxId: email.mailboxId }, asked, signal),
    )
    const { hours, answer } = await holdChosen(ctx, input, (held) =>
      chosenHours(settings, [...busy, ...held], { proposed, within }),
    )
    const language = replyLanguage(state.classify?.language, settings.languages)
    const theirZone = senderZone(email.headers['date'], settings.timeZone)
    const labels = hours.map((hour) => slotLabel(hour, settings.timeZone, language, theirZone))
    const text = wordings[answer ?? 'none'](labels)
    const label = 'Your calendar (free and busy times)'
    const source = { kind: 'calendar', id: null, label, audience: 'owner' } as const
    return {
      items: text === '' ? [] : [{ id: 'calendar', kind: 'calendar', label, text, source }],
      slots: labels,
      ...(answer && { proposal: answer }),
      summary: { busyTimes: busy.length, slots: hours.map(({ start }) => start.toISOString()), proposal: answer },
    }
  },
}

const wordings = {
  free: (labels: readonly string[]) => `The time they propose is free: ${labels.join()}`,
  taken: (labels: readonly string[]) => ['The time they propose is taken. Free instead:', ...labels].join('\n'),
  none: (labels: readonly string[]) => labels.join('\n'),
} as const

function proposalsOf({ email, settings }: RunInput, { classify, retrieve }: RunState, now: Date): Interval[] {
  // Which of several messages counts is for the owner to see, and so is what looked quoted.
  if (classify?.asksInQuote || (retrieve?.unanswered.length ?? 0) > 0) return []
  const { freshText, receivedAt, headers, calendar } = email
  const mail = { freshText, receivedAt, calendar, language: classify?.language ?? '', dated: headers['date'] }
  return proposedTimes(mail, settings.timeZone, now)
}

/** Whether one of the times that they propose suits may be left open: work can be done at another hour. */
function chosenHours(
  settings: Settings,
  busy: readonly Interval[],
  { proposed, within }: { proposed: readonly Interval[]; within: Interval },
): { hours: readonly Interval[]; answer: 'free' | 'taken' | null } {
  const free = proposed.filter((time) => isFree(time, busy))
  const suitable = free.find((time) => isInWorkingHours(settings, time))
  if (suitable) return { hours: [suitable], answer: 'free' }
  const isTaken = proposed.length > 0 && free.length === 0
  return { hours: findFreeSlots(settings, busy, within, 3), answer: isTaken ? 'taken' : null }
}
