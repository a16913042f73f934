import { z } from 'zod'

/** Text of at most `max` characters, without what no database keeps: U+0000 and half characters. */
export function storableText(max: number) {
  return z
    .string()
    .max(max)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'holds characters that cannot be stored')
}

/** What the owner wants of a reply, in their own words. */
export const Instruction = storableText(2_000).trim().min(1)
