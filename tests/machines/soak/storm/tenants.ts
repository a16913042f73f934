import type { UpdateSettingsInput } from '../../../../shared-types/index.ts'
import type { TestApp } from '../../../support/app.ts'
import { earnTrust } from '../../../support/automatic.ts'
import { type Inbox, openInbox } from '../../../support/connected-inbox.ts'
import { addressOf } from './letter.ts'

const dayMs = 86_400_000

/** Two owners who let routine replies go out, trust their agents, and have written twice to each other and to everybody else. */
export async function openTenants(
  app: TestApp,
  settings: UpdateSettingsInput,
  people: readonly string[],
): Promise<readonly Inbox[]> {
  const tenants = [await openTenant(app, settings), await openTenant(app, settings)]
  for (const inbox of tenants) {
    const others = tenants.filter((other) => other !== inbox).map(({ owner }) => owner.email)
    for (const to of [...people, ...others]) {
      for (const days of [3, 2]) {
        const at = new Date(Date.now() - days * dayMs)
        await app.deliver(inbox.owner, { direction: 'out', to, subject: `Earlier ${days}`, at })
      }
    }
    await inbox.sync()
    await earnTrust(app, inbox, [...people, ...others].map(addressOf))
  }
  return tenants
}

function openTenant(app: TestApp, settings: UpdateSettingsInput): Promise<Inbox> {
  return openInbox(app, { autonomy: 'auto', freeTextReplies: true, undoWindowSeconds: 30, ...settings })
}
