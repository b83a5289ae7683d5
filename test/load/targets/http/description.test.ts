import { describe, expect, it } from 'vitest';
import { GroundspeedError } from '../../../../src/kernel/errors.ts';
import { shownHeader } from '../../../../src/load/options.ts';
import { parseTargetFile } from '../../../../src/load/targets/http/description.ts';
import { described, OWN_API, problemsOf } from './described.ts';

describe('describeTarget', () => {
  it('takes a bare URL for a service that speaks groundspeed’s API', () => {
    const target = described();
    expect(target).toMatchObject({
      preset: 'groundspeed',
      name: 'http://127.0.0.1:8080/api/query',
      url: 'http://127.0.0.1:8080/api/query',
      method: 'POST',
      stream: 'none',
      response: { answer: 'answer', passages: 'sources', passageId: 'id' },
      ids: { mode: 'exact' },
      tls: { verify: true },
    });
    expect(target.headers).toEqual({
      'content-type': 'application/json',
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'groundspeed',
    });
  });

  it('is plain data that another thread can have', () => {
    const target = described({ ...OWN_API, stream: 'sse', events: { token: 'data' } });
    expect(structuredClone(target)).toEqual(target);
  });

  it.each([
    ['groundspeed', {}, 'http://h:1', 'http://h:1/api/query'],
    ['groundspeed', {}, 'http://h:1/rag/ask?tenant=7', 'http://h:1/rag/ask?tenant=7'],
    ['openai-chat', { model: 'm' }, 'http://h:1', 'http://h:1/v1/chat/completions'],
    ['openai-chat', { model: 'm' }, 'http://h:1/openai/v1/', 'http://h:1/openai/v1/chat/completions'],
    ['openai-chat', { model: 'm' }, 'http://h:1/chat/completions', 'http://h:1/chat/completions'],
    ['openai-responses', { model: 'm' }, 'http://h:1/v1', 'http://h:1/v1/responses'],
    ['langserve', {}, 'http://h:1/chain/', 'http://h:1/chain/invoke'],
    ['langserve', { stream: 'sse' }, 'http://h:1', 'http://h:1/stream'],
  ])('with the preset %s %j, %s is %s', (preset, written, url, full) => {
    expect(described({ preset, ...written, url }).url).toBe(full);
  });

  it('lets settings overrule the preset, field by field', () => {
    const target = described({
      preset: 'groundspeed',
      body: { query: '{{question}}', tenant: 'a' },
      response: { passageId: 'metadata.source' },
      headers: { 'User-Agent': 'mine', 'X-Tenant': 'a' },
    });
    expect(target.body).toEqual({ query: '{{question}}', tenant: 'a' });
    expect(target.response).toMatchObject({ answer: 'answer', passageId: 'metadata.source' });
    expect(target.headers).toMatchObject({ 'user-agent': 'mine', 'x-tenant': 'a' });
  });

  it('lets flags overrule settings', () => {
    const target = described(
      { preset: 'groundspeed', url: 'http://other', model: 'm' },
      { preset: 'openai-chat', url: 'http://h:1/v1' },
    );
    expect(target).toMatchObject({ preset: 'openai-chat', url: 'http://h:1/v1/chat/completions' });
  });

  it('asks by GET where there is no body, with the question in the URL', () => {
    const target = described({
      method: 'GET',
      url: 'http://h:1/search?q={{question}}&k={{top_k}}',
      topK: 3,
      response: { passages: 'hits', passageId: '@' },
    });
    expect(target).toMatchObject({ preset: undefined, method: 'GET', body: undefined });
    expect(target.headers).not.toHaveProperty('content-type');
  });

  it('takes a text that is JSON as a template of what it says', () => {
    const target = described({ ...OWN_API, body: '{"q": "{{question}}"}' });
    expect(target.body).toEqual({ q: '{{question}}' });
    expect(target.headers['content-type']).toBe('application/json');
    expect(described({ ...OWN_API, body: 'Q: {{question}}' }).headers['content-type']).toBe(
      'text/plain; charset=utf-8',
    );
  });

  it('takes a pattern for how ids are mapped, without being told twice', () => {
    expect(described({ ids: { pattern: '([^/]+)$' } }).ids).toEqual({ mode: 'pattern', pattern: '([^/]+)$' });
  });

  it('says everything that is wrong at once', () => {
    const problems = problemsOf({
      url: 'localhost:8080',
      headers: { authorization: `Bearer \${NO_SUCH_KEY}` },
      body: { q: '{{questoin}}' },
      response: { answer: 'a..b' },
    });
    expect(problems).toHaveLength(5);
    expect(problems).toContain('target.response.answer: unexpected ., at character 3 of "a..b"');
    expect(problems).toContain(
      `target.headers.authorization: the environment variable NO_SUCH_KEY is not set; set it, or write \${NO_SUCH_KEY:-default}`,
    );
    expect(problems[0]).toBe(
      'target.url: must begin with http:// or https:// and name a host, but is "localhost:8080"',
    );
  });

  it.each([
    [{ preset: 'openai-chat' }, 'target.model: is missing'],
    [
      { preset: 'openai-chat', model: 'm', stream: 'ndjson' },
      'target.stream: the preset openai-chat answers with none or sse',
    ],
    [{ preset: 'groundspeed', method: 'PUT' }, 'target.method: the preset groundspeed takes POST only'],
    [{ preset: 'langserve', topK: 3 }, 'target.topK: is not used'],
    [{ preset: 'groundspeed', model: 'm' }, 'target.model: is not used'],
    [{ ...OWN_API, body: { q: 'always the same' } }, '{{question}} stands nowhere'],
    [{ ...OWN_API, body: undefined }, 'target.body: is missing'],
    [{ ...OWN_API, method: 'GET' }, 'target.body: a GET has none'],
    [{ ...OWN_API, events: { done: 'x' } }, 'target.events.done: is for streams'],
    [{ ...OWN_API, stream: 'sse' }, 'target.events.token: is missing'],
    [{ body: { q: '{{question}}' } }, 'target.response.answer: is missing'],
    [{ ...OWN_API, response: { passages: 'docs' } }, 'target.response.passageId: is missing'],
    [
      { ...OWN_API, response: { passages: 'docs' }, ids: { mode: 'evidence' } },
      'target.response.passageText: is missing',
    ],
    [
      { ...OWN_API, response: { answer: 'a', passageTitle: 't' } },
      'target.response.passageTitle: is of no use',
    ],
    [{ ...OWN_API, prices: { outputPerMillionUsd: 1 } }, 'need target.response.outputTokens'],
    [{ ids: { mode: 'pattern' } }, 'target.ids.pattern: is missing'],
    [{ ids: { mode: 'pattern', pattern: 'abc' } }, 'has no group'],
    [{ ids: { mode: 'pattern', pattern: '(abc' } }, 'target.ids.pattern: Invalid regular expression'],
    [{ ids: { mode: 'evidence', pattern: '(a)' } }, 'target.ids.pattern: is not used'],
    [{ url: undefined }, 'target.url: is missing'],
    [{ url: 'ftp://h' }, 'target.url: must begin with http'],
    [{ url: 'http://{{question}}/x' }, 'must name a host that can be asked'],
    [{ url: 'http://h/{{nonsense}}' }, '{{nonsense}} is no placeholder'],
    [{ headers: { 'Content-Length': '3' } }, 'set by the HTTP client itself'],
    [{ headers: { 'X-A': 'a', 'x-a': 'b' } }, 'is given twice'],
    [{ headers: { 'bad name': 'a' } }, 'is no name of a header'],
    [{ headers: { 'x-id': '{{nonce}}' } }, 'placeholders are for target.url and target.body only'],
    [{ headers: { 'x-a': `\${unclosed` } }, 'has no }'],
    [{ headers: { 'x-a': `\${not a name}` } }, 'a reference must be'],
    [{ url: 'http://u:p@h', headers: { authorization: 'Bearer x' } }, 'names a user'],
  ])('refuses %j: %s', (written, problem) => {
    expect(problemsOf(written).join('\n')).toContain(problem);
  });

  it('knows the presets, and which one is meant', () => {
    expect(problemsOf({}, { preset: 'openai-chta' })[0]).toBe(
      '--preset: there is no preset "openai-chta"; did you mean openai-chat?',
    );
  });
});

