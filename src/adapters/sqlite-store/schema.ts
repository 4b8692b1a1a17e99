/** The tables of the SQLite store. `docs/storage.md` describes them. Times are unix seconds unless a name says otherwise. */

/** The SQL that runs each time the file is opened: it makes what is not there, and changes no table that is. */
export const schema = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA busy_timeout = 500;

CREATE TABLE IF NOT EXISTS records (
  kind TEXT NOT NULL, id TEXT NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS floors (
  scope TEXT NOT NULL, viewer_id TEXT NOT NULL, channel_arn TEXT NOT NULL, floor INTEGER NOT NULL,
  PRIMARY KEY (scope, viewer_id, channel_arn)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS blocks (
  revocation_id TEXT PRIMARY KEY, scope TEXT NOT NULL, viewer_id TEXT NOT NULL, channel_arn TEXT NOT NULL,
  blocked_until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS blocks_by_scope ON blocks (scope, viewer_id, channel_arn);

CREATE TABLE IF NOT EXISTS sessions (
  viewer_id TEXT NOT NULL, channel_arn TEXT NOT NULL, issued_at INTEGER NOT NULL,
  revoked_with_channel INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (viewer_id, channel_arn)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sessions_by_channel ON sessions (channel_arn);
CREATE INDEX IF NOT EXISTS sessions_by_time ON sessions (issued_at);

CREATE TABLE IF NOT EXISTS revocations (
  id TEXT PRIMARY KEY, draft TEXT NOT NULL, floor INTEGER NOT NULL, lifted INTEGER NOT NULL DEFAULT 0,
  expires_at INTEGER NOT NULL, served_at_ms INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS deliveries (
  revocation_id TEXT NOT NULL, channel_arn TEXT NOT NULL, viewer_id TEXT NOT NULL, region TEXT NOT NULL,
  floor INTEGER NOT NULL, created_at INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'pending', due_at_ms INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (revocation_id, channel_arn, viewer_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due_at_ms);

CREATE TABLE IF NOT EXISTS regions (
  region TEXT PRIMARY KEY, served_at_ms INTEGER NOT NULL, free_at_ms INTEGER NOT NULL
) WITHOUT ROWID;
`;
