/** How fast one instance hands out tokens: so many requests in hand for so long, nothing written down. */
import { Agent, request } from 'node:http';

export interface RateOptions {
  readonly url: string;
  readonly key: string;
  /** The body of the next request. */
  next(): Readonly<Record<string, unknown>>;
  readonly inHand: number;
  readonly forMs: number;
}

export interface Rate {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers other than 201, and no answers. */
  readonly others: number;
}

/** Asks for tokens and measures. */
export async function measureRate({ url, key, next, inHand, forMs }: RateOptions): Promise<Rate> {
  const agent = new Agent({ keepAlive: true, maxSockets: inHand });
  const durationsMs: number[] = [];
  let others = 0;
  const fromMs = performance.now();
  const work = async () => {
    while (performance.now() - fromMs < forMs) {
      const sentMs = performance.now();
      const status = await ask(agent, url, key, JSON.stringify(next()));
      if (status === 201) durationsMs.push(performance.now() - sentMs);
      else others++;
    }
  };
  await Promise.all(Array.from({ length: inHand }, work));
  const tookMs = performance.now() - fromMs;
  agent.destroy();
  const sorted = durationsMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.POSITIVE_INFINITY;
  return { perSecond: (sorted.length * 1000) / tookMs, p50Ms: at(0.5), p99Ms: at(0.99), others };
}

function ask(agent: Agent, url: string, key: string, body: string): Promise<number | null> {
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  return new Promise((resolve) => {
    const sent = request(`${url}/v1/tokens`, { agent, method: 'POST', headers });
    sent.on('error', () => resolve(null));
    sent.on('response', (response) => {
      response.resume();
      response.on('error', () => resolve(null));
      response.on('end', () => resolve(response.statusCode ?? null));
    });
    sent.end(body);
  });
}

/** The middle one. */
export function toMedian(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
