import { settingsSchema } from '../../src/config/settings.ts';
import type { Plan } from '../../src/dashboards/plan.ts';

/** A plan of the default settings, but for what is given. */
export function planWith(settings: Record<string, unknown> = {}, more: Partial<Plan> = {}): Plan {
  const { objectives, alerts, monitoring, evaluation } = settingsSchema.parse(settings);
  const { canaryEverySeconds } = evaluation;
  const fixed = { queueCapacity: 100, moreBounds: [], timeScale: 1 };
  return { objectives, alerts, monitoring, canaryEverySeconds, ...fixed, ...more };
}
