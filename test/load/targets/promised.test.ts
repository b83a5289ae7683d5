import { GroundspeedError } from '../../../src/kernel/errors.ts';
import { promisedTarget } from '../../../src/load/targets/promised.ts';
import { contractAnswer, targetContract } from '../../contracts/target.ts';
import { RESPONSE } from '../fake-target.ts';

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

targetContract({
  name: 'a promise of this process',
  create: async () => {
    const target = promisedTarget({
      async ask({ text }, signal, onFirstToken) {
        if (text === 'fail') throw new GroundspeedError('generation.failed', 'the model is on strike');
        if (text === 'never answer') {
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        }
        if (text === 'answer slowly') await soon();
        onFirstToken();
        if (text === 'answer slowly') await soon();
        return { ...RESPONSE, answer: contractAnswer };
      },
    });
    return { target, close: () => target.close() };
  },
});
