// Long because: it is the history of all tables, in one order; what was released is never changed, nor moved.

/** How an engine spells what the two spell differently. */
export interface Spelling {
  readonly bytes: 'BLOB' | 'BYTEA'
  /** 64 bits: counts, flags (0 and 1) and times (epoch ms) */
  readonly integer: 'INTEGER' | 'BIGINT'
  /** a primary key that the engine counts up */
  readonly counted: string
  /** what stands behind a table's closing parenthesis */
  readonly strict: '' | 'STRICT'
  /** the same, for small rows that are kept within the index of their key: one tree to descend, one to write */
  readonly keyed: '' | 'STRICT, WITHOUT ROWID'
}

export interface Migration {
  readonly name: string
  statements(spelling: Spelling): readonly string[]
}

/** Forward only: a migration that was ever released is never changed. Its number is its place, from 1. */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: 'first tables',
    statements: (spelling) => [
      ...ledgerTables(spelling),
      ...partyTables(spelling),
      ...certificateTables(spelling),
      ...revalidationTables(spelling),
      ...revocationTables(spelling),
    ],
  },
  {
    name: 'accounts',
    statements: (spelling) => [...sessionTables(spelling), ...deviceColumns(spelling), ...relationTables(spelling)],
  },
  { name: 'checks of people', statements: checkColumns },
  {
    name: 'rights of services',
    // a list for each service that has any, as JSON: read with the site, at each question
    statements: () => ["ALTER TABLE sites ADD COLUMN rights TEXT NOT NULL DEFAULT '{}'"],
  },
  { name: 'what sites are told', statements: siteEventTables },
  {
    name: 'invitations that nobody used end',
    statements: () => ['CREATE INDEX invitations_unused ON invitations (expires_at) WHERE used_at IS NULL'],
  },
  { name: 'from a subject back to the person', statements: subjectTables },
  { name: 'usage, plans, and the accounts of sites', statements: usageTables },
  { name: 'lines of renewed service certificates', statements: renewalTables },
  { name: 'policies of sites', statements: sitePolicyTables },
  { name: 'streams of security events', statements: securityStreamTables },
  { name: 'what sites say of people', statements: trustTables },
  { name: 'whom sites have met', statements: meetingTables },
]

function ledgerTables({ bytes, integer, strict }: Spelling): string[] {
  return [
    `CREATE TABLE ledger (
      id ${integer} PRIMARY KEY CHECK (id = 1),
      position ${integer} NOT NULL,
      audit_count ${integer} NOT NULL,
      audit_mac ${bytes} NOT NULL
    ) ${strict}`,
    `CREATE TABLE changes (
      position ${integer} PRIMARY KEY,
      kind TEXT NOT NULL,
      key TEXT NOT NULL,
      at ${integer} NOT NULL
    ) ${strict}`,
    `CREATE TABLE audit (
      count ${integer} PRIMARY KEY,
      at ${integer} NOT NULL,
      actor TEXT NOT NULL,
      action TEXT NOT NULL,
      object TEXT NOT NULL,
      detail TEXT NOT NULL,
      mac ${bytes} NOT NULL
    ) ${strict}`,
  ]
}

