import { describe, expect, it } from 'vitest';
import { ABSTENTION } from '../../../src/engine/generation/abstention.ts';
import { createExtractiveGenerator } from '../../../src/engine/generation/extractive.ts';
import { collect, generatorContract, passage } from '../../contracts/generator.ts';

const generator = createExtractiveGenerator({ abstainBelow: 0.35, sentences: 2 });
const oneSentence = createExtractiveGenerator({ abstainBelow: 0.35, sentences: 1 });

const HANDBOOK = passage(
  1,
  'Harbour handbook',
  `# Harbour handbook

The harbour office opens at 08:15 on working days. Its roof was painted in 2019 by Marion Delacourt.

## Berths

| Berth | Length | Fee per night |
| --- | --- | --- |
| North quay | 60 m | £18.00 |
| South quay | 42 m | £14.50 |

Fresh water costs £2.00 a tank. Boats leave the fuel pontoon within 20 minutes.`,
);

const DOGS = passage(2, 'Dogs', 'Dogs are kept on a lead. Les chiens voyagent gratuitement sur le pont.');

const ask = async (question: string, passages = [HANDBOOK, DOGS], from = oneSentence) =>
  (await collect(from, { question, passages })).answer;

generatorContract({
  name: 'the extractive generator',
  create: async () => createExtractiveGenerator({ abstainBelow: 0.35, sentences: 2 }),
  expected: '6.50',
});

describe('the extractive generator', () => {
  it.each([
    ['When does the harbour office open?', '08:15'],
    ['Who painted the roof of the harbour office?', 'Marion Delacourt'],
    ['How much is the fee per night on the south quay?', '£14.50'],
    ['What does fresh water cost?', '£2.00 a tank'],
    ['How long may a boat stay at the fuel pontoon?', '20 minutes'],
    ['How long is the north quay berth?', '60 m'],
    ['Les chiens voyagent-ils gratuitement ?', 'Les chiens voyagent gratuitement'],
    ['how much does fresh watr cst', '£2.00'],
  ])('answers %j with the sentence that says so', async (question, expected) => {
    const answer = await ask(question);
    expect(answer.text).toContain(expected);
    expect(answer.abstained).toBe(false);
  });

  it('joins a table row with its header, so that it can be read on its own', async () => {
    const answer = await ask('How much is the fee per night on the south quay?');
    expect(answer.text).toBe('Berth: South quay; Length: 42 m; Fee per night: £14.50');
  });

  it('quotes without Markdown', async () => {
    const answer = await ask('What colour is the northern buoy?', [
      passage(3, 'Buoys', '- The **northern buoy** is [green](buoys.md) in `colour`.'),
    ]);
    expect(answer.text).toBe('The northern buoy is green in colour.');
  });

  it('cites the passages that its sentences come from', async () => {
    expect((await ask('Les chiens voyagent-ils gratuitement ?')).citations).toEqual([1]);
    expect((await ask('When does the harbour office open?')).citations).toEqual([0]);
  });

  it('gives as many sentences as it may, and no more', async () => {
    const passages = [
      passage(4, 'Tides', 'The tide turns at noon. The tide turns at six. The tide turns at ten.'),
    ];
    const pieces = async (sentences: number) =>
      (
        await collect(createExtractiveGenerator({ abstainBelow: 0, sentences }), {
          question: 'When does the tide turn?',
          passages,
        })
      ).pieces.length;
    expect([await pieces(1), await pieces(2), await pieces(3), await pieces(9)]).toEqual([1, 2, 3, 3]);
  });

  it('abstains from what the passages say nothing about', async () => {
    const answer = await ask('Which company manufactured the submarine periscopes?');
    expect(answer).toMatchObject({ abstained: true, text: ABSTENTION, citations: [] });
    expect(answer.confidence).toBeLessThan(0.35);
  });

  it.each(['the of and', '???', '🙂'])(
    'abstains from a question without a content word: %j',
    async (question) => {
      expect(await ask(question)).toMatchObject({ abstained: true, confidence: 0 });
    },
  );

  it('abstains without passages, and from passages without text', async () => {
    expect(await ask('When?', [])).toMatchObject({ abstained: true, confidence: 0 });
    expect(await ask('When?', [passage(1, '', '')])).toMatchObject({ abstained: true, confidence: 0 });
  });

  it('is the more confident the more of the question is found', async () => {
    const found = await ask('When does the harbour office open?');
    const half = await ask('When does the harbour office receive inflatable kayaks?');
    const none = await ask('Where do penguins receive inflatable kayaks?');
    expect(found.confidence).toBeGreaterThan(half.confidence);
    expect(half.confidence).toBeGreaterThan(none.confidence);
  });

  it('takes no number for another that looks like it', async () => {
    const answer = await ask('What happened in 2018?', [passage(1, '', 'In 2019 the roof was painted.')]);
    expect(answer.abstained).toBe(true);
  });

  it('remembers a passage by its content, not by its key alone', async () => {
    const question = 'What does the ticket cost?';
    const texts = ['The ticket costs £3.', 'The ticket costs £4.'];
    for (const text of texts) {
      expect((await ask(question, [passage(7, 'Fares', text)])).text).toBe(text);
    }
  });

  describe('where documents supersede one another', () => {
    const dated = (key: number, effective: string, text: string) =>
      passage(key, 'Fares', text, { metadata: { effective } });
    const old = dated(1, '2024-01-01', 'A locker costs £3.00 a day.');
    const now = dated(2, '2025-06-01', 'A locker now costs £4.00 a day.');

    it('follows the one that took effect last, and leaves out what it replaces', async () => {
      const answer = await ask('What does a locker cost a day?', [old, now], generator);
      expect(answer.text).toBe('A locker now costs £4.00 a day.');
    });

    it('follows the one that was in force on the day that the question names', async () => {
      const answer = await ask('What did a locker cost a day in March 2025?', [now, old]);
      expect(answer.text).toBe('A locker costs £3.00 a day.');
      const later = await ask('What does a locker cost a day in 2025?', [old, now]);
      expect(later.text).toBe('A locker now costs £4.00 a day.');
    });

    it('prefers what answers over what is merely new', async () => {
      const other = dated(3, '2025-12-01', 'The lounge is closed on Mondays.');
      expect((await ask('What does a locker cost a day?', [old, other])).text).toContain('£3.00');
    });
  });
});
