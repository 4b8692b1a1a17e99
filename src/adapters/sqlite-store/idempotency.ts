/** Idempotency keys in SQLite: which decision a request made before. Each function runs inside whatever transaction is open. */
import type { RevocationId } from '../../ids.ts';
import type { Idempotency } from '../../revocations/ports.ts';
import { idempotencyLifetimeSeconds } from '../retention.ts';
import type { Sql } from './database.ts';

/** The decision that a request with this key made, and what it was asked. */
export interface KeyUse {
  readonly fingerprint: string;
  readonly revocationId: RevocationId;
}

/** Which decision the key made, if its life is not over. */
export function findKeyUse({ first }: Sql, { key }: Idempotency, nowSeconds: number): KeyUse | undefined {
  const where = 'key = ? AND expires_at > ?';
  const row = first(`SELECT fingerprint, revocation_id FROM idempotency_keys WHERE ${where}`, key, nowSeconds);
  return row && { fingerprint: String(row.fingerprint), revocationId: String(row.revocation_id) as RevocationId };
}

/** Notes which decision the key makes. */
export function writeKeyUse({ change }: Sql, { key, fingerprint }: Idempotency, id: RevocationId, now: number): void {
  const columns = 'key, fingerprint, revocation_id, expires_at';
  const insert = `INSERT OR REPLACE INTO idempotency_keys (${columns}) VALUES (?, ?, ?, ?)`;
  change(insert, key, fingerprint, id, now + idempotencyLifetimeSeconds);
}

/** Forgets the keys of a decision that was taken back. */
export function forgetKeys({ change }: Sql, id: RevocationId): void {
  change('DELETE FROM idempotency_keys WHERE revocation_id = ?', id);
}
