/** What a token needs of Redis: channel, policy, scopes and active key pair in one go, and the ledger of sessions. */
import type { Channel } from '../../channels/record.ts';
import type { KeyPairId } from '../../ids.ts';
import type { Policy } from '../../policies/record.ts';
import { sessionLifetimeSeconds } from '../../revocations/delivery.ts';
import type { ScopeState } from '../../revocations/scopes.ts';
import type { IssuanceStore } from '../../tokens/ports.ts';
import { parseStored } from '../stored-json.ts';
import { toFields } from './answers.ts';
import type { Keyspace } from './keyspace.ts';

/** Binds issuance to its keys. */
export function createIssuanceStore(keyspace: Keyspace): IssuanceStore {
  return {
    async load({ channelArn, viewerId, region }) {
      const answer = (await keyspace.run('load-issuance', channelArn, viewerId, region)) as unknown[];
      const [channel, policy, activeKeyPairId, ...scopes] = answer;
      return {
        channel: parseStored<Channel>(channel),
        policy: parseStored<Policy>(policy),
        activeKeyPairId: (activeKeyPairId ?? undefined) as KeyPairId | undefined,
        scopes: scopes.map((fields) => toScopeState(fields as string[])),
      };
    },
    async recordSession({ channelArn, viewerId, sessionVersion, issuedAt }) {
      const answer = await keyspace.run(
        'record-session',
        channelArn,
        viewerId,
        sessionVersion,
        issuedAt,
        sessionLifetimeSeconds,
      );
      return answer === 1 ? 'recorded' : 'overtaken';
    },
  };
}

function toScopeState(flat: readonly string[]): ScopeState {
  const { floor = '0', ...blocks } = toFields(flat);
  return { floor: Number(floor), blockedUntil: Math.max(0, ...Object.values(blocks).map(Number)) };
}