describe('secrets of a description', () => {
  const env = { KEY: 'sekret-value-123', EMPTY: '' };

  it('fills headers in from the environment, with defaults for what is unset or empty', () => {
    const headers = { a: `Bearer \${KEY}`, b: `\${EMPTY:-fallback}`, c: `\${MISSING:-}x` };
    expect(described({ headers }, { env }).headers).toMatchObject({
      a: 'Bearer sekret-value-123',
      b: 'fallback',
      c: 'x',
    });
  });

  it('shows none of them in a name or in a problem', () => {
    const written = {
      url: 'http://user:hunter2-pass@h/x?api_key=abcdef123456&tenant=7',
      headers: { 'x-key': `\${KEY}\n`, authorization: 'Bearer literal-secret' },
    };
    const problems = problemsOf(written, { env }).join('\n');
    expect(problems).not.toMatch(/sekret|hunter2|literal-secret|abcdef/);
    for (const url of ['htp://user:hunter2@h', 'user:hunter2@h/x', 'http://user:hunter2/pass@h']) {
      const bad = problemsOf({ url }).join('\n');
      expect(bad).toContain('target.url');
      expect(bad).not.toContain('hunter2');
    }
    const target = described({ url: written.url });
    expect(target.name).toBe('http://h/x?api_key=***&tenant=7');
    expect(target.headers.authorization).toBe(`Basic ${Buffer.from('user:hunter2-pass').toString('base64')}`);
    expect(target.url).not.toContain('hunter2');
  });

  it('gives OpenAI’s key to OpenAI alone', () => {
    const env = { OPENAI_API_KEY: 'sk-test-0123456789' };
    const written = { preset: 'openai-chat', model: 'm' };
    expect(described({ ...written, url: undefined }, { env }).headers.authorization).toBe(
      'Bearer sk-test-0123456789',
    );
    expect(described(written, { env }).headers).not.toHaveProperty('authorization');
    expect(problemsOf({ ...written, url: undefined }).join()).toContain('OPENAI_API_KEY is not set');
  });

  it('shows a header only where it is no more than a reference', () => {
    expect(shownHeader(`Bearer \${KEY}`)).toBe(`Bearer \${KEY}`);
    expect(shownHeader(`\${KEY}`)).toBe(`\${KEY}`);
    expect(shownHeader('Bearer literal')).toBe('***');
    expect(shownHeader(`abc\${KEY}`)).toBe('***');
    expect(shownHeader(`\${KEY:-secret}`)).toBe('***');
  });
});