function partyTables({ bytes, integer, keyed }: Spelling): string[] {
  return [
    `CREATE TABLE sites (
      id ${bytes} PRIMARY KEY,
      name TEXT NOT NULL,
      return_to TEXT NOT NULL,
      checks TEXT NOT NULL,
      created_at ${integer} NOT NULL,
      removed_at ${integer}
    ) ${keyed}`,
    // a removed site keeps its row, since certificates and sign-ins speak of it; its name is free again
    'CREATE UNIQUE INDEX sites_name ON sites (name) WHERE removed_at IS NULL',
    `CREATE TABLE subscribers (
      id ${bytes} PRIMARY KEY,
      created_at ${integer} NOT NULL
    ) ${keyed}`,
    `CREATE TABLE devices (
      id ${bytes} PRIMARY KEY,
      subscriber_id ${bytes} NOT NULL REFERENCES subscribers (id),
      label TEXT NOT NULL,
      ask_every_time ${integer} NOT NULL CHECK (ask_every_time IN (0, 1)),
      created_at ${integer} NOT NULL
    ) ${keyed}`,
    `CREATE TABLE credentials (
      id ${bytes} PRIMARY KEY,
      subscriber_id ${bytes} NOT NULL REFERENCES subscribers (id),
      check_name TEXT NOT NULL,
      secret ${bytes} NOT NULL,
      last_step ${integer},
      used_at ${integer}
    ) ${keyed}`,
    'CREATE INDEX credentials_subscriber ON credentials (subscriber_id)',
    `CREATE TABLE invitations (
      token_hash ${bytes} PRIMARY KEY,
      label TEXT,
      created_at ${integer} NOT NULL,
      expires_at ${integer} NOT NULL,
      used_at ${integer}
    ) ${keyed}`,
  ]
}

/** What a reservation and the certificate that it becomes have in common. */
function bindingColumns({ bytes, integer }: Spelling): string {
  return `issuer TEXT NOT NULL,
      profile TEXT NOT NULL,
      label TEXT NOT NULL,
      subscriber_id ${bytes} REFERENCES subscribers (id),
      device_id ${bytes} REFERENCES devices (id),
      site_id ${bytes} REFERENCES sites (id),
      service TEXT,
      not_before ${integer} NOT NULL,
      not_after ${integer} NOT NULL,
      expires_at ${integer} NOT NULL,
      key_hash ${bytes} NOT NULL,
      created_at ${integer} NOT NULL,
      revoked_at ${integer},
      reason TEXT`
}

function certificateTables(spelling: Spelling): string[] {
  const { bytes, integer, counted, strict, keyed } = spelling
  return [
    `CREATE TABLE reservations (
      serial ${bytes} PRIMARY KEY,
      ${bindingColumns(spelling)},
      tbs ${bytes} NOT NULL
    ) ${strict}`,
    // Verdicts read this row: the DER is kept apart, so that many rows share a page, and the device's wish stands here
    // too, so that no second row has to be found.
    `CREATE TABLE certificates (
      number ${counted},
      fingerprint ${bytes} NOT NULL UNIQUE CHECK (length(fingerprint) = 32),
      serial ${bytes} NOT NULL UNIQUE,
      ${bindingColumns(spelling)},
      status TEXT NOT NULL CHECK (status IN ('active', 'held', 'revoked')),
      ask_every_time ${integer} NOT NULL CHECK (ask_every_time IN (0, 1)),
      validated_at ${integer},
      validated_with TEXT,
      last_used_at ${integer}
    ) ${strict}`,
    `CREATE TABLE certificate_bytes (
      number ${integer} PRIMARY KEY REFERENCES certificates (number),
      der ${bytes} NOT NULL
    ) ${strict}`,
    'CREATE INDEX certificates_subscriber ON certificates (subscriber_id) WHERE subscriber_id IS NOT NULL',
    'CREATE INDEX certificates_site ON certificates (site_id) WHERE site_id IS NOT NULL',
    "CREATE INDEX certificates_withdrawn ON certificates (issuer, serial) WHERE status <> 'active'",
    // a key's compromise ends all that was made of it
    'CREATE INDEX certificates_key ON certificates (key_hash)',
    'CREATE INDEX reservations_key ON reservations (key_hash) WHERE revoked_at IS NULL',
    `CREATE TABLE compromised_keys (
      key_hash ${bytes} PRIMARY KEY,
      at ${integer} NOT NULL
    ) ${keyed}`,
  ]
}

