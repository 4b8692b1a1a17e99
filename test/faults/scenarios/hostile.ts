/** Hostile requests with valid credentials, made of the OpenAPI document: no 5xx but 502 and 503, and memory stays flat. */
import { randomInt } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { Json } from '../../black-box/answer.ts';
import type { Run, Scenario } from '../scenario.ts';
import { createHostileRequests, type HostileRequest, type Known } from '../support/hostile-requests.ts';
import { toMedian } from '../support/load-rate.ts';
import { watchMemory } from '../support/memory.ts';
import { forgetful, startRedisProcess } from '../support/redis-process.ts';
import { toRedisSettings } from '../support/redis-settings.ts';
import { adminKey, startWorld, type World } from '../support/world.ts';

const inParallel = 24;
const patienceMs = 20_000;
/** Above this a body may be refused before it was sent in whole, so that the connection breaks. */
const largeBytes = 60_000;
const refusedUnread = [400, 401, 405, 413, 415];
const maxGrowthMb = 60;
const maxIds = 200;

interface Outcome {
  readonly status: number | null;
  readonly error?: string;
  readonly body: Json;
}

export const hostile: Scenario = {
  name: 'hostile',
  title: 'requests made of the OpenAPI document, by those who hold a credential',
  async run(run) {
    const redis = await startRedisProcess(forgetful);
    try {
      const world = await startWorld({ redis: toRedisSettings(redis.port), instances: 1 });
      try {
        await attack(run, world);
      } finally {
        await world.end();
      }
    } finally {
      await redis.end();
    }
  },
};

async function attack(run: Run, world: World): Promise<void> {
  const url = world.instances[0]?.url ?? '';
  const known: Known = { channels: world.channels, ids: new Map() };
  const next = createHostileRequests(await (await fetch(`${url}/openapi.json`)).json(), known);
  const agent = new Agent({ keepAlive: true, maxSockets: inParallel });
  const counts = new Map<string, number>();
  const total = run.choose(200_000, 10_000);
  let [sent, past] = [0, 0];
  const memory = watchMemory(world.instances[0]?.pid ?? 0);
  const work = async () => {
    while (sent < total) {
      sent++;
      const hostile = next();
      const as = randomInt(10) < 7 ? adminKey : world.issuerKey;
      const outcome = await send(agent, url, hostile, as);
      keepIds(known, hostile, outcome);
      if (isPastValidation(outcome)) past++;
      const name = String(outcome.status);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      judge(run, hostile, outcome);
    }
  };
  await Promise.all(Array.from({ length: inParallel }, work));
  agent.destroy();
  run.say(
    `${sent} requests, ${past} past validation; ${[...counts]
      .sort()
      .map(([status, count]) => `${status}: ${count}`)
      .join(', ')}`,
  );
  if (past * 3 < sent) run.violate([{ rule: 'too few got past validation', message: `${past} of ${sent}` }]);
  judgeMemory(run, memory.stop());
}

function judge(
  run: Run,
  { operation, path, headers, body }: HostileRequest,
  { status, error, body: answer }: Outcome,
): void {
  const isBroken = status !== null && status >= 500 && status !== 502 && status !== 503;
  const isCut = status === null && (body?.length ?? 0) < largeBytes;
  if (!isBroken && !isCut) return;
  const what = `${operation} ${path.slice(0, 200)} ${JSON.stringify(headers)} ${body?.slice(0, 400)}`;
  run.violate([
    {
      rule: isBroken ? '5xx' : 'no answer',
      message: `${status ?? error} ${JSON.stringify(answer)?.slice(0, 200)}: ${what}`,
    },
  ]);
}

function isPastValidation({ status, body }: Outcome): boolean {
  return status !== null && !refusedUnread.includes(status) && body?.code !== 'forbidden';
}

/** The median of the last quarter beside that of the second: what was warmed up, caches and code, has its size by then. */
function judgeMemory(run: Run, figures: readonly number[]): void {
  const quarter = Math.floor(figures.length / 4);
  const [early, late] = [toMedian(figures.slice(quarter, quarter * 2)), toMedian(figures.slice(-quarter))];
  run.say(
    `memory of the instance: ${figures[0]} MB at first, ${early} MB in the second quarter, ${late} MB in the last`,
  );
  if (late > early * 1.2 + maxGrowthMb) run.violate([{ rule: 'memory grows', message: `${early} MB to ${late} MB` }]);
}

function keepIds({ ids }: Known, { path }: HostileRequest, { status, body }: Outcome): void {
  if ((status !== 201 && status !== 200) || typeof body?.id !== 'string') return;
  const owner = path.replace(/\?.*/, '').split('/').slice(2, 4).join('/');
  const known = ids.get(owner) ?? [];
  if (known.length < maxIds) ids.set(owner, [...known, body.id]);
}

function send(
  agent: Agent,
  url: string,
  { method, path, headers, body }: HostileRequest,
  as: string,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const fail = (error: Error) => resolve({ status: null, error: error.message, body: undefined });
    const sent = request(`${url}${path}`, {
      agent,
      method,
      headers: {
        authorization: `Bearer ${as}`,
        ...headers,
        ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
      },
      timeout: patienceMs,
    });
    sent.on('error', fail);
    sent.on('timeout', () => sent.destroy(new Error(`nothing for ${patienceMs} ms`)));
    sent.on('response', (response) => {
      let received = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        received += chunk;
      });
      response.on('error', fail);
      response.on('end', () => resolve({ status: response.statusCode ?? null, body: parse(received) }));
    });
    sent.end(body);
  });
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
