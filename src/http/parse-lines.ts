/** Bodies of lines: a JSON document each, parsed as the list that they are. Pure. */
import type { z } from 'zod';
import { failInput, type InputProblem, maxProblems, type Result } from '../errors.ts';
import { parseInput } from '../input.ts';

/** More lines than any list may have, blank ones counted. Beyond it they are not looked at one by one. */
const maxLines = 10_000;

/** More than any line has to say, in characters. A longer one is not looked at. */
const maxLineLength = 4096;

/** What stands in the lines, each with its number from 1, blank ones counted. */
interface ReadLines {
  readonly values: readonly unknown[];
  readonly numbers: readonly number[];
  /** Of those that cannot be read, some more than are told. */
  readonly problems: readonly InputProblem[];
}

/** What the schema of the list makes of the lines; blank ones are passed over. Paths of problems begin with the number of the line, from 1. */
export function parseLines<Schema extends z.ZodType>(schema: Schema, body: string): Result<z.output<Schema>> {
  const lines = readLines(body);
  if (lines === undefined) return failInput([{ path: '', message: `must have at most ${maxLines} lines` }]);
  const { values, numbers, problems } = lines;
  if (problems.length > maxProblems || (values.length === 0 && problems.length > 0)) return failInput(problems);
  const parsed = parseInput(schema, values);
  if (parsed.ok) return problems.length === 0 ? parsed : failInput(problems);
  return failInput([...problems, ...(parsed.problems ?? []).map((problem) => toLinePath(problem, numbers))]);
}

/** Line after line, so that nothing is made of those that are too many. Undefined when they are. */
function readLines(body: string): ReadLines | undefined {
  const values: unknown[] = [];
  const numbers: number[] = [];
  const problems: InputProblem[] = [];
  let start = 0;
  for (let number = 1; start < body.length; number++) {
    if (number > maxLines) return undefined;
    const newline = body.indexOf('\n', start);
    const end = newline === -1 ? body.length : newline;
    const problem = readLine(body, [start, end], (value) => {
      values.push(value);
      numbers.push(number);
    });
    if (problem !== undefined && problems.push({ path: String(number), message: problem }) > maxProblems) break;
    start = end + 1;
  }
  return { values, numbers, problems };
}

/** Takes what stands in a line that is not blank. What is wrong with it, if anything is. */
function readLine(body: string, [start, end]: readonly [number, number], take: (value: unknown) => void) {
  if (end - start > maxLineLength) return `must have at most ${maxLineLength} characters`;
  const text = body.slice(start, end);
  if (text.trim() === '') return undefined;
  try {
    take(JSON.parse(text));
    return undefined;
  } catch {
    return 'must be valid JSON';
  }
}

/** From the place in the list, counted from 0, to the number of the line. */
function toLinePath({ path, message }: InputProblem, numbers: readonly number[]): InputProblem {
  const [index = '', ...rest] = path.split('.');
  const number = numbers[Number(index)];
  return { path: path === '' || number === undefined ? path : [number, ...rest].join('.'), message };
}
