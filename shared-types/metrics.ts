import { z } from 'zod'
import { Intent } from './mail.ts'
import { Instant } from './page.ts'
import { StepName } from './trace-step.ts'

/**
 * From `from` up to, and without, `to`. Without `to`: now; without `from`: 30 days before it. At most 400 days, and
 * `from` may not lie ahead. What is counted in it is said with each figure.
 */
const range = { from: Instant.optional(), to: Instant.optional() }

export const MetricsInput = z.strictObject(range)
export type MetricsInput = z.infer<typeof MetricsInput>

/** Weeks begin on Monday. */
export const MetricsInterval = z.enum(['day', 'week'])
export type MetricsInterval = z.infer<typeof MetricsInterval>

export const TimeseriesInput = z.strictObject({ ...range, interval: MetricsInterval.default('day') })
export type TimeseriesInput = z.infer<typeof TimeseriesInput>

/** The range that was looked at. */
const within = { from: Instant, to: Instant }

/**
 * Of `count` measured times, in milliseconds, those that half, 90 % and 99 % of them do not exceed; each is one that
 * was measured. Null where nothing was.
 */
export const Percentiles = z.strictObject({
  count: z.int(),
  p50: z.int().nullable(),
  p90: z.int().nullable(),
  p99: z.int().nullable(),
})
export type Percentiles = z.infer<typeof Percentiles>

/** 0 to 1. */
const Share = z.number().min(0).max(1)

/**
 * Of the drafts that the owner decided on, the share they approved, unchanged or edited: `(approvedUnchanged +
 * approvedEdited) / (approvedUnchanged + approvedEdited + rejected)`. What went out by itself, waits or was superseded
 * is not in it. Null where the owner decided on none.
 */
const approvalRate = Share.nullable()

export const MetricsSummary = z.strictObject({
  ...within,
  /** Mail to the owner that was received in the range, as it stands now. */
  mails: z.strictObject({
    received: z.int(),
    /** A reply has gone out through the product, to this mail or to one that was answered with it. */
    answered: z.int(),
    /**
     * All that were received, by who has decided what becomes of them. `owner`: they approved or rejected the draft,
     * said that there is nothing to answer, or answered in Gmail. `agent`: a reply was approved by itself, or the mail
     * needs none. `nobody`: it waits, is being worked on, or somebody else has answered.
     */
    decidedBy: z.strictObject({ owner: z.int(), agent: z.int(), nobody: z.int() }),
  }),
  /** Drafts that were made in the range, as they stand now; all but `made` are parts of it. */
  drafts: z.strictObject({
    made: z.int(),
    /** By the owner, in the agent's own words. */
    approvedUnchanged: z.int(),
    /** By the owner, in a later version: theirs, or that of a program. */
    approvedEdited: z.int(),
    /** By the agent, without the owner. */
    approvedAutomatically: z.int(),
    /** By the owner, also where they asked for another draft since it was of no use. */
    rejected: z.int(),
    /** Another took its place, or nothing is to be answered any more, and the owner said nothing of it. */
    superseded: z.int(),
    waiting: z.int(),
  }),
  approvalRate,
  /**
   * How much was changed in the drafts of `approvedEdited`: of all words of the agent's version and of the approved one
   * together, the share that the other has not, on average over the drafts. 0: the same words, 1: none in common. Words
   * are what stands between blanks, in whatever order, upper or lower case. Null where none was edited.
   */
  editDistance: Share.nullable(),
  /** From the making of a draft to the owner's approval, of `approvedUnchanged` and `approvedEdited`. */
  timeToApprove: Percentiles,
  /** Replies that were approved in the range, by the owner or by the agent, and what became of them. */
  sends: z.strictObject({
    sent: z.int(),
    /** Whether it went out nobody could find out, nor has the owner said. */
    unknown: z.int(),
    /** Refused before it went out, or found not to have gone out. */
    notSent: z.int(),
    /** Taken back in time. */
    cancelled: z.int(),
    /** Not due yet, or under way. */
    waiting: z.int(),
  }),
  /** Of `sends.sent`, the share that the agent had approved without the owner; null where none was sent. */
  automaticShare: Share.nullable(),
})
export type MetricsSummary = z.infer<typeof MetricsSummary>

