import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellWidth, clipCells } from '../../src/cli/cell-width.ts';
import { LiveBlock, roomIn } from '../../src/cli/live-block.ts';
import { Terminal } from './terminal.ts';

describe('a live block', () => {
  it('is drawn over in place, whether it grows or shrinks', () => {
    const terminal = new Terminal();
    const block = new LiveBlock(terminal.stream);
    terminal.stream.write('before\n');
    block.draw(['one', 'two, rather long', 'three']);
    block.draw(['1', '2']);
    expect(terminal.text).toBe('before\n1\n2');
    block.draw(['a', 'b', 'c', 'd']);
    expect(terminal.text).toBe('before\na\nb\nc\nd');
  });

  it('stays below what is printed, and leaves nothing behind', () => {
    const terminal = new Terminal();
    const block = new LiveBlock(terminal.stream);
    block.draw(['one', 'two']);
    block.print('a line');
    expect(terminal.text).toBe('a line\none\ntwo');
    block.clear();
    block.print('another');
    terminal.stream.write('results\n');
    expect(terminal.text).toBe('a line\nanother\nresults');
  });

  it('is written in one piece, and nothing is erased before it is written over', () => {
    const terminal = new Terminal();
    const block = new LiveBlock(terminal.stream);
    block.draw(['one', 'two']);
    const before = terminal.writes.length;
    block.draw(['uno', 'dos']);
    expect(terminal.writes.slice(before)).toEqual(['\runo\u001b[K\ndos\u001b[J\u001b[1A\r']);
  });

  it('cuts a line that would wrap, colours and all', () => {
    const terminal = new Terminal({ columns: 12 });
    const block = new LiveBlock(terminal.stream);
    block.draw(['\u001b[31mred and far too long\u001b[39m', 'short']);
    expect(terminal.text).toBe('red and fa…\nshort');
    expect(terminal.widest).toBeLessThan(12);
  });

  it.each(['wrap', 'cut'] as const)(
    'survives every resize of a terminal that does not wrap: %s',
    (resizing) => {
      const widths = fc.array(fc.integer({ min: 8, max: 120 }), { minLength: 1, maxLength: 12 });
      fc.assert(
        fc.property(widths, (columns) => {
          const terminal = new Terminal({ resizing, rows: 200 });
          const block = new LiveBlock(terminal.stream);
          terminal.stream.write('kept\n');
          const draw = (): void =>
            block.draw(['x', 'y', 'z'].map((letter) => letter.repeat(roomIn(terminal.stream))));
          draw();
          for (const width of columns) {
            terminal.resize({ columns: width });
            draw();
            expect(terminal.lines.map((line) => line.slice(0, 4))).toEqual(['kept', 'xxxx', 'yyyy', 'zzzz']);
          }
          block.clear();
          expect(terminal.text).toBe('kept');
        }),
      );
    },
  );
});

describe('the width of a line', () => {
  it.each([
    ['plain', 5],
    ['\u001b[1;31mred\u001b[0m', 3],
    ['速度', 4],
    ['cafe\u0301', 4],
    ['▁▂█ – µs', 8],
    ['🚀!', 3],
  ])('of %j is %i cells', (line, cells) => {
    expect(cellWidth(line)).toBe(cells);
  });

  it('after a cut is never more than was asked for', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', '速', '\u0301', '🚀', '–') });
    fc.assert(
      fc.property(letters, fc.nat(20), (line, cells) => {
        const clipped = clipCells(line, cells);
        expect(cellWidth(clipped)).toBeLessThanOrEqual(cells);
        if (cellWidth(line) <= cells) expect(clipped).toBe(line);
      }),
    );
  });
});