function revalidationTables({ bytes, integer, keyed }: Spelling): string[] {
  return [
    `CREATE TABLE spent_tickets (
      ticket_id ${bytes} PRIMARY KEY,
      fingerprint ${bytes} NOT NULL,
      site_id ${bytes} NOT NULL,
      spent_at ${integer} NOT NULL,
      forget_at ${integer} NOT NULL
    ) ${keyed}`,
    'CREATE INDEX spent_tickets_walk ON spent_tickets (fingerprint, site_id, spent_at)',
    'CREATE INDEX spent_tickets_forget ON spent_tickets (forget_at)',
    `CREATE TABLE guesses (
      key TEXT NOT NULL,
      started_at ${integer} NOT NULL,
      count ${integer} NOT NULL,
      PRIMARY KEY (key, started_at)
    ) ${keyed}`,
    `CREATE TABLE sign_ins (
      site_id ${bytes} NOT NULL REFERENCES sites (id),
      service TEXT NOT NULL,
      subscriber_id ${bytes} NOT NULL REFERENCES subscribers (id),
      month ${integer} NOT NULL,
      first_at ${integer} NOT NULL,
      PRIMARY KEY (site_id, service, subscriber_id, month)
    ) ${keyed}`,
  ]
}

function revocationTables({ bytes, integer, strict }: Spelling): string[] {
  return [
    `CREATE TABLE crl_numbers (
      issuer TEXT PRIMARY KEY,
      number ${integer} NOT NULL
    ) ${strict}`,
    `CREATE TABLE revocation_lists (
      issuer TEXT PRIMARY KEY,
      number ${integer} NOT NULL,
      this_update ${integer} NOT NULL,
      next_update ${integer} NOT NULL,
      der ${bytes} NOT NULL
    ) ${strict}`,
  ]
}

/** What an owner's own account needs: being signed in to it, and adding a device from another one. */
function sessionTables({ bytes, integer, keyed }: Spelling): string[] {
  return [
    `CREATE TABLE sessions (
      id_hash ${bytes} PRIMARY KEY,
      fingerprint ${bytes} NOT NULL,
      subscriber_id ${bytes} NOT NULL REFERENCES subscribers (id),
      proven_at ${integer} NOT NULL,
      proven_with TEXT NOT NULL,
      seen_at ${integer} NOT NULL,
      forget_at ${integer} NOT NULL
    ) ${keyed}`,
    'CREATE INDEX sessions_fingerprint ON sessions (fingerprint)',
    'CREATE INDEX sessions_forget ON sessions (forget_at)',
    `CREATE TABLE pairings (
      id ${bytes} PRIMARY KEY,
      selector TEXT NOT NULL UNIQUE,
      subscriber_id ${bytes} NOT NULL REFERENCES subscribers (id),
      fingerprint ${bytes} NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('offered', 'claimed', 'confirmed', 'refused')),
      claimant_hash ${bytes} UNIQUE,
      created_at ${integer} NOT NULL,
      expires_at ${integer} NOT NULL
    ) ${keyed}`,
    'CREATE INDEX pairings_fingerprint ON pairings (fingerprint)',
    'CREATE INDEX pairings_expiry ON pairings (expires_at)',
  ]
}

function deviceColumns({ bytes, integer }: Spelling): string[] {
  return [
    'ALTER TABLE subscribers ADD COLUMN name TEXT',
    'ALTER TABLE devices ADD COLUMN platform TEXT',
    // an invitation to renew a device that is there
    `ALTER TABLE invitations ADD COLUMN device_id ${bytes} REFERENCES devices (id)`,
    // an operator's hold is not its owner's to lift
    "ALTER TABLE certificates ADD COLUMN held_by TEXT CHECK (held_by IN ('owner', 'operator'))",
    // when a renewed device's older certificate ends
    `ALTER TABLE certificates ADD COLUMN supersede_at ${integer}`,
    'CREATE INDEX certificates_superseding ON certificates (supersede_at) WHERE supersede_at IS NOT NULL',
  ]
}

function relationTables({ bytes, integer, keyed }: Spelling): string[] {
  return [
    // counts how often somebody wanted to be forgotten there: each time the subject becomes another one
    `CREATE TABLE subject_generations (
      site_id ${bytes} NOT NULL REFERENCES sites (id),
      subscriber_id ${bytes} NOT NULL REFERENCES subscribers (id),
      generation ${integer} NOT NULL,
      PRIMARY KEY (site_id, subscriber_id)
    ) ${keyed}`,
    // what was forgotten still counts as the month's usage
    `ALTER TABLE sign_ins ADD COLUMN forgotten_at ${integer}`,
    'CREATE INDEX sign_ins_subscriber ON sign_ins (subscriber_id)',
    'CREATE INDEX audit_object ON audit (object, count)',
  ]
}

