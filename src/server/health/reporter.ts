import type { Engine } from '../../engine/engine.ts';
import type { EngineOptions } from '../../engine/options.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Admission } from '../admission.ts';
import { inTime } from '../in-time.ts';
import { COMPONENTS, type ComponentHealth, type HealthReport, worstOf } from './component.ts';
import { type Checks, componentsOf, type Found, partsOf, searchMode } from './components.ts';
import { judge, layersInPlace } from './readiness.ts';

export interface ReporterSetting {
  readonly engine: Pick<Engine, 'health' | 'cacheStatistics'>;
  readonly options: Pick<EngineOptions, 'degradation' | 'retrieval' | 'embedding' | 'caching'>;
  readonly checks: Checks;
  readonly admission: Admission;
  readonly lifecycle: { readonly draining: boolean };
  readonly clock: Clock;
  readonly particulars: boolean;
}

/** Milliseconds that a report waits for checks; past it, they count as they ended last. */
const PATIENCE = 500;

/** Tells how this process is. Nothing that costs money is asked: of the models, it tells what questions have found. */
export function createReporter(setting: ReporterSetting): () => Promise<HealthReport> {
  const layers = layersInPlace(setting.options);
  return async () => {
    await looked(setting);
    return report(setting, layers);
  };
}

async function looked({ checks, clock }: ReporterSetting): Promise<void> {
  const running = Object.values(checks).map((check) => check?.run().catch(() => undefined));
  await inTime(Promise.all(running), PATIENCE, clock);
}

function report(setting: ReporterSetting, layers: ReturnType<typeof layersInPlace>): HealthReport {
  const { engine, options, checks, admission, lifecycle, particulars } = setting;
  const found: Found = {
    dependencies: engine.health(),
    checks,
    caches: engine.cacheStatistics(),
    options,
    particulars,
  };
  const components = componentsOf(found);
  const judgement = judge({ parts: partsOf(found), mode: searchMode(options), layers });
  const { overloaded } = admission;
  const states = COMPONENTS.map((name) => components[name]?.status ?? 'healthy');
  const isWell = worstOf(states) === 'healthy' && !overloaded;
  const ofParts = judgement === 'lost' ? 'unhealthy' : isWell ? 'healthy' : 'degraded';
  return {
    status: lifecycle.draining ? 'draining' : ofParts,
    ready: judgement !== 'lost' && !lifecycle.draining,
    reasons: [
      ...(lifecycle.draining ? ['the service is going down'] : []),
      ...COMPONENTS.flatMap((name) => reasonOf(name, components[name])),
      ...(judgement === 'lost' ? ['nothing is left that could answer'] : []),
      ...(overloaded ? ['queue: too old to grow, so that new questions are refused'] : []),
    ],
    queue: {
      running: admission.running,
      waiting: admission.waiting,
      head_age_ms: Math.round(admission.headAgeMs),
      overloaded,
      refused: { ...admission.refused },
    },
    components,
  };
}

function reasonOf(name: string, component: ComponentHealth | undefined): string[] {
  if (component === undefined || component.status === 'healthy') return [];
  return [`${name}: ${component.status}`];
}
