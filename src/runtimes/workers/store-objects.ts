/** The Durable Objects as others call them: found by name, and made where the settings say. */
import type { StoreObjectsConfig } from '../../config.ts';
import { toDeliveryName, toStoreName } from './object-name.ts';
import type { StoreRpc, WakeReason, WorkerEnv } from './worker-env.ts';

/** The object that serves a key. */
export function findStoreObject(env: WorkerEnv, objects: StoreObjectsConfig, key: string): DurableObjectStub<StoreRpc> {
  return find(env, objects, toStoreName(key, objects));
}

/** Wakes the object that tells IVS of revocations. */
export async function wakeDelivery(env: WorkerEnv, objects: StoreObjectsConfig, reason: WakeReason): Promise<void> {
  await find(env, objects, toDeliveryName(objects)).wake(reason);
}

function find({ STORE }: WorkerEnv, { location }: StoreObjectsConfig, name: string): DurableObjectStub<StoreRpc> {
  return STORE.get(STORE.idFromName(name), location === undefined ? {} : { locationHint: location });
}
