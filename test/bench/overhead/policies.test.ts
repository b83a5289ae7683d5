import { expect, it } from 'vitest';
import { measurePolicies } from '../../../bench/overhead/policies.ts';

it('measures calls behind a policy, bare ones, and those of opossum', async () => {
  const times = await measurePolicies({ rounds: 1, milliseconds: 2 }, { progress: () => undefined });
  expect([...times.keys()]).toContain('opossum (timeout, breaker, capacity)');
  for (const [task, rounds] of times) {
    expect(rounds, task).toHaveLength(1);
    expect(rounds[0]!.mean, task).toBeGreaterThan(0);
  }
});
