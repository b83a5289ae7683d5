import { describe, expect, it } from 'vitest';
import { GroundspeedError } from '../../../src/kernel/errors.ts';
import { Peer } from '../../../src/server/cluster/calls.ts';
import { channelPair } from './channels.ts';

type Sums = { add: { given: readonly number[]; back: number }; fail: { given: undefined; back: undefined } };
type Nothing = Record<never, never>;

function peers() {
  const { here, there, cut } = channelPair();
  const asking = new Peer<Nothing, Sums>(here, {});
  const answering = new Peer<Sums, Nothing>(there, {
    add: async (numbers) => numbers.reduce((sum, one) => sum + one, 0),
    fail: async () => {
      throw new GroundspeedError('store.locked', 'it is in use', {
        hint: 'wait',
        where: 'here',
        problems: ['a'],
      });
    },
  });
  return { asking, answering, here, there, cut };
}

describe('calls over a channel', () => {
  it('bring back what the other end made of them, each its own', async () => {
    const { asking } = peers();
    const sums = await Promise.all([
      asking.call('add', [1, 2]),
      asking.call('add', []),
      asking.call('add', [7]),
    ]);
    expect(sums).toEqual([3, 0, 7]);
  });

  it('bring back errors as what they were', async () => {
    const { asking } = peers();
    const error = await asking.call('fail', undefined).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GroundspeedError);
    expect(error).toMatchObject({
      code: 'store.locked',
      message: 'it is in use',
      hint: 'wait',
      where: 'here',
      problems: ['a'],
    });
  });

  it('fail when the other end goes on the way, and ever after', async () => {
    const { asking, cut } = peers();
    const lost = asking.call('add', [1]);
    cut();
    await expect(lost).rejects.toMatchObject({ code: 'engine.closed' });
    await expect(asking.call('add', [1])).rejects.toMatchObject({ code: 'engine.closed' });
  });

  it('leave what others send on the same channel alone', async () => {
    const { asking, there } = peers();
    for (const foreign of [null, 'text', 7, {}, { cmd: 'NODE_CLUSTER' }]) there.send(foreign);
    expect(await asking.call('add', [1])).toBe(1);
  });

  it('say so where the other end knows no such call', async () => {
    const { asking } = peers();
    for (const name of ['nothing', 'constructor', '__proto__']) {
      await expect(asking.call(name as 'add', [])).rejects.toMatchObject({ code: 'internal.bug' });
    }
  });
});
