/** Whether an instance says that it is ready: what a load balancer goes by. */
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 100;

/** Waits until `/readyz` says so, or its opposite; false when it does not in time. */
export async function waitForReadiness(url: string, ready: boolean, patienceMs: number): Promise<boolean> {
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await sleep(pollMs))
    if ((await loadReadiness(url, patienceMs)) === (ready ? 200 : 503)) return true;
  return false;
}

/** The status; undefined when there is no answer. */
function loadReadiness(url: string, patienceMs: number): Promise<number | undefined> {
  return fetch(`${url}/readyz`, { signal: AbortSignal.timeout(patienceMs) }).then(
    ({ status }) => status,
    () => undefined,
  );
}
