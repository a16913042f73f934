import * as book from '../../../../server/db/emails/contact-book.ts'
import * as imports from '../../../../server/db/emails/contact-import.ts'
import * as writes from '../../../../server/db/emails/contact-writes.ts'
import * as contacts from '../../../../server/db/emails/contacts.ts'
import type { Known } from './known.ts'
import { type Play, playsOf } from './play.ts'

export function contactsPlays(k: Known): Play[] {
  const { now, contact, person, further } = k
  const { id, version, name, nameSource, company, companySource, notes, notesSource } = contact
  const both = [id, k.ids.otherContactId]
  const unknown = 'new@engine.example'
  const told = { name: 'Countess', company: 'Engines', notes: 'Likes numbers', lastContactedAt: now }
  const locked = { id, address: person, name, nameSource, company, companySource, notes, notesSource }
  const merged = { ...locked, company: 'Engines', companySource: 'owner', lastContactedAt: now } as const
  const fields = { name: 'Countess' }
  const byContact = { limit: 20, orderBy: 'lastContact' } as const
  const nameless = `update contacts set name = '', name_source = 'mail', company = null, company_source = null`
  return [
    ...playsOf('emails/contacts', contacts, {
      findContact: [{ args: [person] }, { args: [further] }],
      noteCorrespondent: [
        { before: nameless, args: [{ address: person, name: 'Ada', company: 'Engines', now }] },
        { args: [{ address: further, name: 'Ada', company: null, now }] },
        { args: [{ address: unknown, name: 'New', company: null, now }] },
      ],
      noteContacted: [{ args: [person, now] }, { args: [further, now] }],
    }),
    ...playsOf('emails/contact-book', book, {
      listContacts: [
        { args: [{ limit: 20, orderBy: 'name' }] },
        { args: [{ limit: 20, orderBy: 'name', search: 'countess' }] },
        { args: [byContact] },
      ],
      contactsAfter: [{ limit: 20 }],
      getContact: [id],
      listContactEmails: [{ contactId: id, limit: 20 }],
    }),
    ...playsOf('emails/contact-import', imports, {
      ownersOf: [[person, further]],
      insertImported: [
        [
          { address: person, ...told },
          { address: unknown, ...told },
        ],
        now,
      ],
      writeImported: [[merged], now],
    }),
    ...playsOf('emails/contact-writes', writes, {
      lockByAddress: [{ args: [person] }, { args: [further] }],
      insertContact: [{ args: [{ address: person, fields, now }] }, { args: [{ address: unknown, fields, now }] }],
      changeContact: [{ id, version, fields, now }],
      removeContacts: [both],
      lockContacts: [both],
      addressesOf: [both],
      insertAddresses: [
        [
          { contactId: id, address: further },
          { contactId: id, address: unknown },
        ],
      ],
      writeMerged: [merged, now],
    }),
  ]
}