/** One tenth of the scale of confidence: from `from` up to, and without, `to`; the last one with it. */
const bucket = { from: z.number(), to: z.number() }

export const MetricsIntents = z.strictObject({
  ...within,
  /** Every intent there is, also where there was no such mail. */
  intents: z.array(
    z.strictObject({
      intent: Intent,
      /**
       * Mail to the owner that was received in the range and is of this intent by now: the owner's word before the
       * agent's.
       */
      mails: z.int(),
      /** Drafts made in the range, by what their mail is now. */
      drafts: z.int(),
      approvalRate,
      /** Mails received in the range that the agent had taken for this, and the owner said otherwise. */
      correctedFrom: z.int(),
      /** The same the other way round: the owner said that they are this. */
      correctedTo: z.int(),
    }),
  ),
  /** How sure the agent was of the intent of mails received in the range, and how many of these the owner corrected. */
  classification: z.array(z.strictObject({ ...bucket, mails: z.int(), corrected: z.int() })),
  /** How sure the agent was of drafts made in the range that the owner decided on, and what they decided. */
  drafts: z.array(
    z.strictObject({ ...bucket, approvedUnchanged: z.int(), approvedEdited: z.int(), rejected: z.int() }),
  ),
})
export type MetricsIntents = z.infer<typeof MetricsIntents>

export const MetricsLatency = z.strictObject({
  ...within,
  /**
   * Runs that were asked for in the range, as far as they have ended: from their beginning to their end, pauses between
   * tries included. Not those that only classify.
   */
  run: Percentiles,
  /** Every step there is, in order: the last try of each that began in the range and has ended, well or not. */
  steps: z.array(Percentiles.extend({ name: StepName })),
})
export type MetricsLatency = z.infer<typeof MetricsLatency>

/**
 * Tools that were called by steps begun in the range, the most called first. The times are of all calls, failed ones
 * too.
 */
export const MetricsTools = z.strictObject({
  ...within,
  tools: z.array(
    z.strictObject({ tool: z.string(), calls: z.int(), failures: z.int(), ms: Percentiles.omit({ count: true }) }),
  ),
})
export type MetricsTools = z.infer<typeof MetricsTools>

const used = { inputTokens: z.int(), outputTokens: z.int(), /** US dollars. */ cost: z.number() }

const Budget = z.strictObject({ limit: z.number(), spent: z.number(), reserved: z.number(), left: z.number() })

export const MetricsUsage = z.strictObject({
  ...within,
  /** Questions to a model by steps begun in the range, a model and a kind of question each; the dearest first. */
  questions: z.array(z.strictObject({ model: z.string(), task: z.string(), calls: z.int(), ...used })),
  /** All of `questions` together. */
  total: z.strictObject({ calls: z.int(), ...used }),
  /**
   * What was charged to the owner's budget in the days of UTC that the range touches: vectors and replays too, and mail
   * that was deleted since. A model that costs nothing charges nothing.
   */
  charged: z.strictObject({ tokens: z.int(), /** US dollars. */ cost: z.number() }),
  /**
   * The owner's budget of this day, in UTC, whatever the range: what the settings allow, what is spent, what calls
   * under way may yet cost, and what is left for others, never less than 0.
   */
  today: z.strictObject({ day: z.iso.date(), /** US dollars. */ cost: Budget, tokens: Budget }),
})
export type MetricsUsage = z.infer<typeof MetricsUsage>

export const MetricsTimeseries = z.strictObject({
  ...within,
  interval: MetricsInterval,
  /** The owner's, whose days these are. */
  timeZone: z.string(),
  /**
   * Every day or week that the range touches, oldest first; of the first and the last only what lies in the range is
   * counted.
   */
  items: z.array(
    z.strictObject({
      /** Its day, or its Monday, on the owner's calendar. */
      date: z.iso.date(),
      /** When that begins. */
      start: Instant,
      /** Mail to the owner, by when it was received. */
      mails: z.int(),
      /** By when they were made. */
      drafts: z.int(),
      /**
       * Replies that went out, by when they were approved; and those among them that the agent approved without the
       * owner.
       */
      sent: z.int(),
      sentAutomatically: z.int(),
      /** US dollars for questions to a model, by when their step began. */
      cost: z.number(),
    }),
  ),
})
export type MetricsTimeseries = z.infer<typeof MetricsTimeseries>
