/** What the owner has decided about mails of one intent: the model was right about so many, and wrong about so many. */
export interface Decided {
  readonly right: number
  readonly wrong: number
}

/** The model's word counts as much as so many decisions. */
const weightOfWord = 10

/**
 * How sure to be of an intent, by the model's word and the owner's decisions about that intent. The word is the mean of
 * a Beta prior that weighs as much as 10 cases, Beta(10 c, 10 (1 - c)); the answer is the mean of what the decisions
 * make of it, (10 c + right) / (10 + right + wrong). Without a decision that is the word itself.
 */
export function calibrated(confidence: number, { right, wrong }: Decided): number {
  return (weightOfWord * confidence + right) / (weightOfWord + right + wrong)
}

export interface Sample {
  readonly confidence: number
  readonly isRight: boolean
}

export interface ReliabilityBin {
  readonly count: number
  /** Null where nothing falls into it, as the share is. */
  readonly meanConfidence: number | null
  readonly shareRight: number | null
}

const binCount = 10

/**
 * How often a confidence is right: ten bins of equal width from 0 to 1, the last with both its ends, and the expected
 * calibration error, which is the distance between mean confidence and share right, weighted by count. Null of no sample.
 */
export function reliabilityCurve(samples: readonly Sample[]): {
  bins: ReliabilityBin[]
  expectedCalibrationError: number | null
} {
  const byBin = Map.groupBy(samples, ({ confidence }) => Math.min(binCount - 1, Math.floor(confidence * binCount)))
  const bins = Array.from({ length: binCount }, (_, index) => binOf(byBin.get(index) ?? []))
  const distance = ({ count, meanConfidence, shareRight }: ReliabilityBin) =>
    count * Math.abs((meanConfidence ?? 0) - (shareRight ?? 0))
  const distances = bins.reduce((sum, bin) => sum + distance(bin), 0)
  return { bins, expectedCalibrationError: samples.length > 0 ? distances / samples.length : null }
}

function binOf(samples: readonly Sample[]): ReliabilityBin {
  const count = samples.length
  if (count === 0) return { count, meanConfidence: null, shareRight: null }
  const sum = samples.reduce((total, { confidence }) => total + confidence, 0)
  return { count, meanConfidence: sum / count, shareRight: samples.filter(({ isRight }) => isRight).length / count }
}
