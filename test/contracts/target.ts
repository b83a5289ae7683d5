import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CATALOGUE, GroundspeedError } from '../../src/kernel/errors.ts';
import type { Exchange, RawReply, Sent, Target, TargetResponse } from '../../src/load/target.ts';

/** What the target under test does with each question, by its text. */
export const contractQuestions = ['answer', 'answer slowly', 'fail', 'never answer'] as const;
export type ContractQuestion = (typeof contractQuestions)[number];

export const contractAnswer = 'Bicycles cost 6.50.';

export interface TargetUnderTest {
  readonly name: string;
  /** A target that answers with `contractAnswer`, in pieces if it streams, fails with an error that has a code, or hangs. */
  create(): Promise<{ readonly target: Target; readonly close: () => Promise<void> }>;
}

/** An exchange that remembers what it is told, in order. */
class Witness implements Exchange {
  readonly told: ('first token' | 'complete' | 'fail')[] = [];
  reply: TargetResponse | RawReply | undefined;
  error: unknown;
  readonly ended: Promise<void>;
  readonly begun: Promise<void>;
  #end: () => void = () => undefined;
  #begin: () => void = () => undefined;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  firstToken(): void {
    this.told.push('first token');
    this.#begin();
  }

  complete(reply: TargetResponse | RawReply): void {
    this.told.push('complete');
    this.reply = reply;
    this.#end();
  }

  fail(error: unknown): void {
    this.told.push('fail');
    this.error = error;
    this.#end();
  }

  get ends(): number {
    return this.told.filter((what) => what !== 'first token').length;
  }
}

const left = (): GroundspeedError => new GroundspeedError('query.aborted', 'the asker has left');

/** Time for what should not happen to happen. */
const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150));

/** What every adapter of the port `Target` must do. */
export function targetContract({ name, create }: TargetUnderTest): void {
  describe(`${name} as a Target`, () => {
    let target: Target;
    let close: () => Promise<void>;

    beforeEach(async () => {
      ({ target, close } = await create());
    });
    afterEach(() => close());

    const start = (text: ContractQuestion): { witness: Witness; sent: Sent } => {
      const witness = new Witness();
      const question = contractQuestions.indexOf(text);
      return { witness, sent: target.start({ question, text, cache: true }, witness) };
    };

    const responseOf = ({ reply }: Witness, question: number): TargetResponse =>
      reply instanceof Uint8Array ? target.read(reply, question) : reply!;

    it('completes a request once, with a response that can be read', async () => {
      const { witness } = start('answer');
      await witness.ended;
      await aWhile();
      expect(witness.ends).toBe(1);
      expect(witness.told.at(-1)).toBe('complete');
      expect(responseOf(witness, 0).answer).toBe(contractAnswer);
    });

    it('tells of the first token at most once, before the end, and only where it streams', async () => {
      const { witness } = start('answer slowly');
      await witness.ended;
      expect(witness.told).toEqual(target.returns.firstToken ? ['first token', 'complete'] : ['complete']);
    });

    it('fails a request once, with a code of the catalogue', async () => {
      const { witness } = start('fail');
      await witness.ended;
      await aWhile();
      expect(witness.ends).toBe(1);
      const error =
        witness.error ??
        (() => {
          try {
            return responseOf(witness, 2);
          } catch (thrown) {
            return thrown;
          }
        })();
      expect(Object.keys(CATALOGUE)).toContain((error as { code?: unknown }).code);
    });

    it('ends each of many requests at once by itself', async () => {
      const started = Array.from({ length: 60 }, (_, nth) =>
        start(nth % 3 === 0 ? 'fail' : nth % 3 === 1 ? 'answer' : 'answer slowly'),
      );
      await Promise.all(started.map(({ witness }) => witness.ended));
      await aWhile();
      for (const [nth, { witness }] of started.entries()) {
        expect(witness.ends).toBe(1);
        if (nth % 3 !== 0) expect(responseOf(witness, nth % 3 === 1 ? 0 : 1).answer).toBe(contractAnswer);
      }
    });

    it.each(contractQuestions)('says nothing more once "%s" was withdrawn at once', async (text) => {
      const { witness, sent } = start(text);
      // A target of this process may tell something while it is being asked.
      const before = [...witness.told];
      sent.withdraw(left());
      await aWhile();
      expect(witness.told).toEqual(before);
    });

    it('says nothing more once a request was withdrawn on its way', async () => {
      const hanging = start('never answer');
      const slow = start('answer slowly');
      await (target.returns.firstToken ? slow.witness.begun : aWhile());
      const before = [...slow.witness.told];
      slow.sent.withdraw(left());
      hanging.sent.withdraw(left());
      await aWhile();
      expect(hanging.witness.told).toEqual([]);
      expect(slow.witness.told).toEqual(before);
    });

    it('takes a second withdrawal, and one after the end, for nothing', async () => {
      const { witness, sent } = start('answer');
      await witness.ended;
      const told = [...witness.told];
      sent.withdraw(left());
      sent.withdraw(left());
      const hanging = start('never answer');
      hanging.sent.withdraw(left());
      hanging.sent.withdraw(left());
      await aWhile();
      expect(witness.told).toEqual(told);
      expect(hanging.witness.told).toEqual([]);
    });

    it('answers others after some were withdrawn', async () => {
      for (let nth = 0; nth < 20; nth += 1)
        start(nth % 2 === 0 ? 'never answer' : 'answer').sent.withdraw(left());
      const { witness } = start('answer');
      await witness.ended;
      expect(witness.told.at(-1)).toBe('complete');
    });

    it('closes with requests on their way, and tells none of them two ends', async () => {
      const started = [start('never answer'), start('answer slowly'), start('answer')];
      await target.close();
      await target.close();
      await aWhile();
      for (const { witness } of started) expect(witness.ends).toBeLessThanOrEqual(1);
    });

    it('names itself without a secret, and says what it returns', () => {
      expect(target.name).not.toBe('');
      expect(target.name).not.toContain('@');
      expect(Object.values(target.returns).every((value) => typeof value === 'boolean')).toBe(true);
      expect(target.returns.answer || target.returns.passages).toBe(true);
    });
  });
}
