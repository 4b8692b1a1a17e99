/** That the black-box client lets no answer through that `/openapi.json` does not describe. */
import { describe, expect, it } from 'vitest';
import { createExpectDescribed } from './described-answers.ts';

const name = { type: 'string' };
const description = {
  paths: {
    '/things/{id}': {
      get: {
        responses: {
          200: {
            description: 'It',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Whole' } } },
          },
          204: { description: 'Nothing' },
          404: { $ref: '#/components/responses/Problem' },
        },
      },
    },
  },
  components: {
    responses: {
      Problem: {
        content: {
          'application/problem+json': { schema: { type: 'object', properties: { code: { type: 'string' } } } },
        },
      },
    },
    schemas: {
      Part: { type: 'object', properties: { name, at: { type: 'string', format: 'date-time' } }, required: ['name'] },
      Whole: {
        allOf: [
          { $ref: '#/components/schemas/Part' },
          { type: 'object', properties: { parts: { type: 'array', items: { $ref: '#/components/schemas/Part' } } } },
        ],
      },
    },
  },
};
const expectDescribed = createExpectDescribed(description);
const get = (path: string, status: number, body: unknown, type = 'application/json') =>
  expectDescribed({ method: 'GET', path, answer: { status, body, headers: new Headers({ 'content-type': type }) } });

describe('an answer', () => {
  it('as described passes', () => {
    get('/things/1?limit=1', 200, { name: 'a', at: '2026-11-20T17:00:00Z', parts: [{ name: 'b' }] });
    get('/things/1', 204, '');
    get('/things/1', 404, { code: 'not_found' }, 'application/problem+json');
  });

  it.each([
    ['with a property too many', { name: 'a', secret: 1 }, 'unevaluated'],
    ['with a property too many further in', { name: 'a', parts: [{ name: 'b', secret: 1 }] }, 'unevaluated'],
    ['without a property', { parts: [] }, 'required'],
    ['with a time that is none', { name: 'a', at: 'tomorrow' }, 'date-time'],
  ])('%s does not', (_, body, reason) => {
    expect(() => get('/things/1', 200, body)).toThrow(reason);
  });

  it('with another status, another content type, or a body where none is described does not', () => {
    expect(() => get('/things/1', 201, { name: 'a' })).toThrow('GET /things/1 answered 201, which is not described');
    expect(() => get('/things/1', 200, { name: 'a' }, 'text/plain')).toThrow('another content type than text/plain');
    expect(() => get('/things/1', 204, { name: 'a' })).toThrow('without a body');
  });

  it('where nothing is described is a problem that says so', () => {
    get('/nothing', 404, { code: 'not_found' }, 'application/problem+json');
    expect(() => get('/nothing', 404, 'not found', 'text/plain')).toThrow('where nothing is described');
    expect(() => get('/nothing', 200, {})).toThrow('where nothing is described');
  });
});
