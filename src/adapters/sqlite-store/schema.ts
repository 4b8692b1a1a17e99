/** The tables of the SQLite store. `docs/storage.md` describes them. Times are unix seconds unless a name says otherwise. */

/** Counts up with each change of the tables; a file of another version is refused. */
export const schemaVersion = 4;

/**
 * How a connection uses the file. A short write-ahead log is taken over into the file often, so that none of these copies, which
 * happen inside a commit, keeps the process waiting for long.
 */
export const connectionSettings = `
PRAGMA busy_timeout = 500;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA cache_size = -32768;
PRAGMA wal_autocheckpoint = 500;
`;

/** The SQL that makes the tables in a new file. Where a viewer or a channel is none, its column is empty. */
export const schema = `
CREATE TABLE facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO facts (name, value) VALUES ('turn', 0), ('pinged_at_ms', 0);

CREATE TABLE records (
  kind TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX channels_by_policy ON records (json ->> 'policyId') WHERE kind = 'channel';

CREATE TABLE floors (
  viewer_id TEXT NOT NULL, channel_arn TEXT NOT NULL, floor INTEGER NOT NULL,
  PRIMARY KEY (viewer_id, channel_arn)
) WITHOUT ROWID;
CREATE INDEX floors_by_time ON floors (floor);

CREATE TABLE blocks (
  viewer_id TEXT NOT NULL, channel_arn TEXT NOT NULL, revocation_id TEXT NOT NULL, blocked_until INTEGER NOT NULL,
  PRIMARY KEY (viewer_id, channel_arn, revocation_id)
) WITHOUT ROWID;
CREATE INDEX blocks_by_revocation ON blocks (revocation_id);
CREATE INDEX blocks_by_time ON blocks (blocked_until);

CREATE TABLE sessions (
  viewer_id TEXT NOT NULL, channel_arn TEXT NOT NULL, version INTEGER NOT NULL, issued_at INTEGER NOT NULL, hour INTEGER NOT NULL,
  channel_floor INTEGER NOT NULL, older INTEGER NOT NULL,
  PRIMARY KEY (viewer_id, channel_arn)
) WITHOUT ROWID;
CREATE INDEX sessions_by_hour ON sessions (hour, channel_arn, viewer_id, version, issued_at, channel_floor, older);

CREATE TABLE devices (
  viewer_id TEXT NOT NULL, channel_arn TEXT NOT NULL, version INTEGER NOT NULL, device_id TEXT NOT NULL,
  PRIMARY KEY (viewer_id, channel_arn, version)
) WITHOUT ROWID;
CREATE INDEX devices_by_time ON devices (version);

CREATE TABLE limits (
  viewer_id TEXT NOT NULL, key TEXT NOT NULL, spent_until_micros INTEGER NOT NULL,
  PRIMARY KEY (viewer_id, key)
) WITHOUT ROWID;
CREATE INDEX limits_by_time ON limits (spent_until_micros);

CREATE TABLE revocations (
  id TEXT PRIMARY KEY, draft TEXT NOT NULL, scope TEXT NOT NULL, viewer_id TEXT NOT NULL, channel_arn TEXT NOT NULL,
  created_at INTEGER NOT NULL, floor INTEGER NOT NULL, seen INTEGER, blocked_until INTEGER NOT NULL, acknowledged INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  pending INTEGER NOT NULL DEFAULT 0, delivered INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
  failed_kept INTEGER NOT NULL DEFAULT 0, walked INTEGER NOT NULL DEFAULT 0, walk_done INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX revocations_by_viewer ON revocations (viewer_id, id) WHERE viewer_id <> '';
CREATE INDEX revocations_by_channel ON revocations (channel_arn, id) WHERE channel_arn <> '';
CREATE INDEX revocations_by_scope ON revocations (scope, id);
CREATE INDEX revocations_blocking ON revocations (id) WHERE blocked_until > 0;
CREATE INDEX revocations_pending ON revocations (id) WHERE pending > 0 OR walk_done = 0;
CREATE INDEX revocations_failed ON revocations (id) WHERE failed > 0;
CREATE INDEX revocations_by_end ON revocations (expires_at);

CREATE TABLE listed_viewers (
  revocation_id TEXT NOT NULL, viewer_id TEXT NOT NULL, floor INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (revocation_id, viewer_id)
) WITHOUT ROWID;
CREATE INDEX listed_viewers_by_viewer ON listed_viewers (viewer_id, revocation_id);

CREATE TABLE intents (
  revocation_id TEXT PRIMARY KEY, step TEXT NOT NULL, begun_at_ms INTEGER NOT NULL, viewer_id TEXT NOT NULL DEFAULT '',
  audit TEXT
) WITHOUT ROWID;
CREATE INDEX intents_by_time ON intents (begun_at_ms);

CREATE TABLE idempotency_keys (
  key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, revocation_id TEXT NOT NULL, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_end ON idempotency_keys (expires_at);
CREATE INDEX idempotency_keys_by_revocation ON idempotency_keys (revocation_id);

CREATE TABLE deliveries (
  revocation_id TEXT NOT NULL, channel_arn TEXT NOT NULL, viewer_id TEXT NOT NULL, floor INTEGER NOT NULL,
  budget TEXT NOT NULL, queue TEXT NOT NULL, due_at_ms INTEGER NOT NULL, decided_at INTEGER,
  PRIMARY KEY (revocation_id, channel_arn, viewer_id)
) WITHOUT ROWID;
CREATE INDEX deliveries_by_due ON deliveries (budget, queue, due_at_ms);

CREATE TABLE failed_deliveries (
  revocation_id TEXT NOT NULL, channel_arn TEXT NOT NULL, viewer_id TEXT NOT NULL, floor INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (revocation_id, channel_arn, viewer_id)
) WITHOUT ROWID;

CREATE TABLE budgets (
  budget TEXT PRIMARY KEY, served_turn INTEGER NOT NULL DEFAULT 0, batch_free_at_ms INTEGER NOT NULL DEFAULT 0,
  single_free_at_ms INTEGER NOT NULL DEFAULT 0, next_single TEXT NOT NULL DEFAULT 'alone'
) WITHOUT ROWID;

CREATE TABLE jobs (
  revocation_id TEXT PRIMARY KEY, budget TEXT NOT NULL, scope TEXT NOT NULL, channel_arn TEXT NOT NULL, floor INTEGER NOT NULL,
  since INTEGER NOT NULL, hour INTEGER NOT NULL, last_hour INTEGER NOT NULL, viewer_id TEXT NOT NULL DEFAULT '',
  served_turn INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX jobs_by_turn ON jobs (budget, served_turn);
CREATE INDEX jobs_by_channel ON jobs (channel_arn) WHERE scope = 'channel';

CREATE TABLE audit (
  at_ms INTEGER NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY (at_ms, number)
) WITHOUT ROWID;
CREATE INDEX audit_by_kind ON audit (kind, at_ms, number);

CREATE TABLE stats (
  hour INTEGER NOT NULL, subject TEXT NOT NULL, minute INTEGER NOT NULL, counts TEXT NOT NULL,
  PRIMARY KEY (hour, subject, minute)
) WITHOUT ROWID;

CREATE TABLE stats_channels (
  hour INTEGER NOT NULL, channel_arn TEXT NOT NULL,
  PRIMARY KEY (hour, channel_arn)
) WITHOUT ROWID;

CREATE TABLE stats_sources (source TEXT PRIMARY KEY, sequence INTEGER NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX stats_sources_by_end ON stats_sources (expires_at);

PRAGMA user_version = ${schemaVersion};
`;