/** Several credentials of a check, each under its owner's name for it; invitations for people that are here already. */
function checkColumns({ bytes, integer }: Spelling): string[] {
  return [
    'ALTER TABLE credentials ADD COLUMN label TEXT',
    // null: made before such times were kept
    `ALTER TABLE credentials ADD COLUMN created_at ${integer}`,
    `ALTER TABLE credentials ADD COLUMN last_used_at ${integer}`,
    `ALTER TABLE invitations ADD COLUMN subscriber_id ${bytes} REFERENCES subscribers (id)`,
    `ALTER TABLE invitations ADD COLUMN new_checks ${integer} NOT NULL DEFAULT 1 CHECK (new_checks IN (0, 1))`,
    `ALTER TABLE guesses ADD COLUMN last_at ${integer}`,
  ]
}

/** Who is told is decided in the transaction of the change: a relation that ends with it is still told of its end. */
function siteEventTables({ bytes, integer, keyed }: Spelling): string[] {
  return [
    `CREATE TABLE site_events (
      position ${integer} NOT NULL,
      site_id ${bytes} NOT NULL REFERENCES sites (id),
      subscriber_id ${bytes} NOT NULL REFERENCES subscribers (id),
      generation ${integer} NOT NULL,
      event TEXT NOT NULL,
      at ${integer} NOT NULL,
      PRIMARY KEY (position, site_id)
    ) ${keyed}`,
    'CREATE INDEX site_events_site ON site_events (site_id, position)',
    // up to this position events were forgotten
    `ALTER TABLE ledger ADD COLUMN events_forgotten ${integer} NOT NULL DEFAULT 0`,
  ]
}

/** How many people signed in, kept beside the rows that it is the count of: nobody waits for a million to be counted. */
function usageTables({ bytes, integer, keyed }: Spelling): string[] {
  return [
    // service '': the site as a whole, in which somebody who was at two services is one
    `CREATE TABLE usage_counts (
      site_id ${bytes} NOT NULL REFERENCES sites (id),
      month ${integer} NOT NULL,
      service TEXT NOT NULL,
      people ${integer} NOT NULL,
      PRIMARY KEY (site_id, month, service)
    ) ${keyed}`,
    `INSERT INTO usage_counts (site_id, month, service, people)
      SELECT site_id, month, service, count(*) FROM sign_ins GROUP BY site_id, month, service`,
    `INSERT INTO usage_counts (site_id, month, service, people)
      SELECT site_id, month, '', count(DISTINCT subscriber_id) FROM sign_ins GROUP BY site_id, month`,
    // from a month (yyyymm) on, until another one begins
    `CREATE TABLE site_plans (
      site_id ${bytes} NOT NULL REFERENCES sites (id),
      from_month ${integer} NOT NULL,
      plan TEXT NOT NULL,
      PRIMARY KEY (site_id, from_month)
    ) ${keyed}`,
    // what a site calls somebody, sealed
    `CREATE TABLE site_accounts (
      site_id ${bytes} NOT NULL REFERENCES sites (id),
      subscriber_id ${bytes} NOT NULL REFERENCES subscribers (id),
      sealed ${bytes} NOT NULL,
      bound_at ${integer} NOT NULL,
      PRIMARY KEY (site_id, subscriber_id)
    ) ${keyed}`,
    'CREATE INDEX site_accounts_subscriber ON site_accounts (subscriber_id)',
  ]
}

