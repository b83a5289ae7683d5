import { describe, expect, it } from 'vitest';
import { refusal, resolve } from './resolving.ts';

describe('a configuration file', () => {
  it('may be JSON, indented by tabs, with its schema named for the editor', () => {
    const file =
      '\uFEFF{\n\t"$schema": "./groundspeed.schema.json",\n\t"chunking": {\n\t\t"size": 64,\n\t\t"overlap": 4\n\t}\n}\n';
    expect(resolve({ file }).settings.chunking).toEqual({ size: 64, overlap: 4 });
  });

  it('may be YAML, with anchors, and sections that hold comments alone', () => {
    const file =
      'caching:\n  embedding: &small { entries: 5 }\n  response: *small\nretrieval:\n  # topK: 3\n';
    const { caching, retrieval } = resolve({ file }).settings;
    expect([caching.embedding.entries, caching.response.entries, caching.retrieval.entries]).toEqual([
      5, 5, 2000,
    ]);
    expect(retrieval.topK).toBe(5);
  });

  it('may write a path in one word', () => {
    expect(resolve({ file: 'retrieval.topK: 3' }).settings.retrieval.topK).toBe(3);
  });

  it.each([
    ['an unclosed bracket', 'index:\n  m: [1', 'rag.yaml:2:8: '],
    ['an unclosed JSON object', '{"index": {"m": 1}', 'rag.yaml:1:19: '],
    ['a key given twice', 'index: {}\nstore: {}\nindex: {}', 'rag.yaml:3:1: Map keys must be unique'],
    ['a tab before a key', 'index:\n\tm: 1', 'rag.yaml:2:1: '],
    ['a tag', 'index: !env M', 'rag.yaml:1:8: a tag (!…) that is unknown'],
    ['two documents', 'index: {}\n---\nstore: {}', 'rag.yaml:2:1: a second document'],
    ['an alias without its anchor', 'index: *elsewhere', 'rag.yaml: an alias (*…) that has no anchor'],
  ])('is refused for %s, with line and column', (_, file, start) => {
    const error = refusal({ file });
    expect(error.code).toBe('config.unreadable');
    expect(error.exitCode).toBe(2);
    expect(error.problems[0]?.slice(0, start.length)).toBe(start);
  });

  it.each(['- 1', '7', 'text'])('must hold a table: %s', (file) => {
    expect(refusal({ file }).problems).toEqual([
      'rag.yaml: must be a table of settings, such as retrieval: { topK: 10 }',
    ]);
  });

  it('takes no harm from names that objects bear by themselves', () => {
    const { problems } = refusal({
      file: '__proto__: { polluted: 1 }\nconstructor: 3\nstore: { toString: 1 }',
    });
    expect(problems).toHaveLength(3);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('expands no more aliases than a person would write', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((name, index) => {
        const before = 'abcdefgh'[index];
        return `${name}: &${name} [${Array(9).fill(`*${before}`)}]`;
      }),
    ].join('\n');
    expect(refusal({ file: bomb }).code).toBe('config.unreadable');
  });
});
