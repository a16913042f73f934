/** Makes ids that look like Gmail's, none of them twice in a sandbox. */
export interface Ids {
  message(): string
  draft(): string
}

export function createIds(): Ids {
  let last = 0x198a_0000_0000_0000n
  const next = () => {
    last += 0x10_3f7n
    return last
  }
  return {
    message: () => next().toString(16),
    draft: () => `r${next()}`,
  }
}