/** Whom a site knows by which subject. Rows of before have none: each gets it with the next valid answer. */
function subjectTables({ bytes, integer, keyed }: Spelling): string[] {
  return [
    `CREATE TABLE subjects (
      subscriber_id ${bytes} NOT NULL REFERENCES subscribers (id),
      site_id ${bytes} NOT NULL REFERENCES sites (id),
      subject ${bytes} NOT NULL CHECK (length(subject) = 32),
      PRIMARY KEY (subscriber_id, site_id)
    ) ${keyed}`,
    'CREATE UNIQUE INDEX subjects_subject ON subjects (site_id, subject)',
    `ALTER TABLE sign_ins ADD COLUMN has_subject ${integer} NOT NULL DEFAULT 0`,
  ]
}

/** Which certificate of a service was asked for with which: what ends the one ends the other. */
function renewalTables({ bytes, integer, keyed }: Spelling): string[] {
  return [
    // by serial, which reservation and certificate have in common
    `CREATE TABLE renewals (
      serial ${bytes} PRIMARY KEY,
      renewed_from ${bytes} NOT NULL,
      at ${integer} NOT NULL
    ) ${keyed}`,
    'CREATE INDEX renewals_line ON renewals (renewed_from)',
  ]
}

/** What a site wants beyond the operator's policy is read with it, at each question: so it stands in the site's own row. */
function sitePolicyTables({ bytes, integer, strict }: Spelling): string[] {
  return [
    `ALTER TABLE sites ADD COLUMN policies TEXT NOT NULL DEFAULT '{"site":{},"services":{}}'`,
    // the feed's position at which they were last changed: what a site heard before is void
    `ALTER TABLE sites ADD COLUMN policy_position ${integer} NOT NULL DEFAULT 0`,
    `CREATE TABLE site_logos (
      hash ${bytes} NOT NULL,
      site_id ${bytes} NOT NULL REFERENCES sites (id),
      png ${bytes} NOT NULL,
      PRIMARY KEY (hash, site_id)
    ) ${strict}`,
  ]
}

/** What is told as signed tokens, by push or poll: one stream for each site, and what it has not confirmed yet. */
function securityStreamTables({ bytes, integer, keyed, strict }: Spelling): string[] {
  return [
    `CREATE TABLE push_addresses (
      site_id ${bytes} PRIMARY KEY REFERENCES sites (id),
      url TEXT NOT NULL,
      allow_private ${integer} NOT NULL CHECK (allow_private IN (0, 1)),
      anchors TEXT,
      sealed ${bytes} NOT NULL
    ) ${strict}`,
    `CREATE TABLE security_streams (
      site_id ${bytes} PRIMARY KEY REFERENCES sites (id),
      id ${bytes} NOT NULL,
      delivery TEXT NOT NULL CHECK (delivery IN ('push', 'poll')),
      requested TEXT,
      description TEXT,
      status TEXT NOT NULL CHECK (status IN ('enabled', 'paused', 'disabled')),
      status_reason TEXT,
      verified_at ${integer},
      failures ${integer} NOT NULL DEFAULT 0,
      push_at ${integer} NOT NULL DEFAULT 0,
      pushed_by ${bytes},
      pushed_until ${integer} NOT NULL DEFAULT 0
    ) ${keyed}`,
    // which types of events a stream carries: read where an event is told
    `CREATE TABLE security_wishes (
      site_id ${bytes} NOT NULL REFERENCES sites (id),
      type TEXT NOT NULL,
      PRIMARY KEY (site_id, type)
    ) ${keyed}`,
    // goes when it is confirmed; dead: it could not be delivered, and waits for the operator
    `CREATE TABLE security_events (
      site_id ${bytes} NOT NULL REFERENCES sites (id),
      position ${integer} NOT NULL,
      type TEXT NOT NULL,
      at ${integer} NOT NULL,
      event TEXT,
      subscriber_id ${bytes} REFERENCES subscribers (id),
      generation ${integer},
      state TEXT,
      dead_at ${integer},
      failure TEXT,
      forget_at ${integer} NOT NULL,
      PRIMARY KEY (site_id, position, type, at)
    ) ${keyed}`,
    'CREATE INDEX security_events_dead ON security_events (site_id, position) WHERE dead_at IS NOT NULL',
    'CREATE INDEX security_events_forget ON security_events (forget_at)',
  ]
}

