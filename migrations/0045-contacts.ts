import { type Kysely, sql } from 'kysely'

/**
 * Contacts as their owner keeps them: who wrote what, further addresses of one person, an order and a search. What is
 * listed and searched by is made by the database, so that an older release beside this one writes it too.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function fold_text(text) returns text language sql immutable strict parallel safe
    return lower(regexp_replace(normalize($1, NFKD), '[\u0300-\u036f]+', '', 'g'))`.execute(db)
  await sql`
    alter table contacts
      add column version integer not null default 1,
      add column name_source text not null default 'mail' check (name_source in ('mail', 'owner', 'import')),
      add column company_source text check (company_source in ('mail', 'owner', 'import')),
      add column notes_source text check (notes_source in ('owner', 'import')),
      add column sort_name text collate "C" not null
        generated always as (left(fold_text(coalesce(nullif(name, ''), address)), 40)) stored,
      add column search text not null
        generated always as (fold_text(name || ' ' || address || ' ' || coalesce(company, '') || ' ' || coalesce(notes, '')))
        stored,
      add column contact_order timestamptz(3) not null
        generated always as (coalesce(last_contacted_at, '1970-01-01T00:00:00Z'::timestamptz(3))) stored`.execute(db)
  await sql`create index contacts_by_name on contacts (user_id, sort_name, id)`.execute(db)
  await sql`create index contacts_by_contact on contacts (user_id, contact_order, id)`.execute(db)
  await sql`
    create table contact_addresses (
      user_id uuid not null,
      address text not null,
      contact_id uuid not null,
      primary key (user_id, address),
      foreign key (user_id, contact_id) references contacts (user_id, id) on delete cascade
    )`.execute(db)
  await sql`create index contact_addresses_contact on contact_addresses (user_id, contact_id)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table contact_addresses`.execute(db)
  await sql`drop index contacts_by_name, contacts_by_contact`.execute(db)
  await sql`
    alter table contacts drop column contact_order, drop column search, drop column sort_name, drop column notes_source,
      drop column company_source, drop column name_source, drop column version`.execute(db)
  await sql`drop function fold_text(text)`.execute(db)
}
