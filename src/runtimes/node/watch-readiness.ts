/** Looks at what the process depends on from time to time, also where no load balancer asks for `/readyz`: the log then says what is missing. */
import type { Services } from '../../services.ts';

/** Between two looks, in milliseconds. The clock is compared with the store's in each. */
const lookEveryMs = 60_000;

/**
 * Looks at once, which warms the key ring up before the first request, and then every minute for as long as the process lives. Never
 * rejects: what is away now may be back for the first request.
 */
export async function watchReadiness({ checkReadiness }: Pick<Services, 'checkReadiness'>): Promise<void> {
  setInterval(checkReadiness, lookEveryMs).unref();
  await checkReadiness();
}