/** One vouch of a site for a person, and one report for each time that he was somebody new there. */
function trustTables({ bytes, integer, keyed }: Spelling): string[] {
  return [
    `CREATE TABLE vouches (
      subscriber_id ${bytes} NOT NULL REFERENCES subscribers (id),
      site_id ${bytes} NOT NULL REFERENCES sites (id),
      kind TEXT NOT NULL,
      since ${integer} NOT NULL,
      expires_at ${integer} NOT NULL,
      PRIMARY KEY (subscriber_id, site_id)
    ) ${keyed}`,
    'CREATE INDEX vouches_expiry ON vouches (expires_at)',
    `CREATE TABLE intrusion_reports (
      id ${bytes} PRIMARY KEY,
      subscriber_id ${bytes} NOT NULL REFERENCES subscribers (id),
      site_id ${bytes} NOT NULL REFERENCES sites (id),
      generation ${integer} NOT NULL,
      severity TEXT NOT NULL,
      message TEXT NOT NULL,
      reported_at ${integer} NOT NULL,
      expires_at ${integer} NOT NULL,
      appeal TEXT,
      appealed_at ${integer},
      confirmed_at ${integer}
    ) ${keyed}`,
    'CREATE UNIQUE INDEX intrusion_reports_about ON intrusion_reports (subscriber_id, site_id, generation)',
    'CREATE INDEX intrusion_reports_expiry ON intrusion_reports (expires_at)',
    // what a site's word weighs, reckoned anew each day
    `CREATE TABLE site_standings (
      site_id ${bytes} PRIMARY KEY REFERENCES sites (id),
      weight ${integer} NOT NULL,
      people ${integer} NOT NULL,
      shared ${integer} NOT NULL,
      weighed_at ${integer} NOT NULL
    ) ${keyed}`,
    `ALTER TABLE subjects ADD COLUMN since ${integer} NOT NULL DEFAULT 0`,
    `ALTER TABLE subscribers ADD COLUMN trust_hidden ${integer} NOT NULL DEFAULT 0 CHECK (trust_hidden IN (0, 1))`,
  ]
}

/**
 * Whom each site has met: he came from there, proved himself here, and was sent back. What is known of that from before is
 * the tickets that are not forgotten yet; of who had himself forgotten there nobody can tell as whom he walked.
 */
function meetingTables({ bytes, integer, keyed }: Spelling): string[] {
  const met = (table: string) => `UPDATE ${table} SET met = 1 WHERE EXISTS (SELECT 1 FROM meetings m
    WHERE m.site_id = ${table}.site_id AND m.subscriber_id = ${table}.subscriber_id)`
  return [
    `CREATE TABLE meetings (
      site_id ${bytes} NOT NULL REFERENCES sites (id),
      subscriber_id ${bytes} NOT NULL REFERENCES subscribers (id),
      first_at ${integer} NOT NULL,
      PRIMARY KEY (site_id, subscriber_id)
    ) ${keyed}`,
    'CREATE INDEX meetings_subscriber ON meetings (subscriber_id)',
    `INSERT INTO meetings (site_id, subscriber_id, first_at)
      SELECT t.site_id, c.subscriber_id, min(t.spent_at) FROM spent_tickets t
        JOIN certificates c ON c.fingerprint = t.fingerprint
        JOIN subjects s ON s.site_id = t.site_id AND s.subscriber_id = c.subscriber_id
        JOIN sites i ON i.id = t.site_id AND i.removed_at IS NULL
        LEFT JOIN subject_generations g ON g.site_id = t.site_id AND g.subscriber_id = c.subscriber_id
        WHERE g.site_id IS NULL GROUP BY t.site_id, c.subscriber_id`,
    // a report outlives the meeting, when its owner has himself forgotten: so each statement keeps whether it is heard
    ...['vouches', 'intrusion_reports'].flatMap((table) => [
      `ALTER TABLE ${table} ADD COLUMN met ${integer} NOT NULL DEFAULT 0 CHECK (met IN (0, 1))`,
      met(table),
    ]),
  ]
}
