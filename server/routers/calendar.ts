import { Availability, AvailabilityInput, CalendarEventList, CalendarEventsInput } from '../../shared-types/index.ts'
import { listAvailability, listEvents } from '../services/calendar.ts'
import { router, userProcedure } from './trpc.ts'

export const calendarRouter = router({
  availability: userProcedure
    .input(AvailabilityInput.prefault({}))
    .output(Availability)
    .query(({ ctx, input }) => listAvailability(ctx, ctx.userId, input)),
  events: userProcedure
    .input(CalendarEventsInput)
    .output(CalendarEventList)
    .query(({ ctx, input }) => listEvents(ctx, ctx.userId, input)),
})
