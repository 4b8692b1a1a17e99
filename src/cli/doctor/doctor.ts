/** Everything about a set-up that can be looked at from a machine with the service's settings. Nothing is changed. */
import { createJsonLog } from '../../adapters/json-log.ts';
import type { Config, Environment } from '../../config.ts';
import { toRegion } from '../../ids.ts';
import { createNodePorts, type NodePorts } from '../../runtimes/node/ports.ts';
import { createServices, type Services } from '../../services.ts';
import { createFindingsOf, type Finding, toCause } from './finding.ts';
import { checkKeys } from './keys-check.ts';
import { checkClock, checkIdentityProviders } from './network-check.ts';
import { checkSettings, toSettingFindings } from './settings-check.ts';
import { checkStore } from './store-check.ts';
import { checkVault } from './vault-check.ts';

/** Looks at all that can be looked at; what stands in the way of more is among the findings. */
export async function examine(env: Environment): Promise<readonly Finding[]> {
  const { config, findings: ofSettings } = checkSettings(env);
  if (config === undefined) return ofSettings;
  const { isThere, findings: ofStore } = await checkStore(config.store);
  const ofProviders = await checkIdentityProviders(config);
  const early = [...ofSettings, ...ofStore, ...ofProviders];
  // A file that is not there would be made.
  if (!isThere && config.store.kind === 'sqlite') return early;
  const ports = openPorts(config);
  if ('findings' in ports) return [...early, ...ports.findings];
  try {
    const ofVault = await checkVault(config.vault, ports.vault);
    const ofKeys = isThere ? await checkStored(config, createServices(ports, config)) : [];
    return [...early, ...ofVault, ...ofKeys];
  } finally {
    await ports.store.close();
  }
}

/** A file that is no database, or a directory that cannot be used, is found when it is opened. */
function openPorts(config: Config): NodePorts | { readonly findings: readonly Finding[] } {
  try {
    return createNodePorts(
      config,
      createJsonLog('silent', () => undefined),
    );
  } catch (error) {
    return { findings: toSettingFindings(error) };
  }
}

async function checkStored(config: Config, services: Services): Promise<readonly Finding[]> {
  const { problem } = createFindingsOf('store');
  try {
    const ofKeys = await checkKeys(config, services);
    const [channel] = (await services.channels.list({ limit: 1 })).items;
    return [...ofKeys, ...(channel === undefined ? [] : await checkClock(toRegion(channel.channelArn), config))];
  } catch (error) {
    return [problem(`could not be read: ${toCause(error)}`, 'see what Redis, or the file, says of it')];
  }
}
