import * as audit from '../../../../server/db/accounts/audit.ts'
import * as deletion from '../../../../server/db/accounts/deletion.ts'
import * as identities from '../../../../server/db/accounts/google-identities.ts'
import * as hubspotKeys from '../../../../server/db/accounts/hubspot-keys.ts'
import * as notifications from '../../../../server/db/accounts/notifications.ts'
import * as resets from '../../../../server/db/accounts/password-resets.ts'
import * as personalTokens from '../../../../server/db/accounts/personal-tokens.ts'
import * as refreshTokens from '../../../../server/db/accounts/refresh-tokens.ts'
import * as sessions from '../../../../server/db/accounts/sessions.ts'
import * as settings from '../../../../server/db/accounts/settings.ts'
import * as users from '../../../../server/db/accounts/users.ts'
import * as spend from '../../../../server/db/system/spend.ts'
import type { Known } from './known.ts'
import { type Play, playsOf } from './play.ts'

type Identity = Parameters<typeof identities.claimIdentity>[2]

export function accountsPlays(k: Known): Play[] {
  const { now, longAgo, farOff, ids, newId } = k
  const times = { createdAt: now, expiresAt: farOff }
  const hash = Buffer.alloc(32, 9)
  const place = { device: 'a telephone', network: 'elsewhere' }
  const passwordHash = k.user.passwordHash ?? ''
  const dying = `update users set deletion_id = '${newId}' where id = '${k.userId}'`
  const address = 'new@gmail.example'
  const eachSignsIn = eachHas('login_since', 'now()')
  const charge = { day: k.day, emailId: ids.emailId }
  const amount = { cost: 1, tokens: 1 }
  const cap = { cost: 6, tokens: 100 }
  return [
    ...playsOf('accounts/audit', audit, {
      writeAudit: [{ at: k.moment, action: 'LOGGED_IN' }],
      listAudit: [{ limit: 20 }],
      verifyAudit: [],
    }),
    ...playsOf('accounts/deletion', deletion, {
      beginDeletion: [{ passwordHash, deletionId: newId }],
      lockDeletion: { before: dying, args: [newId] },
      deleteUser: { before: dying, args: [{ deletionId: newId, deletedAt: now }] },
    }),
    ...playsOf('accounts/google-identities', identities, {
      claimIdentity: [
        { isShared: true, args: [{ subject: ids.subject, address }] },
        { before: eachSignsIn, args: (_db, userId): [Identity] => [{ subject: userId, address }] },
        { args: [{ subject: 'of nobody', address }] },
      ],
      allowLogin: [
        { before: 'update google_identities set login_since = null', args: [ids.subject, now] },
        { before: eachHas('login_since', 'null'), args: (_db, userId): [string, string] => [userId, now] },
      ],
      listLogins: { before: eachSignsIn, args: [] },
      removeLogins: [
        { args: [ids.subject] },
        { before: eachSignsIn, args: (_db, userId): [string] => [userId] },
        { before: eachSignsIn, args: [] },
        { before: eachHas('login_since', 'null'), args: [] },
      ],
      detachIdentity: { before: eachHas('mailbox_id', `'${ids.mailboxId}'`), args: [ids.mailboxId] },
    }),
    ...playsOf('accounts/hubspot-keys', hubspotKeys, {
      findHubspotKey: [],
      hasHubspotKey: [],
      upsertHubspotKey: [{ sealedKey: hash, setAt: now }],
      deleteHubspotKey: [],
      replaceHubspotSeal: {
        before: `update hubspot_keys set sealed_key = '\\x${hash.toString('hex')}'`,
        args: [{ from: hash, to: Buffer.alloc(32, 8) }],
      },
    }),
    ...playsOf('accounts/notifications', notifications, {
      insertNotification: [
        { args: ['no_draft', { emailId: ids.emailId }, now] },
        {
          before: `update settings set muted_notifications = '{no_draft}' where ${k.ofFirst}`,
          args: ['no_draft', { emailId: ids.emailId }, now],
        },
      ],
      deleteOldNotifications: [farOff],
      listNotifications: [{ limit: 20 }],
      countUnread: [],
      markRead: [{ args: [{ ids: [ids.notificationId] }, now] }, { args: [{ upTo: ids.notificationId }, now] }],
      notificationsAfter: [0, 20],
    }),
    ...playsOf('accounts/password-resets', resets, {
      insertPasswordReset: [{ id: newId, tokenHash: hash, ...times }],
      findPasswordReset: [{ tokenHash: k.reset.tokenHash, now }],
      usePasswordReset: [k.reset.id, now],
      deletePasswordResets: [],
    }),
    ...playsOf('accounts/personal-tokens', personalTokens, {
      insertPersonalToken: [{ id: newId, tokenHash: hash, name: 'One more', scopes: ['read'], ...times }],
      countPersonalTokens: [now],
      usePersonalToken: [{ tokenHash: k.personalToken.tokenHash, now, usedBefore: now }],
      listPersonalTokens: [{ limit: 20, now }],
      deletePersonalToken: [ids.tokenId],
      deletePersonalTokens: [],
    }),
    ...playsOf('accounts/refresh-tokens', refreshTokens, {
      insertRefreshToken: [{ id: newId, sessionId: ids.sessionId, parentId: null, tokenHash: hash, ...times }],
      useRefreshToken: [{ tokenHash: k.token.tokenHash, now }],
      findUsedRefreshToken: [k.usedToken.tokenHash],
      findSessionOfToken: [k.token.tokenHash],
    }),
    ...playsOf('accounts/sessions', sessions, {
      insertSession: [{ id: newId, createdAt: now, ...place }],
      touchSession: [ids.sessionId, { lastUsedAt: now, ...place }],
      listSessions: [{ limit: 20, current: ids.sessionId, begunAfter: longAgo, usedAfter: longAgo }],
      endSessions: [now],
      endOtherSessions: [ids.sessionId, now],
      isSessionAlive: [ids.sessionId],
      lockAliveSession: [ids.sessionId],
      endSession: [ids.sessionId, now],
    }),
    ...playsOf('accounts/settings', settings, {
      getSettings: [],
      updateSettings: [{ signature: 'Bye' }],
      lockSettings: [],
      setDigestDue: [now],
      setRetentionDue: [now],
    }),
    ...playsOf('accounts/users', users, {
      findCredentials: [],
      findUser: [],
      lockUser: [],
      setPasswordHash: ['another'],
      replacePasswordHash: [{ from: passwordHash, to: 'another' }],
    }),
    ...playsOf('system/spend', spend, {
      lockBudgets: [],
      reserveOfOwner: [charge, amount, cap],
      reserveOfMail: [charge, amount, cap],
      insertReservation: [charge, amount, farOff],
      settleReservation: [k.reservation.id, null],
      claimBudgetNotice: [k.day, now],
    }),
  ]
}

/** A Google account is one owner's alone: each has another, named as they are. */
function eachHas(column: 'login_since' | 'mailbox_id', value: string): string {
  return `insert into google_identities (user_id, subject, address, ${column})
    select id, id::text, email, ${value} from users`
}
