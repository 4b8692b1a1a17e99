/** When a host is left alone, and when it is tried again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createCircuits,
  maxFailures,
  maxInHand,
  maxInHandPerHost,
  openMs,
  type Passage,
} from '../../src/entitlements/circuit.ts';

const deadlineMs = 1000;

function passed(passage: Passage) {
  if (passage.kind === 'held') throw new Error(passage.because);
  return passage;
}

/** Fails often enough at this time. */
function open(pass: ReturnType<typeof createCircuits>, host: string, nowMs: number) {
  return Array.from({ length: maxFailures }, () => passed(pass(host, nowMs)).end('failed', nowMs));
}

describe('the circuit of a host', () => {
  it('opens after failures in a row, and says so once', () => {
    const pass = createCircuits(deadlineMs);
    expect(open(pass, 'a', 0)).toEqual([undefined, undefined, undefined, undefined, 'opened']);
    expect(pass('a', 1)).toEqual({ kind: 'held', because: 'circuit_open', retryAfterSeconds: 5 });
    expect(pass('a', openMs - 1)).toMatchObject({ because: 'circuit_open', retryAfterSeconds: 1 });
    expect(pass('b', 1).kind).toBe('passed');
  });

  it('stays closed while an answer comes in between', () => {
    const pass = createCircuits(deadlineMs);
    for (let round = 0; round < 10; round++) {
      for (let failure = 1; failure < maxFailures; failure++) passed(pass('a', 0)).end('failed', 0);
      expect(passed(pass('a', 0)).end('ok', 0)).toBeUndefined();
    }
  });

  it('lets one question try it then, and closes or opens again by that', () => {
    const pass = createCircuits(deadlineMs);
    open(pass, 'a', 0);
    const trial = passed(pass('a', openMs));
    expect(pass('a', openMs).kind).toBe('held');
    expect(trial.end('failed', openMs + 10)).toBeUndefined();
    expect(pass('a', openMs + 11).kind).toBe('held');
    const again = passed(pass('a', 2 * openMs + 10));
    expect(again.end('ok', 2 * openMs + 20)).toBe('closed');
    for (let count = 0; count < 5; count++) expect(pass('a', 2 * openMs + 20).kind).toBe('passed');
  });

  it('lets another one try it when the trial ended without a word', () => {
    const pass = createCircuits(deadlineMs);
    open(pass, 'a', 0);
    passed(pass('a', openMs));
    expect(pass('a', openMs + deadlineMs - 1).kind).toBe('held');
    expect(pass('a', openMs + deadlineMs).kind).toBe('passed');
  });

  it('is not closed by an answer to what was asked before it opened', () => {
    const pass = createCircuits(deadlineMs);
    const slow = passed(pass('a', 0));
    open(pass, 'a', 0);
    expect(slow.end('ok', 10)).toBeUndefined();
    expect(pass('a', 11).kind).toBe('held');
  });

  it('is not kept open by a clock that is set back', () => {
    const pass = createCircuits(deadlineMs);
    open(pass, 'a', 10_000_000);
    expect(pass('a', 1000).kind).toBe('passed');
  });

  it('is never open for longer than its time, whatever happened', () => {
    const step = fc.record({ afterMs: fc.nat(3000), isOk: fc.boolean(), ends: fc.integer({ min: 0, max: 3 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const pass = createCircuits(deadlineMs);
        let nowMs = 0;
        for (const { afterMs, isOk, ends } of steps) {
          nowMs += afterMs;
          const passage = pass('a', nowMs);
          if (passage.kind === 'passed' && ends > 0) passage.end(isOk ? 'ok' : 'failed', nowMs);
        }
        expect(pass('a', nowMs + openMs + deadlineMs).kind).toBe('passed');
      }),
    );
  });
});

describe('questions in hand', () => {
  it('are bounded for one host, and others are asked on', () => {
    const pass = createCircuits(deadlineMs);
    const inHand = Array.from({ length: maxInHandPerHost }, () => passed(pass('a', 0)));
    expect(pass('a', 0)).toEqual({ kind: 'held', because: 'busy', retryAfterSeconds: 1 });
    expect(pass('b', 0).kind).toBe('passed');
    inHand[0]?.end('ok', 1);
    expect(pass('a', 1).kind).toBe('passed');
  });

  it('are bounded for all hosts', () => {
    const pass = createCircuits(deadlineMs);
    for (let count = 0; count < maxInHand; count++) passed(pass(`h${count}`, 0));
    expect(pass('another', 0)).toMatchObject({ because: 'busy' });
  });

  it('are over with their deadline, where nobody said so', () => {
    const pass = createCircuits(deadlineMs);
    for (let count = 0; count < maxInHandPerHost; count++) pass('a', 0);
    expect(pass('a', deadlineMs - 1).kind).toBe('held');
    expect(pass('a', deadlineMs).kind).toBe('passed');
  });
});
