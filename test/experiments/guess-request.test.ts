import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/experiments/guess-mapping.ts';
import { readRefusal, usualBodies } from '../../src/experiments/guess-request.ts';

const Q = '{{question}}';

describe('the body that a service wants', () => {
  it.each<[string, Json, Json]>([
    [
      'FastAPI',
      {
        detail: [
          { type: 'missing', loc: ['body', 'question'], msg: 'Field required', input: { query: 'x' } },
        ],
      },
      { question: Q },
    ],
    [
      'FastAPI, a field within another',
      { detail: [{ loc: ['body', 'input', 'query'], msg: 'Field required' }] },
      { input: { query: Q } },
    ],
    [
      'FastAPI, whose field is named query',
      { detail: [{ loc: ['body', 'query'], msg: 'field required' }] },
      { query: Q },
    ],
    [
      'zod',
      { success: false, error: { issues: [{ path: ['prompt'], message: 'Required' }] } },
      { prompt: Q },
    ],
    [
      'ajv',
      { errors: [{ instancePath: '', keyword: 'required', params: { missingProperty: 'message' } }] },
      { message: Q },
    ],
    [
      'Fastify',
      { statusCode: 400, error: 'Bad Request', message: "body must have required property 'question'" },
      { question: Q },
    ],
    [
      'a path as text',
      { error: { code: 'validation', field: 'query', message: 'is missing' } },
      { query: Q },
    ],
    ['plain words', { error: 'Missing required field: question' }, { question: Q }],
    ['other plain words', 'The "input" parameter is required', { input: Q }],
    ['Flask', '<title>400 Bad Request</title> `prompt` is required', { prompt: Q }],
    [
      'OpenAI',
      { error: { message: 'x', param: 'messages', code: 'missing' } },
      { messages: [{ role: 'user', content: Q }] },
    ],
  ])('is read from the refusal of %s', (_, reply, body) => {
    expect(readRefusal(reply).body?.body).toEqual(body);
  });

  it('names the fields that nobody can guess', () => {
    const reply = {
      detail: ['tenant', 'question'].map((name) => ({ loc: ['body', name], msg: 'Field required' })),
    };
    expect(readRefusal(reply)).toMatchObject({ body: { body: { question: Q } }, needs: ['tenant'] });
    expect(readRefusal({ error: 'no' })).toEqual({ body: undefined, needs: [] });
  });

  it('does not take the path of the URL for one of a field', () => {
    const reply = { status: 400, error: 'Bad Request', path: '/api/query' };
    expect(readRefusal(reply)).toEqual({ body: undefined, needs: [] });
  });

  it('is tried under the usual names otherwise', () => {
    expect(usualBodies()[0]).toMatchObject({ body: { query: Q } });
    for (const { body } of usualBodies()) expect(JSON.stringify(body)).toContain(Q);
  });

  it('is looked for in any reply without throwing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (reply) => {
        expect(Array.isArray(readRefusal(reply as Json).needs)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
