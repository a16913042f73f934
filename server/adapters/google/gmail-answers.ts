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

export const LabelsAnswer = z.object({ labelIds: labels })
export const LabelListAnswer = z.object({ labels: z.array(z.object({ id })).default([]) })

const message = z.object({ message: z.object({ id, labelIds: labels }) })
const relabelled = z.object({ message: z.object({ id }), labelIds: labels })
export const HistoryAnswer = z.object({
  history: z
    .array(
      z.object({
        id: historyId,
        messagesAdded: z.array(message).default([]),
        messagesDeleted: z.array(message).default([]),
        labelsAdded: z.array(relabelled).default([]),
        labelsRemoved: z.array(relabelled).default([]),
      }),
    )
    .default([]),
  nextPageToken: z.string().optional(),
  historyId,
})
export type HistoryRecord = z.infer<typeof HistoryAnswer>['history'][number]

export const DraftAnswer = z.object({ id })
export const RawDraftAnswer = z.object({ message: z.object({ id, threadId: id, raw: z.string() }) })
export const SentAnswer = z.object({ id })
/** A deletion is answered with nothing. */
export const NoAnswer = z.unknown()

const header = z.object({ name: z.string(), value: z.string() })
const headers = z.array(header).default([])
const internalDate = z.string().regex(/^\d{1,15}$/)
export const ThreadAnswer = z.object({
  messages: z
    .array(
      z.object({
        id,
        labelIds: labels,
        internalDate: internalDate.default('0'),
        payload: z.object({ headers }).default({ headers: [] }),
      }),
    )
    .default([]),
})

/** A part of a mail as Gmail reads it, with the parts in it. */
const Part = z.object({
  mimeType: z.string().default(''),
  headers,
  body: z.object({ data: z.string().optional() }).default({}),
  get parts() {
    return z.array(Part).default([])
  },
})
export type Part = z.infer<typeof Part>

export const FullMessageAnswer = z.object({ id, payload: Part })
export const FullDraftAnswer = z.object({ id, message: z.object({ payload: Part }) })
export const DraftListAnswer = z.object({ drafts: z.array(z.object({ id })).default([]) })
