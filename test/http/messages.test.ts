/** What is said of bad input: in the words of the API, for whatever is wrong in whatever field of whatever route. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Caller } from '../../src/access/caller.ts';
import { routes } from '../../src/app.ts';
import { parseInput } from '../../src/input.ts';

const admin: Caller = { kind: 'client', id: 'bootstrap-admin', roles: ['admin'], channels: ['*'] };
const nowSeconds = 1_795_194_000;
const wrongValues = [undefined, null, 7, -1, 0.5, 1e12, '', ' ', 'x'.repeat(20_000), true, [], [7], [''], {}, { a: 1 }];

/** Every body and query with one thing wrong in it. */
function* listWrong(): Generator<readonly [name: string, schema: z.ZodType, input: unknown]> {
  for (const { operationId, body, query } of routes) {
    if (body !== undefined) {
      const schema = body.schema({ caller: admin, nowSeconds });
      for (const value of wrongValues) yield [operationId, schema, value];
      if (typeof body.example !== 'object' || body.example === null || Array.isArray(body.example)) continue;
      const fields = Object.keys(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }).properties ?? {});
      for (const field of [...fields, 'surprise'])
        for (const value of wrongValues) yield [operationId, schema, { ...body.example, [field]: value }];
    }
    if (query === undefined) continue;
    for (const field of Object.keys(query.shape))
      for (const value of ['', 'x', '-1', '1e9', 'x'.repeat(5000)]) yield [operationId, query, { [field]: value }];
  }
}

describe('bad input', () => {
  it('is told in the words of the API, and in none of the parser’s', () => {
    const messages = new Set<string>();
    for (const [name, schema, input] of listWrong()) {
      const parsed = parseInput(schema, input);
      for (const { path, message } of parsed.ok ? [] : (parsed.problems ?? [])) {
        messages.add(message);
        expect(message, `${name} ${path}`).not.toMatch(
          /invalid|expected|received|too (small|big)|unrecogni[sz]ed|zod|nan|undefined/i,
        );
        expect(message, `${name} ${path}`).toMatch(/^[a-z]/);
        expect(message.length).toBeLessThan(200);
      }
    }
    expect(messages.size).toBeGreaterThan(25);
    expect([...messages]).toEqual(expect.arrayContaining(['is missing', 'must be a list', 'must be an object']));
  });
});
