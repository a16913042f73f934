import {
  Availability,
  AvailabilityInput,
  CalendarEventList,
  CalendarEventsInput,
  CreatedEvent,
  CreateEventInput,
} from '../../shared-types/index.ts'
import { createEvent } from '../services/calendar-event.ts'
import { listAvailability, listEvents } from '../services/calendar.ts'
import { readProcedure, router, userProcedure } from './trpc.ts'

export const calendarRouter = router({
  availability: readProcedure
    .input(AvailabilityInput.prefault({}))
    .output(Availability)
    .query(({ ctx, input }) => listAvailability(ctx, ctx.userId, input)),
  events: readProcedure
    .input(CalendarEventsInput)
    .output(CalendarEventList)
    .query(({ ctx, input }) => listEvents(ctx, ctx.userId, input)),
  createEvent: userProcedure
    .input(CreateEventInput)
    .output(CreatedEvent)
    .mutation(({ ctx, input }) => createEvent(ctx, ctx.userId, input)),
})
