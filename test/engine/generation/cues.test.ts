import { describe, expect, it } from 'vitest';
import { CUE, cuesAsked, holdsAny } from '../../../src/engine/generation/cues.ts';

describe('cuesAsked', () => {
  it.each([
    ['How much does a dog cost?', CUE.money],
    ['Combien coûte un chien ?', CUE.money],
    ['Quelle indemnité reçoit un passager ?', CUE.money],
    ['How many dogs may I bring?', CUE.number],
    ['Combien de chiens puis-je amener ?', CUE.number],
    ['At what time does it close?', CUE.time],
    ['À quelle heure ferme le guichet ?', CUE.time],
    ['How long does the crossing take?', CUE.duration | CUE.number],
    ['Combien de temps dure la traversée ?', CUE.duration | CUE.number],
    ['Quelle est la durée de la traversée ?', CUE.duration | CUE.number],
    ['When was it built?', CUE.date | CUE.time],
    ['In what year did it burn?', CUE.date | CUE.time],
    ['Who commands the ship?', CUE.name],
    ['Qui commande le navire ?', CUE.name],
    ['Is it open?', 0],
  ])('reads %j', (question, cues) => {
    expect(cuesAsked(question)).toBe(cues);
  });
});

describe('holdsAny', () => {
  it.each([
    ['It costs £4.50.', CUE.money],
    ['Il coûte 4,50 £.', CUE.money],
    ['It closes at 20:30.', CUE.time],
    ['Ouvert de 8 h à 18 h.', CUE.time],
    ['Built in March 1997.', CUE.date],
    ['BUILT IN MARCH.', CUE.date],
    ['It takes 40 minutes.', CUE.duration],
    ['Kept for dix jours.', CUE.duration],
    ['five wheelchairs', CUE.number],
    ['The master is Pieter Maas.', CUE.name],
    ['Master | Pieter Maas', CUE.name],
  ])('finds what %j holds', (text, cue) => {
    expect(holdsAny(cue, text)).toBe(true);
  });

  it('looks for the kinds asked for alone', () => {
    expect(holdsAny(CUE.money | CUE.time, 'It takes 40 minutes.')).toBe(false);
    expect(holdsAny(CUE.money | CUE.duration, 'It takes 40 minutes.')).toBe(true);
    expect(holdsAny(0, 'It takes 40 minutes.')).toBe(false);
  });

  it('finds nothing in a plain sentence, whose first word is no name', () => {
    const every = Object.values(CUE).reduce((bits: number, cue) => bits | cue, 0);
    expect(holdsAny(every, 'Dogs are kept on a lead.')).toBe(false);
  });
});
