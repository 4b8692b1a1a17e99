/** Bodies of lines: each problem under the number of its line. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseLines } from '../../src/http/parse-lines.ts';

const schema = z.array(z.strictObject({ n: z.int() })).min(1, 'must have at least 1 item');
const problemsOf = (body: string) => {
  const parsed = parseLines(schema, body);
  return parsed.ok ? [] : (parsed.problems ?? []).map(({ path, message }) => `${path}: ${message}`);
};

describe('lines', () => {
  it.each(['{"n":1}\n{"n":2}\n', '{"n":1}\n{"n":2}', '\n\r\n{"n":1}\r\n  \n{"n":2} \r\n'])(
    'are the list of what stands in them, blank ones passed over: %j',
    (body) => {
      expect(parseLines(schema, body)).toEqual({ ok: true, value: [{ n: 1 }, { n: 2 }] });
    },
  );

  it('that are wrong are named by their numbers, from 1, blank ones counted, all at once', () => {
    expect(problemsOf('{"n":1}\n\n{"n":"x"}\nnope\n{"n":2,"m":1}\n5\n[]')).toEqual([
      '4: must be valid JSON',
      expect.stringMatching(/^3\.n: /),
      '5.m: is not a known field',
      expect.stringMatching(/^6: /),
      expect.stringMatching(/^7: /),
    ]);
  });

  it('of which no one can be read have no other problem than that', () => {
    expect(problemsOf('{"n":\n}')).toEqual(['1: must be valid JSON', '2: must be valid JSON']);
  });

  it('that are none are as many as the list has', () => {
    for (const body of ['', ' ', '\n\n']) expect(problemsOf(body)).toEqual([': must have at least 1 item']);
  });

  it.each(['{"n":1}\n', '\n'])('beyond 10,000 are one problem: %j', (line) => {
    expect(problemsOf(line.repeat(10_001))).toEqual([': must have at most 10000 lines']);
  });

  it('that are too long are named by their numbers', () => {
    expect(problemsOf(`{"n":1}\n${'x'.repeat(4097)}\n{"n":2}`)).toEqual(['2: must have at most 4096 characters']);
    expect(problemsOf(`{"n":1}${' '.repeat(4089)}`)).toEqual([]);
  });

  it.each(['x\n', '{"n":"x"}\n', '{"m":1}\n'])(
    'that are all wrong have a hundred problems, and how many more: %j',
    (line) => {
      const problems = problemsOf(line.repeat(9000));
      expect(problems).toHaveLength(101);
      expect(problems.at(-1)).toMatch(/^: and \d+ more problems$/);
    },
  );

  it('reach the schema as they are, one by one', () => {
    const any = z.array(z.unknown());
    fc.assert(
      fc.property(fc.array(fc.json({ maxDepth: 2 }), { maxLength: 50 }), (texts) => {
        const lines = texts.map((text) => JSON.stringify(JSON.parse(text))).filter((text) => text.length <= 4096);
        expect(parseLines(any, lines.join('\n'))).toEqual({ ok: true, value: lines.map((text) => JSON.parse(text)) });
      }),
    );
  });

  it('whatever they are, are refused as input and never break anything', () => {
    const line = fc.oneof(fc.string(), fc.json(), fc.constant('{"n":1}'), fc.constant('{"__proto__":{"n":1}}'));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const parsed = parseLines(schema, lines.join('\n'));
        if (!parsed.ok) expect(parsed.problems?.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
