/** The README of the local IVS held against its code. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startRunning } from './running.ts';

const source = (path: string): string => readFileSync(new URL(`../../src/local-ivs/${path}`, import.meta.url), 'utf8');
const readme = source('README.md');

/** What stands in backticks under its headings of settings and of the control endpoint. */
const [, settings = '', control = ''] = readme.split(/^## (?:Settings|Control endpoint)$/m);
const namedOptions = [...`${settings}${control}`.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code);

/** What a pattern's group finds in a source file, each once. */
const find = (path: string, pattern: RegExp): readonly string[] => [
  ...new Set([...source(path).matchAll(pattern)].map(([, found = '']) => found)),
];

describe('the README of the local IVS', () => {
  it('has the example that is a test here', () => {
    const test = readFileSync(new URL('example.test.ts', import.meta.url), 'utf8');
    const example = test
      .slice(test.indexOf('import'))
      .replace('../../src/local-ivs/local-ivs.ts', 'playgate/local-ivs');
    const imports = (text: string) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('import'))
        .toSorted();
    const rest = (text: string) => text.split('\n').filter((line) => !line.startsWith('import'));
    const [, block = ''] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? [];
    expect([imports(block), rest(block)]).toEqual([imports(example), rest(example)]);
  });

  it('names every option', () => {
    const files = ['settings.ts', 'api/api-settings.ts', 'control/live-settings.ts'];
    const names = files.flatMap((file) => find(file, /^ {2}readonly (\w+)\??:/gm));
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) expect(namedOptions).toContainEqual(expect.stringMatching(new RegExp(`\\b${name}\\b`)));
  });

  it('names every request to the control endpoint, and none that is not there', async () => {
    const routes = find('control/control.ts', /app\.(\w+\('[^']+)'/g).map((route) => route.split("('"));
    expect(routes.length).toBeGreaterThan(10);
    for (const [method = '', path = ''] of routes) {
      const line = readme
        .split('\n')
        .find(
          (one) =>
            one.startsWith('| `') &&
            !one.startsWith('| `LOCAL_IVS_') &&
            one.includes(`/_local${path.replace(':arn', '{arn}')}\``),
        );
      expect(line).toContain(method.toUpperCase());
    }
    const { control } = await startRunning();
    for (const [, path = ''] of readme.matchAll(/`GET[^`]* \/_local(\/[a-z]*)`/g))
      expect(await control('GET', path)).toMatchObject({ status: 200 });
  });
});
