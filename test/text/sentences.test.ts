import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sentences } from '../../src/text/sentences.ts';

const split = (text: string): string[] => sentences(text).map(({ start, end }) => text.slice(start, end));

describe('sentences', () => {
  it.each([
    ['a decimal', ['Adults pay €4.50.', 'Bicycles cost 1.000,50 on v1.2.3.']],
    ['titles and initials', ['Mr. Smith met Dr. J. R. R. Hale.', 'They left.']],
    ['an abbreviation before a number', ['See Fig. 2 and No. 4 of Jan. 5.', 'No.', 'We do not.']],
    ['an acronym inside a name', ['The U.S. Navy sailed at 5 p.m.', 'The U.S.', 'It returned.']],
    ['an initial that ends a sentence', ['Choose plan B.', 'The fare is lower.']],
    ['quotations', ['"Stop!" he said.', '“Why?”', 'She left (see p. 4.).', 'Done.']],
    ['ellipses and doubled marks', ['Well...', 'Really?!', 'Yes… indeed.']],
    ['emphasis and links', ['**Refunds.**', 'You can [ask.](https://example.com/a.b) Today.']],
    ['French', ['« Oui ! » dit-il.', 'Est-ce vrai ?', 'M. Dupont, n° 5, paie 4,50 €, p. ex. Paris.', 'Non.']],
    ['Spanish', ['¿Cómo está?', '¡Bien!', 'El Sr. López vive en EE. UU.', 'La Sra. Gil, p. ej. Madrid.']],
  ])('splits around %s', (_what, expected) => {
    expect(split(expected.join(' '))).toEqual(expected);
  });

  it('needs no space after an ideographic stop', () => {
    expect(split('船が出る。次は？はい')).toEqual(['船が出る。', '次は？', 'はい']);
  });

  it('splits text that is in lower case throughout', () => {
    expect(split('a wing was tested . the lift was 1.5 times higher . it stalled')).toHaveLength(3);
  });

  it('keeps headings, list items, table rows and code apart', () => {
    const text = [
      '# Fares',
      'Adults pay 4.50.',
      '',
      '- First. Then more',
      '- Second',
      '',
      '1. One',
      '2. Two goes',
      '   on here',
      '',
      '| a | b. C |',
      '|---|---|',
      '```',
      'run. Now',
      '```',
      'Title',
      '=====',
    ].join('\n');
    expect(split(text)).toEqual([
      '# Fares',
      'Adults pay 4.50.',
      '- First.',
      'Then more',
      '- Second',
      '1. One',
      '2. Two goes\n   on here',
      '| a | b. C |',
      '|---|---|',
      '```',
      'run. Now',
      '```',
      'Title',
      '=====',
    ]);
  });

  it('joins the lines of a wrapped paragraph, and keeps lines that were ended on purpose', () => {
    expect(
      split('The officer of the watch must be told at once when\nMr. Jones falls into the water. He\nturns.'),
    ).toHaveLength(2);
    expect(split('Adult: 4.50\r\nChild: 2.25\r\nDogs travel free')).toEqual([
      'Adult: 4.50',
      'Child: 2.25',
      'Dogs travel free',
    ]);
  });

  it('finds nothing in blank text', () => {
    expect(split(' \n\t\n ')).toEqual([]);
  });

  it('gives trimmed spans in order that cover all but white space, and splits no number', () => {
    const piece = fc.constantFrom(
      ...[
        'Dr. ',
        'The end. ',
        '4.5',
        '1,000 ',
        '\n',
        '\n\n',
        '- ',
        '# ',
        '| ',
        '"No!" ',
        '…',
        'go',
        '\r\n',
        '```',
      ],
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece).map((pieces) => pieces.join('')),
          fc.string(),
        ),
        (text) => {
          let from = 0;
          for (const { start, end } of sentences(text)) {
            expect(text.slice(from, start).trim()).toBe('');
            expect(text.slice(start, end)).toBe(text.slice(start, end).trim());
            expect(end).toBeGreaterThan(start);
            expect(/\d[.,]?$/.test(text.slice(0, end)) && /^\d/.test(text.slice(end))).toBe(false);
            from = end;
          }
          expect(text.slice(from).trim()).toBe('');
        },
      ),
    );
  });
});
