import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  agree,
  type Guard,
  objection,
  questionFacts,
} from '../../../../src/engine/caching/guards/agreement.ts';

const between = (a: string, b: string): Guard | undefined => objection(questionFacts(a), questionFacts(b));

const TOLD_APART: Record<Guard, readonly (readonly [string, string])[]> = {
  numbers: [
    ['a carnet of 10 journeys', 'a carnet of 20 journeys'],
    ['fare of a 4.5 m car', 'fare of a 5.5 m car'],
    ['a parcel of 30 kg', 'a parcel of 30 g'],
    ['a parcel of 30 kg', 'a parcel of 30kg and 2 bags'],
    ['may I bring two dogs', 'may I bring three dogs'],
    ['is £20 enough', 'is €20 enough'],
    ['is £20 enough', 'is 20 % enough'],
    ['the 13:00 boat', 'the 15:00 boat'],
    ['the rules in 2023', 'the rules in 2025'],
    ['what does the second driver pay', 'what does the third driver pay'],
    ['how many days is it kept', 'how many hours is it kept'],
    ['half of the fare', 'a quarter of the fare'],
    ['bus 14', 'the bus'],
  ],
  dates: [
    ['fare on 15 June 2025', 'fare on 16 June 2025'],
    ['fare on 15 June 2025', 'fare on 15 June 2024'],
    ['fare in March', 'fare in April'],
    ['boats on Saturday', 'boats on Sundays'],
    ['last boat in summer', 'last boat in winter'],
    ['what was the fare', 'what is the fare'],
    ['boats tomorrow', 'boats tonight'],
    ['boats at Christmas', 'boats at Easter'],
  ],
  negation: [
    ['which ships have a lift', 'which ships have no lift'],
    ['may I smoke', "mayn't I smoke"],
    ['what is paid with a ticket', 'what is paid without a ticket'],
    ['accompanied freight', 'unaccompanied freight'],
    ['is a paid bill kept', 'is an unpaid bill kept'],
    ['who travels free', 'who never travels free'],
    ['every route', 'every route except one'],
    ['des chiens à bord', 'pas des chiens à bord'],
  ],
  names: [
    ['the defibrillator of Storm Petrel', 'the defibrillator of Grey Heron'],
    ['a tent at Kervigo', 'a tent at Stenning'],
    ['what is TF-50', 'what is TF-51'],
    ['Skarrow to the mainland', 'Vanehaven to the mainland'],
    ['where does Owen sit', 'where does somebody sit'],
  ],
  opposites: [
    ['when does the first bus leave', 'when does the last bus leave'],
    ['when does the boat arrive', 'when does the boat depart'],
    ['fare of an adult', 'fare of a child'],
    ['what is the longest lorry', 'what is the shortest lorry'],
    ['cabin in the high season', 'cabin in the low season'],
    ['a single ticket', 'a return ticket'],
  ],
  order: [
    ['from the station to the terminal', 'from the terminal to the station'],
    ['does the mate relieve the master in fog', 'does the master relieve the mate in fog'],
    ['leaving Kelby for Holm', 'to Kelby from Holm'],
  ],
};

const LET_PASS: readonly (readonly [string, string])[] = [
  ['a carnet of 20 journeys', 'the 20-journey carnet'],
  ['may I bring two dogs', 'can I take 2 dogs'],
  ['a load of 1,000 kg', 'a load of 1000 kilograms'],
  ['fare of a 4.5 m car', 'what a car of 4.5 metres pays'],
  ['how long is it kept', 'how many days is it kept'],
  ['fare on 15 June 2025', 'what do I pay on June 15, 2025'],
  ['boats on Saturdays', 'Saturday boats'],
  ['no later than noon', 'not later than noon'],
  ['is it not forbidden', 'is it never forbidden'],
  ['no more than five', 'at most five'],
  ["Storm Petrel's defibrillator", 'where is the defibrillator on storm petrel'],
  ['Setting out from Skarrow, what do I pay?', 'What does one pay when leaving Skarrow?'],
  ['On Route 4, what does a dog pay?', 'What does a dog pay on Route 4?'],
  ['when does the last bus leave', 'what is the final departure of the bus'],
  ['from Kelby to the Holm', 'to the Holm, starting from Kelby'],
  ['What costs it?', 'what costs it'],
];

describe('the guards', () => {
  for (const [guard, pairs] of Object.entries(TOLD_APART)) {
    it.each(pairs)(`${guard} tell apart: %s | %s`, (a, b) => {
      expect(between(a, b)).toBe(guard);
      expect(between(b, a)).toBe(guard);
    });
  }

  it.each(LET_PASS)('let pass: %s | %s', (a, b) => {
    expect(between(a, b)).toBeUndefined();
    expect(between(b, a)).toBeUndefined();
  });

  it('are symmetric, and never object to the same question', () => {
    const word = fc.constantFrom(
      ...'What does not a dog pay from Kelby to 2 Skarrow on 3 May 2025 first last without £5 kg TF-50 was is unpaid paid , ?'.split(
        ' ',
      ),
    );
    const question = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(question, question, (a, b) => {
        expect(between(a, b) === undefined).toBe(between(b, a) === undefined);
        expect(between(a, a)).toBeUndefined();
      }),
    );
  });

  it('take any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(agree(questionFacts(text), questionFacts(text))).toBe(true);
      }),
    );
    expect(agree(questionFacts(''), questionFacts(''))).toBe(true);
  });
});
