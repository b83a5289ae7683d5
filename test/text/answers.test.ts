import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerTokens, containsAnswer, normaliseAnswer } from '../../src/text/answers.ts';

describe('normaliseAnswer', () => {
  it.each([
    ['The Harbour-Master!', 'harbourmaster'],
    ['  a   boat, an oar ', 'boat oar'],
    ['theatre another', 'theatre another'],
    ['€4.50', '€450'],
    ['«À la carte»', '«à la carte»'],
    ['The', ''],
  ])('%j becomes %j, as in the official SQuAD script', (text, expected) => {
    expect(normaliseAnswer(text)).toBe(expected);
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abt e.,-é\t4The'.split('')) }), (text) => {
        const once = normaliseAnswer(text);
        expect(normaliseAnswer(once)).toBe(once);
      }),
    );
  });
});

describe('answerTokens', () => {
  it('gives the words of the normalised answer', () => {
    expect(answerTokens('The old pier, twice')).toEqual(['old', 'pier', 'twice']);
    expect(answerTokens('the')).toEqual([]);
  });
});

describe('containsAnswer', () => {
  it.each([
    ['It costs 1,000 euros', '1000'],
    ['1000', '1,000'],
    ['1 000 passagers', '1,000'],
    ['1\u202f000 passagers', '1000'],
    ['€4.50', '4.50'],
    ['4.5', '4.50'],
    ['0.20', '.2'],
    ['4.50 euros', '€4.50'],
    ['4,50 €', '€4.50'],
    ['$5', '5 dollars'],
    ['1.234,50', '1,234.5'],
    ['20%', '20 percent'],
    ['20 pour cent', '20%'],
    ['20 %', '20'],
    ['10km away', '10 km'],
    ['Elle part à 14h45 du quai', '14 h 45'],
    ['Comptez 2 h 05', '2h05'],
    ['at 5 p.m.', '5pm'],
    ['−5 °C', '-5'],
    ['about –5 °C', '-5'],
    ['questions 1,2,3', '2'],
    ['see version 1.2.3', '1.2.3'],
    ['version 1.2.3 100 times', '1.2.3'],
    ['in 2019 100 people', '100'],
  ])('%j contains %j: numbers are compared by value', (text, alias) => {
    expect(containsAnswer(text, alias)).toBe(true);
  });

  it.each([
    ['on March 12, 2025.', '12 March 2025'],
    ['2025-03-12', '12 March 2025'],
    ['2025-03-12T10:00', 'March 12th, 2025'],
    ['le 12 mars 2025 à midi', '2025-03-12'],
    ['le 1er mars 2025', '1 March 2025'],
    ['El 12 de marzo de 2025', 'March 12, 2025'],
    ['12.03.2025', '12 March 2025'],
    ['25/12/2025', '25 December 2025'],
    ['by 5-Mar-2025', 'March 5, 2025'],
    ['12 March 2025', '2025'],
    ['12 March 2025', 'March 2025'],
    ['March 12, 2025', '12 March'],
  ])('%j contains %j: dates are compared by value', (text, alias) => {
    expect(containsAnswer(text, alias)).toBe(true);
  });

  it.each([
    ['the Harbour Master said', 'Harbour master'],
    ['Ask harbour masters', 'the harbour masters'],
    ["Alice's boat", 'Alice'],
    ['à l’Estuaire', 'Estuaire'],
    ['Cafe\u0301', 'café'],
    ['the U.S. Navy', 'US Navy'],
    ['vitamin A', 'A'],
    ['東京都にある', '東京'],
  ])('%j contains %j: case, articles and punctuation do not count', (text, alias) => {
    expect(containsAnswer(text, alias)).toBe(true);
  });

  it.each([
    ['11,250', '1,250'],
    ['12,500', '500'],
    ['45', '4.5'],
    ['-5', '5'],
    ['20%', '0.2'],
    ['0.2', '20 %'],
    ['$4.50', '€4.50'],
    ['4.50', '€4.50'],
    ['the 1990s', '1990'],
    ['B12', '12'],
    ['1.2.3', '1.2'],
    ['03/12/2025', '12 March 2025'],
    ['March 13, 2025', '12 March 2025'],
    ['March 12', '12 March 2025'],
    ['categories', 'cat'],
    ['cafe', 'café'],
    ['anything', '...'],
    ['', 'x'],
  ])('%j does not contain %j', (text, alias) => {
    expect(containsAnswer(text, alias)).toBe(false);
  });

  it('finds any number in its own text, however it is grouped', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999 }), (number) => {
        const grouped = number.toLocaleString('en-US');
        expect(containsAnswer(`We counted ${grouped} of them.`, String(number))).toBe(true);
        expect(containsAnswer(`We counted 1${grouped} of them.`, String(number))).toBe(false);
      }),
    );
  });
});
