import { openInbox } from '../../../support/connected-inbox.ts'
import type { Workflow } from '../workflow.ts'

/** One more than are at work at once. */
const size = 5

/** The owner has several mails worked on at one request. */
export const batch: Workflow = {
  name: 'batch',
  async arrange(app) {
    const inbox = await openInbox(app, { processOnSync: false, classifyOnSync: false })
    const emailIds: string[] = []
    for (let n = 0; n < size; n++) {
      const from = `Person ${n} <p${n}@engine.example>`
      emailIds.push((await inbox.receive({ subject: `Prices ${n}`, from, text: 'How much is a drawing?' })).id)
    }
    return {
      owner: inbox.owner,
      async act({ api }) {
        // Whoever got no answer looks first whether it was begun.
        const { items } = await api.batches.list.query({})
        if (items.length === 0) await api.batches.process.mutate({ emailIds })
      },
      problems({ batches, batchItems, runs, notifications }) {
        const ended = batches.map(({ status }) => status).join()
        const told = notifications.filter(({ kind }) => kind === 'batch_done').length
        const ofMail = (emailId: string) => runs.filter((run) => run.emailId === emailId)
        return [
          ...(ended === 'completed' ? [] : [`the batches ended as ${ended || 'nothing'}`]),
          ...(told === 1 ? [] : [`the owner was told ${told} times of the end`]),
          ...(batchItems.length === size ? [] : [`the batch has ${batchItems.length} mails`]),
          ...emailIds
            .filter((emailId) => ofMail(emailId).length !== 1)
            .map((emailId) => `the mail ${emailId} has ${ofMail(emailId).length} runs`),
          ...batchItems
            .filter(({ askedId, status }) => {
              // A run that failed every time has failed in the batch as well.
              const right = ofMail(askedId)[0]?.status === 'completed' ? 'succeeded' : 'failed'
              return status !== right
            })
            .map(({ askedId, status, message }) => `the mail ${askedId} is ${status} in the batch: ${message}`),
        ]
      },
    }
  },
}
