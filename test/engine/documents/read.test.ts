import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDocuments } from '../../../src/engine/documents/read.ts';
import { documentHash, type SourceItem } from '../../../src/engine/documents/source.ts';
import { type EngineOptions, engineSchema } from '../../../src/engine/options.ts';
import { hasShared, sharedPath } from '../../shared.ts';

const defaults = engineSchema.parse({}).documents;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'documents-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
};

const read = async (
  paths: readonly string[] = [folder],
  options: Partial<EngineOptions['documents']> = {},
) => {
  const items: SourceItem[] = [];
  for await (const item of readDocuments(paths, { ...defaults, ...options })) items.push(item);
  return items;
};
const documentsOf = (items: readonly SourceItem[]) =>
  items.flatMap((item) => ('document' in item ? [item.document] : []));
const failuresOf = (items: readonly SourceItem[]) =>
  items.flatMap((item) => ('failure' in item ? [item.failure] : []));
const onlyFailure = (items: readonly SourceItem[]) => {
  const failures = failuresOf(items);
  expect(failures).toHaveLength(1);
  return failures[0]!;
};

describe('a folder', () => {
  it('is read in order of names, at every depth, with paths as ids', async () => {
    write('b.txt', 'Bee.');
    write('a/z.md', 'No heading.');
    write('a/deep/er.txt', 'Deeper.');
    write('a.txt', 'Ay.');
    expect(documentsOf(await read()).map(({ id }) => id)).toEqual([
      'a/deep/er.txt',
      'a/z.md',
      'a.txt',
      'b.txt',
    ]);
  });

  it('gives up only files of the kinds asked for, and nothing hidden', async () => {
    write('a.txt', 'Ay.');
    write('b.PDF', 'Not text.');
    write('c.TXT', 'Sea.');
    write('.hidden.txt', 'Hidden.');
    write('.git/notes.md', 'Hidden too.');
    const items = await read();
    expect(documentsOf(items).map(({ id }) => id)).toEqual(['a.txt', 'c.TXT']);
    expect(failuresOf(items)).toEqual([]);
  });

  it('is read once, though a link in it leads back to it', async () => {
    write('a/one.txt', 'One.');
    symlinkSync(folder, join(folder, 'a', 'loop'));
    symlinkSync(join(folder, 'a', 'one.txt'), join(folder, 'linked.txt'));
    expect(documentsOf(await read()).map(({ id }) => id)).toEqual(['a/one.txt', 'linked.txt']);
  });

  it('that is missing is a failure that may hide documents', async () => {
    const items = await read([join(folder, 'nowhere')]);
    expect(onlyFailure(items)).toMatchObject({ id: 'nowhere', code: 'document.unreadable' });
    expect(items[0]).toMatchObject({ unidentified: true });
  });

  it('goes on after a file that vanished', async () => {
    symlinkSync(join(folder, 'gone'), join(folder, 'a.txt'));
    write('b.txt', 'Bee.');
    const items = await read();
    expect(onlyFailure(items)).toMatchObject({ id: 'a.txt', code: 'document.unreadable' });
    expect(documentsOf(items)).toHaveLength(1);
  });
});

