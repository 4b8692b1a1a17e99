/** What ships for monitoring: rules that Prometheus takes and that fire when they should, numbers that there are, and a runbook for each alert. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPrometheusMetrics } from '../../src/adapters/prometheus-metrics.ts';
import { findPromtool } from '../support/promtool.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const rules = read('deploy/prometheus/alerts.yaml');
const dashboard = JSON.parse(read('deploy/grafana/playgate.json'));
const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name = '']) => name);

/** The rule of an alert, as it stands in the file. */
function findRule(alert: string): string {
  return rules.split(/^(?= +- alert: )/m).find((rule) => rule.includes(`- alert: ${alert}\n`)) ?? '';
}

/** For how long a condition must hold before the alert fires, in seconds. */
function findWait(alert: string): number {
  const [, time = '0', unit] = /^ +for: (\d+)([sm])$/m.exec(findRule(alert)) ?? [];
  return Number(time) * (unit === 'm' ? 60 : 1);
}

/** The rules with another wait for one alert. */
function setWait(alert: string, seconds: number): string {
  const rule = findRule(alert);
  const changed = rule.replace(/^ +for: .*\n/m, '').replace(/^( +)expr:/m, `$1for: ${seconds}s\n$1expr:`);
  return rules.replace(rule, () => changed);
}

describe('the alerts', () => {
  let promtool: string;
  beforeAll(async () => {
    promtool = await findPromtool();
  }, 300_000);
  const run = (...words: string[]) =>
    execFileSync(promtool, words, { cwd: join(root, 'deploy/prometheus'), encoding: 'utf8', stdio: 'pipe' });

  it('are rules that Prometheus takes, with the example of its settings', () => {
    expect(run('check', 'rules', 'alerts.yaml')).toContain(`SUCCESS: ${alerts.length} rules found`);
    expect(run('check', 'config', 'prometheus.yaml')).toContain('SUCCESS');
  });

  it('each fire when they should, and not before', () => {
    const tests = read('deploy/prometheus/alerts.test.yaml');
    for (const alert of alerts) expect(tests).toContain(`alertname: ${alert}`);
    expect(run('test', 'rules', 'alerts.test.yaml')).toContain('SUCCESS');
  });

  it.each(alerts)('%s has a test that would notice a wait 15 s longer or shorter', async (alert) => {
    const folder = await mkdtemp(join(tmpdir(), 'playgate-alerts-'));
    const tests = join(folder, 'alerts.test.yaml');
    await copyFile(join(root, 'deploy/prometheus/alerts.test.yaml'), tests);
    const testWith = async (seconds: number) => {
      await writeFile(join(folder, 'alerts.yaml'), setWait(alert, seconds));
      return run('test', 'rules', tests);
    };
    const seconds = findWait(alert);
    expect(await testWith(seconds)).toContain('SUCCESS');
    await expect(testWith(seconds + 15)).rejects.toThrow(alert);
    if (seconds > 0) await expect(testWith(seconds - 15)).rejects.toThrow(alert);
    await rm(folder, { recursive: true });
  });

  it('each say what to do in the runbook', () => {
    const headings = [...read('docs/runbook.md').matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    expect(headings).toEqual(alerts);
    for (const alert of alerts) expect(rules).toContain(`runbook: docs/runbook.md#${alert.toLowerCase()}`);
  });
});

it('the alerts and the dashboard ask for numbers that there are', async () => {
  const metrics = createPrometheusMetrics({ version: '0', clock: { nowMs: Date.now }, channels: [] });
  const ok = { state: 'ok', reason: null, since: 0 } as const;
  const readiness = { ready: true, stopping: false, checks: { store: ok, vault: ok, keys: ok }, findings: [] };
  const text = await metrics.render({ readiness, keys: [], deliveries: undefined });
  const there = new Set([...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name));
  const panels: { targets: { expr: string }[] }[] = dashboard.panels;
  const asked = [...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)), rules].join('\n');
  const names = [...asked.matchAll(/\b(playgate|nodejs)_[a-z0-9_]+/g)].map(([name]) =>
    name.replace(/_(bucket|count)$/, ''),
  );
  expect(names.length).toBeGreaterThan(20);
  expect([...new Set(names)].filter((name) => !there.has(name))).toEqual([]);
});
