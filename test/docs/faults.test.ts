import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { renderError } from '../../src/cli/errors.ts';
import { CORRUPTIONS, ERROR_CLASSES, TARGETS } from '../../src/faults/fault.ts';
import { readFaultFile } from '../../src/faults/file.ts';
import { KINDS, KINDS_OF } from '../../src/faults/vocabulary.ts';
import { errorOf, faultsOf, READING } from '../faults/reading.ts';

const PAGE = readFileSync(fileURLToPath(new URL('../../docs/faults.md', import.meta.url)), 'utf8');

const blocks = [...PAGE.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
  language,
  text: text!,
}));
const rows = PAGE.split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const words = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);

describe('the page about faults', () => {
  it('shows faults that can be read', () => {
    const shown = blocks
      .filter(({ language, text }) => language === '' && !/^(fault +=|error:)/.test(text))
      .flatMap(({ text }) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#')));
    expect(shown.length).toBeGreaterThan(4);
    for (const line of shown) expect(faultsOf(line).length, line).toBeGreaterThan(0);
  });

  it('shows a file that can be read', () => {
    const [file] = blocks.filter(({ language }) => language === 'yaml');
    expect(readFaultFile({ path: 'page', text: file!.text }, READING)).toHaveLength(4);
  });

  it('shows an error as it is', () => {
    const error = errorOf(() => faultsOf('embedder: timout 30%'));
    const shown = blocks.find(({ text }) => text.startsWith('error:'))!.text;
    expect(shown).toBe(renderError(error, { colour: false, debug: false }));
  });

  it('says of each target what it can suffer', () => {
    const targets = rows.filter(([name]) => (TARGETS as readonly string[]).includes(words(name!)[0]!));
    expect(Object.fromEntries(targets.map(([name, , kinds]) => [words(name!)[0], words(kinds!)]))).toEqual(
      KINDS_OF,
    );
  });

  it('explains each kind, with an example of it', () => {
    const kinds = rows.slice(TARGETS.length);
    expect(kinds.map(([name]) => words(name!)[0])).toEqual(KINDS.map(({ word }) => word));
    for (const [name, , example] of kinds) {
      expect(faultsOf(words(example!)[0]!)[0]!.effect.kind).toBe(words(name!)[0]);
    }
  });

  it('names every class of error and every way to be corrupt', () => {
    const explained = (kind: string) => words(rows.find(([name]) => name === `\`${kind}\``)![1]!);
    expect(explained('error')).toEqual(expect.arrayContaining([...ERROR_CLASSES]));
    expect(explained('corrupt')).toEqual(expect.arrayContaining([...CORRUPTIONS]));
  });
});
