/** That the documents name every value of a closed set, and none that is no more: reasons, roles, states, events of the log. */
import { describe, expect, it } from 'vitest';
import { jwtProblems } from '../../src/access/jwt.ts';
import { createPrometheusMetrics } from '../../src/adapters/prometheus-metrics.ts';
import { createApiDescription } from '../../src/app.ts';
import { unansweredReasons } from '../../src/entitlements/record.ts';
import { partStates, readinessParts } from '../../src/readiness.ts';
import { inspectReasons } from '../../src/tokens/inspect.ts';
import { version } from '../../src/version.ts';
import { documents, listCells, listFiles, listQuoted, read } from './documents.ts';

const operations = 'docs/operations.md';
const source = listFiles('src', '.ts')
  .filter((path) => !path.startsWith('src/local-ivs/'))
  .map(read)
  .join('\n');

/** The values of each property of the API that has a closed set of them, of more than one; of all properties of a name. */
function findEnums(node: unknown, property = '', found = new Map<string, readonly string[]>()) {
  if (typeof node !== 'object' || node === null) return found;
  if ('enum' in node && Array.isArray(node.enum) && node.enum.length > 1) {
    const values = node.enum.filter((value) => value !== null);
    found.set(property, [...new Set([...(found.get(property) ?? []), ...values])]);
  }
  // A parameter says its name beside its schema.
  if ('in' in node && 'schema' in node && 'name' in node) return findEnums(node.schema, String(node.name), found);
  const between = ['items', 'anyOf', 'oneOf', 'schema'];
  for (const [name, child] of Object.entries(node))
    findEnums(child, Array.isArray(node) || between.includes(name) ? property : name, found);
  return found;
}

describe('docs/operations.md', () => {
  it('lists the values of every field that has a closed set of them', async () => {
    const elsewhere = ['code', 'reason', 'verdict', 'refusedBecause'];
    const enums = [...findEnums(createApiDescription())].filter(([name]) => !elsewhere.includes(name));
    const rows = listCells(operations, '## Fields with fixed values').map(([field = '', values = '']) => [
      listQuoted(field)[0],
      listQuoted(values).toSorted(),
    ]);
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(enums.map(([name, values]) => [name, values.toSorted()])),
    );
  });

  it('explains every reason for which a token does not play', () => {
    const reasons = listCells(operations, '## Why was a viewer refused?').flatMap(([first = '']) => listQuoted(first));
    expect(reasons.toSorted()).toEqual(['null', ...inspectReasons].toSorted());
  });

  it('explains every line of the log, with its level', () => {
    const logged = [...source.matchAll(/\blog\s*\.(info|warn|error)\(\s*'(\w+)'/g)].map(([, level, event]) => [
      event,
      level,
    ]);
    const printed = [...source.matchAll(/level: '(\w+)', event: '(\w+)'/g)].map(([, level, event]) => [event, level]);
    expect(logged.length).toBeGreaterThan(8);
    const rows = listCells(operations, '## The lines of the log').map(([event = '', level = '']) => [
      listQuoted(event)[0],
      listQuoted(level)[0],
    ]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries([...logged, ...printed]));
  });

  it('shows every part that /readyz looks at', async () => {
    const [shown = '{}'] = /^\{ "ready": .*\}$/m.exec(read(operations)) ?? [];
    const { checks } = JSON.parse(shown);
    expect(Object.keys(checks)).toEqual(readinessParts);
    for (const { state } of Object.values<{ state: string }>(checks)) expect(partStates).toContain(state);
  });
});

describe('docs/callers.md', () => {
  it('names every role', async () => {
    const [line = ''] = /^Roles: .*$/m.exec(read('docs/callers.md')) ?? [];
    const roles = findEnums(createApiDescription()).get('role') ?? [];
    expect(listQuoted(line).toSorted()).toEqual(roles.toSorted());
  });
});

describe('the documents', () => {
  it('name no code, reason, state or event that the source does not know', () => {
    const redis = listFiles('src/adapters', '.lua').map(read).join('\n');
    const named = documents.flatMap((path) =>
      listQuoted(read(path)).filter((quoted) => /^[a-z]+(?:_[a-z]+)+$/.test(quoted)),
    );
    expect(named.length).toBeGreaterThan(50);
    const isKnown = (name: string) => new RegExp(`\\b${name}\\b`).test(source) || redis.includes(name);
    expect([...new Set(named)].filter((name) => !isKnown(name))).toEqual([]);
  });
});

it('the version is that of the package', () => {
  expect(version).toBe(JSON.parse(read('package.json')).version);
});

it('docs/operations.md names every number of /metrics, and none that there is not', async () => {
  const metrics = createPrometheusMetrics({ version, clock: { nowMs: Date.now }, channels: [] });
  const ok = { state: 'ok', reason: null, since: 0 } as const;
  const readiness = { ready: true, stopping: false, checks: { store: ok, vault: ok, keys: ok }, findings: [] };
  const text = await metrics.render({ readiness, keys: [], deliveries: undefined });
  const own = [...text.matchAll(/^# TYPE (playgate_\w+) /gm)].map(([, name]) => name);
  const told = listCells(operations, '## Metrics').map(([name = '']) => listQuoted(name)[0]);
  expect(told.filter((name) => name?.startsWith('playgate_')).toSorted()).toEqual(own.toSorted());
});

it('docs/entitlement-webhook.md lists every reason for which there is no answer', () => {
  const told = listCells('docs/entitlement-webhook.md', '## When there is no answer').map(
    ([name = '']) => listQuoted(name)[0],
  );
  expect(told).toEqual([...unansweredReasons]);
});

it('docs/operations.md lists every reason why a credential is refused', () => {
  const told = listCells(operations, '## Why was a credential refused?').flatMap(([names = '']) => listQuoted(names));
  expect(told.toSorted()).toEqual(
    [...jwtProblems, 'not_known', 'unknown_client', 'wrong_key', 'expired_key'].toSorted(),
  );
});
