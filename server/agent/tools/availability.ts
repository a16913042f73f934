import { step } from '../../step.ts'
import { holdChosen } from '../hold-hours.ts'
import { replyLanguage } from '../reply-language.ts'
import { findFreeSlots, slotLabel } from '../working-hours.ts'
import type { Tool } from './tool.ts'

const days = 10

/**
 * Free times of the next days within working hours, held for this reply; busy times come from Google, titles never do.
 */
export const availability: Tool = {
  name: 'availability',
  purpose: 'free times of the owner in the next days, for a mail that wants to know when something can take place',
  async run(ctx, input, { classify }, signal) {
    const { userId, email, settings } = input
    const now = ctx.clock.now()
    const within = { start: now, end: new Date(now.getTime() + days * 86_400_000) }
    const busy = await step('calendar-busy', () =>
      ctx.calendar.busy({ userId, mailboxId: email.mailboxId }, within, signal),
    )
    const { hours: slots } = await holdChosen(ctx, input, (held) => ({
      hours: findFreeSlots(settings, [...busy, ...held], within, 3),
    }))
    const labels = slots.map((slot) =>
      slotLabel(slot, settings.timeZone, replyLanguage(classify?.language, settings.languages)),
    )
    const source = {
      kind: 'calendar',
      id: null,
      label: 'Your calendar (free and busy times)',
      audience: 'owner',
    } as const
    return {
      items:
        labels.length > 0
          ? [{ id: 'calendar', kind: 'calendar', label: source.label, text: labels.join('\n'), source }]
          : [],
      slots: labels,
      summary: { busyTimes: busy.length, slots: slots.map((slot) => slot.start.toISOString()) },
    }
  },
}
