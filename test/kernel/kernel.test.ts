import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, sha256 } from '../../src/kernel/digest.ts';
import { createEmitter } from '../../src/kernel/emitter.ts';
import { CATALOGUE, EXIT, GroundspeedError, messageOf } from '../../src/kernel/errors.ts';

describe('digest', () => {
  it('agrees with the published test vector of SHA-256', () => {
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256(new TextEncoder().encode('abc'))).toBe(sha256('abc'));
  });

  it('writes equal values as equal JSON, whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('emitter', () => {
  it('is active only while someone listens, and survives a listener that throws', () => {
    const emitter = createEmitter<number>();
    expect(emitter.active).toBe(false);
    const heard: number[] = [];
    const stopThrowing = emitter.listen(() => {
      throw new Error('listener');
    });
    const stop = emitter.listen((event) => heard.push(event));
    emitter.emit(1);
    stop();
    stopThrowing();
    emitter.emit(2);
    expect(heard).toEqual([1]);
    expect(emitter.active).toBe(false);
  });
});

describe('errors', () => {
  it('lead to the exit code that the catalogue gives them', () => {
    for (const code of Object.keys(CATALOGUE) as (keyof typeof CATALOGUE)[]) {
      expect(new GroundspeedError(code, 'x').exitCode).toBe(EXIT[CATALOGUE[code].exit]);
    }
  });

  it('keep their cause, and tell their message on one line', () => {
    const cause = new Error('disk\n  full');
    const error = new GroundspeedError('internal.io', messageOf(cause), { cause, hint: 'free some space' });
    expect(error.cause).toBe(cause);
    expect(error.message).toBe('disk full');
  });

  it('of the file system are told in plain words', async () => {
    const missing = await readFile('/nowhere/at-all').catch((cause: unknown) => messageOf(cause));
    expect(missing).toBe('there is no such file or folder');
    expect(await readFile('/').catch((cause: unknown) => messageOf(cause))).toBe(
      'it is a folder, not a file',
    );
    const failure = (code: string, syscall: string) =>
      messageOf(Object.assign(new Error(`${code}: as Node has it`), { code, syscall }));
    expect(failure('ENOSPC', 'write')).toBe('the disk is full');
    expect(failure('ENOENT', 'mkdir')).toBe('the folder cannot be made there');
    expect(failure('ENOENT', 'spawn git')).toBe('ENOENT: as Node has it');
    expect(failure('EWHATEVER', 'read')).toBe('EWHATEVER: as Node has it');
  });
});