describe('parseTargetFile', () => {
  it('reads YAML and JSON, the section by itself or below its name', () => {
    const yaml = 'url: http://h/x\nbody: { q: "{{question}}" }\nresponse:\n  answer: data.text\n';
    const read = parseTargetFile(yaml, 't.yaml');
    expect(read).toMatchObject({ url: 'http://h/x', response: { answer: 'data.text' } });
    expect(read.body).toEqual({ q: '{{question}}' });
    expect(parseTargetFile('{"target": {"url": "http://h/x"}}', 't.json').url).toBe('http://h/x');
    expect(parseTargetFile('\uFEFFurl: http://h\nmodel:\nresponse:\n  answer:\n', 't').model).toBeUndefined();
  });

  it('keeps a null in the body: the API may want it', () => {
    expect(parseTargetFile('body: { q: "{{question}}", filter: null }', 't').body).toEqual({
      q: '{{question}}',
      filter: null,
    });
  });

  const problems = (text: string): readonly string[] => {
    try {
      parseTargetFile(text, 't.yaml');
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(GroundspeedError);
      expect((thrown as GroundspeedError).code).toBe('target.description');
      return (thrown as GroundspeedError).problems;
    }
    return [];
  };

  it('names what it does not know, and what is meant', () => {
    expect(problems('response: { answr: x }\nheadrs: {}\nids: { mode: exct }')).toEqual([
      'target.response.answr: there is no such setting; did you mean answer?',
      expect.stringMatching(/^target\.ids\.mode: .*"exact"/),
      'target.headrs: there is no such setting; did you mean headers?',
    ]);
  });

  it('names the line of a fault, and quotes nothing of the file', () => {
    const found = problems('headers:\n  authorization: "Bearer hunter2\n url: [');
    expect(found[0]).toMatch(/^t\.yaml:\d+:\d+: is neither YAML nor JSON/);
    expect(found.join()).not.toContain('hunter2');
    expect(problems('just a text')[0]).toContain('must be a table of settings');
    expect(problems('headers: { authorization: [hunter2] }').join()).not.toContain('hunter2');
  });
});
