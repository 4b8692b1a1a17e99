/** Bodies of lines: a JSON document each, parsed as the list that they are. Pure. */
import type { z } from 'zod';
import { failInput, type InputProblem, type Result } from '../errors.ts';
import { parseInput } from '../input.ts';

/** More lines than any list may have. Beyond it they are not looked at one by one. */
const maxLines = 50_000;

interface Line {
  /** From 1, blank ones counted. */
  readonly number: number;
  readonly text: string;
}

/** What the schema of the list makes of the lines; blank ones are passed over. Paths of problems begin with the number of the line, from 1. */
export function parseLines<Schema extends z.ZodType>(schema: Schema, body: string): Result<z.output<Schema>> {
  const lines = body
    .split('\n')
    .map((text, index): Line => ({ number: index + 1, text }))
    .filter(({ text }) => text.trim() !== '');
  if (lines.length > maxLines) return failInput([{ path: '', message: `must have at most ${maxLines} lines` }]);
  const read = lines.map(readLine);
  const unreadable = read.flatMap((result) => ('problem' in result ? [result.problem] : []));
  const readable = lines.filter((_, index) => 'value' in (read[index] ?? {}));
  if (readable.length === 0 && unreadable.length > 0) return failInput(unreadable);
  const parsed = parseInput(
    schema,
    read.flatMap((result) => ('value' in result ? [result.value] : [])),
  );
  if (parsed.ok && unreadable.length === 0) return parsed;
  const problems = parsed.ok ? [] : (parsed.problems ?? []).map((problem) => toLinePath(problem, readable));
  return failInput([...unreadable, ...problems]);
}

function readLine({ number, text }: Line): { readonly value: unknown } | { readonly problem: InputProblem } {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { problem: { path: String(number), message: 'must be valid JSON' } };
  }
}

/** From the place in the list, counted from 0, to the number of the line. */
function toLinePath({ path, message }: InputProblem, lines: readonly Line[]): InputProblem {
  const [index = '', ...rest] = path.split('.');
  const number = lines[Number(index)]?.number;
  return { path: path === '' || number === undefined ? path : [number, ...rest].join('.'), message };
}
