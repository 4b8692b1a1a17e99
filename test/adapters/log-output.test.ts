/** Lines on their way to a reader who may not read. */
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { createLogOutput } from '../../src/adapters/log-output.ts';

/** A reader who takes one text when told to. */
function createReader() {
  const texts: string[] = [];
  let take: (() => void) | undefined;
  const stream = new Writable({
    decodeStrings: false,
    write(text, _, done) {
      texts.push(text);
      take = done;
    },
  });
  return {
    stream,
    texts,
    take() {
      const taken = take;
      take = undefined;
      taken?.();
    },
  };
}

it('the lines of one turn of the event loop go out as one text, and are said to be written then', async () => {
  const { stream, texts } = createReader();
  const output = createLogOutput(stream, () => undefined);
  await output.written();
  output.write('one\n');
  output.write('two\n');
  expect(texts).toEqual([]);
  await output.written();
  expect(texts).toEqual(['one\ntwo\n']);
});

it('a reader who does not read is not waited for, costs no more than 4 Mi characters, and is told what is missing', async () => {
  const { stream, texts, take } = createReader();
  const losses: number[] = [];
  const output = createLogOutput(stream, (count) => {
    losses.push(count);
    output.write(`lost ${count}\n`);
  });
  const line = `${'l'.repeat(1023)}\n`;
  for (let count = 0; count < 5000; count++) {
    output.write(line);
    if (count % 100 === 0) await output.written();
  }
  await output.written();
  expect(stream.writableLength).toBeLessThanOrEqual(4 * 1024 * 1024 + line.length);
  expect(losses).toEqual([]);

  while (stream.writableLength > 0) {
    take();
    await new Promise(setImmediate);
  }
  const told = texts.join('').length / line.length;
  expect(losses).toEqual([5000 - Math.floor(told)]);
  expect(texts.at(-1)).toBe(`lost ${losses[0]}\n`);
  output.write('on\n');
  await output.written();
  expect(texts.at(-1)).toBe('on\n');
});

it('a reader who is gone keeps nobody from going on', async () => {
  const { stream } = createReader();
  const output = createLogOutput(stream, () => undefined);
  stream.destroy(new Error('write EPIPE'));
  output.write('to nobody\n');
  await output.written();
  await output.close();
});
