import { z } from 'zod'

/** What we read of Gmail's answers. 64-bit integers come as strings; an absent list is an empty one. */
const id = z.string().min(1).max(200)
const historyId = z.string().regex(/^\d{1,40}$/)
const labels = z.array(z.string()).default([])

export const ProfileAnswer = z.object({ emailAddress: z.string().min(1), historyId })

export const MessageListAnswer = z.object({
  messages: z.array(z.object({ id })).default([]),
  nextPageToken: z.string().optional(),
  resultSizeEstimate: z.number().default(0),
})

export const RawMessageAnswer = z.object({
  id,
  threadId: id,
  labelIds: labels,
  internalDate: z.string().regex(/^\d{1,15}$/),
  snippet: z.string().default(''),
  raw: z.string(),
})

const added = z.object({ message: z.object({ id, labelIds: labels }) })
export const HistoryAnswer = z.object({
  history: z.array(z.object({ messagesAdded: z.array(added).default([]) })).default([]),
  nextPageToken: z.string().optional(),
  historyId,
})

export const DraftAnswer = z.object({ id })
export const SentAnswer = z.object({ id })
/** A deletion is answered with nothing. */
export const NoAnswer = z.unknown()

const header = z.object({ name: z.string(), value: z.string() })
export const ThreadAnswer = z.object({
  messages: z
    .array(
      z.object({
        id,
        labelIds: labels,
        payload: z.object({ headers: z.array(header).default([]) }).default({ headers: [] }),
      }),
    )
    .default([]),
})