describe('a text file', () => {
  it('has its name for a title', async () => {
    const path = write('fares/summer fares.txt', 'Adults pay 12 crowns.\r\n');
    const expected = { title: 'summer fares', text: 'Adults pay 12 crowns.\r\n', metadata: {} };
    expect(documentsOf(await read())).toEqual([{ id: 'fares/summer fares.txt', ...expected }]);
    expect(documentsOf(await read([path]))).toEqual([{ id: 'summer fares.txt', ...expected }]);
  });

  it('loses its byte order mark', async () => {
    write('a.txt', '\uFEFFText.');
    expect(documentsOf(await read())[0]!.text).toBe('Text.');
  });

  it.each([
    ['0 bytes', '', 'document.empty', /0 bytes/],
    ['white space only', ' \n\t\u00a0', 'document.empty', /white space/],
    ['more bytes than allowed', 'x'.repeat(101), 'document.tooLarge', /101 bytes.*maxFileSize \(100\)/],
    [
      'a byte that is not UTF-8',
      Uint8Array.of(65, 10, 66, 0xff, 67),
      'document.encoding',
      /byte 3 \(on line 2\)/,
    ],
    ['a character cut off at its end', Uint8Array.of(65, 0xe2, 0x82), 'document.encoding', /byte 1 \(/],
  ])('with %s fails alone', async (_what, content, code, message) => {
    const path = write('bad.txt', content);
    write('good.txt', 'Good.');
    const items = await read([folder], { maxFileSize: 100 });
    const failure = onlyFailure(items);
    expect(failure).toMatchObject({ id: 'bad.txt', code });
    expect(failure.message).toMatch(message);
    expect(failure.message).toContain(path);
    expect(documentsOf(items).map(({ id }) => id)).toEqual(['good.txt']);
  });

  it('of another kind is refused when it was named, and read when the setting names its kind', async () => {
    const path = write('notes.rst', 'Notes.');
    expect(onlyFailure(await read([path]))).toMatchObject({ id: 'notes.rst', code: 'document.extension' });
    expect(documentsOf(await read([path], { extensions: ['.rst'] }))[0]).toMatchObject({ title: 'notes' });
  });
});

describe('a Markdown file', () => {
  it.each([
    ['its first heading', 'Intro.\n\n## Fares and *refunds* ##\n\n# Later', 'Fares and *refunds*'],
    ['an underlined heading', 'Safety on board\n===\n\nText.', 'Safety on board'],
    ['a heading outside code', '```sh\n# comment\n```\n# Real\n', 'Real'],
    ['its file name without one', '#no heading\n\nText.', 'page'],
  ])('has for a title %s', async (_what, text, title) => {
    write('page.md', text);
    expect(documentsOf(await read())[0]).toMatchObject({ id: 'page.md', title, text });
  });
});

describe('a corpus file', () => {
  it('holds a document a line', async () => {
    write(
      'corpus.jsonl',
      [
        '{"_id": "1", "title": "One", "text": "First.", "metadata": {"year": 1957}}',
        '',
        '{"id": 2, "text": "Second.\\nLine."}',
        '{"_id": "3", "title": null, "text": "Third \\ud800.", "metadata": null, "extra": true}',
      ].join('\r\n'),
    );
    expect(documentsOf(await read())).toEqual([
      { id: '1', title: 'One', text: 'First.', metadata: { year: 1957 } },
      { id: '2', title: '', text: 'Second.\nLine.', metadata: {} },
      { id: '3', title: '', text: 'Third \uFFFD.', metadata: {} },
    ]);
  });

  it('loses only its bad lines, each with its number and its reason', async () => {
    const lines = [
      Buffer.from('{"_id": "good", "text": "Good."}'),
      Buffer.from('{"_id": "cut", "text": "Cut'),
      Buffer.from('{"text": "No id."}'),
      Buffer.from('["not", "an object"]'),
      Buffer.from('{"_id": "empty", "text": " "}'),
      Buffer.from('{"_id": "number", "text": 7}'),
      Buffer.concat([Buffer.from('{"_id": "latin", "text": "caf'), Buffer.of(0xe9), Buffer.from('"}')]),
      Buffer.from(`{"_id": "long", "text": "${'x'.repeat(200)}"}`),
      Buffer.from('{"_id": "good", "text": "Again."}'),
      Buffer.from('{"_id": "last", "text": "Last."}'),
    ];
    const path = write('corpus.jsonl', Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
    const items = await read([folder], { maxFileSize: 150 });
    expect(documentsOf(items).map(({ id }) => id)).toEqual(['good', 'last']);
    expect(failuresOf(items).map(({ id, code }) => [id, code])).toEqual([
      ['corpus.jsonl:2', 'document.line'],
      ['corpus.jsonl:3', 'document.line'],
      ['corpus.jsonl:4', 'document.line'],
      ['empty', 'document.empty'],
      ['number', 'document.line'],
      ['corpus.jsonl:7', 'document.encoding'],
      ['corpus.jsonl:8', 'document.tooLarge'],
      ['good', 'document.duplicate'],
    ]);
    const messages = failuresOf(items).map(({ message }) => message);
    expect(messages[0]).toMatch(/corpus\.jsonl:2: the line is not valid JSON: (?!.*is not valid JSON)/);
    expect(messages[0]).toContain(path);
    expect(messages[5]).toContain('byte 29 of the line');
    expect(messages[7]).toContain(`${path}:9: document good is already at ${path}:1`);
    expect(items.map((item) => 'unidentified' in item)).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it('may be larger than one document may be', async () => {
    const line = (i: number) => `{"_id": "${i}", "text": "${'word '.repeat(20)}"}`;
    write('corpus.jsonl', Array.from({ length: 5000 }, (_, i) => line(i)).join('\n'));
    const items = await read([folder], { maxFileSize: 150 });
    expect(documentsOf(items).map(({ id }) => id)).toEqual(Array.from({ length: 5000 }, (_, i) => String(i)));
    expect(failuresOf(items)).toEqual([]);
  });

  it('of 0 bytes is a failure', async () => {
    write('corpus.jsonl', '');
    expect(onlyFailure(await read())).toMatchObject({ id: 'corpus.jsonl', code: 'document.empty' });
  });

  it('shares its ids with all other files that are read', async () => {
    const file = write('a.txt', 'Ay.');
    write('b.jsonl', '{"_id": "a.txt", "text": "Bee."}');
    expect(onlyFailure(await read()).message).toContain(`is already at ${file}`);
  });
});

describe('the hash of a document', () => {
  const document = { id: 'a', title: 'T', text: 'Text.', metadata: { b: 1, a: 2 } };

  it('knows title, text and metadata, but not the order of keys, nor the id', () => {
    const hash = documentHash(document);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(documentHash({ ...document, id: 'b', metadata: { a: 2, b: 1 } })).toBe(hash);
    expect(documentHash({ ...document, title: 'U' })).not.toBe(hash);
    expect(documentHash({ ...document, text: 'Text!' })).not.toBe(hash);
    expect(documentHash({ ...document, metadata: { a: 2, b: 2 } })).not.toBe(hash);
  });
});

describe.skipIf(!hasShared())('a public collection', () => {
  it('is read whole, but for its two documents without text', async () => {
    const items = await read([sharedPath('datasets/cranfield/corpus.jsonl')]);
    expect(documentsOf(items)).toHaveLength(1398);
    expect(failuresOf(items).map(({ id, code }) => [id, code])).toEqual([
      ['471', 'document.empty'],
      ['995', 'document.empty'],
    ]);
  });
});
