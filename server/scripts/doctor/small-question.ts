/** The smallest question there is: some dozens of tokens. */
export const smallQuestion = {
  system: 'Answer in JSON.',
  prompt: 'Set ok to true.',
  facts: {
    task: 'classify',
    mail: { subject: '', from: { address: '', name: '' }, text: '', quoted: '', receivedAt: '', isReply: false },
  },
  schema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
  maxOutputTokens: 64,
} as const
