import { htmlTorture } from './torture-html.ts'
import { structureTorture } from './torture-structure.ts'
import { textTorture } from './torture-text.ts'

/** 32 mails that nobody sends by accident, each against one part of the reader. */
export const torture: Readonly<Record<string, () => Buffer>> = { ...structureTorture, ...textTorture, ...htmlTorture }
