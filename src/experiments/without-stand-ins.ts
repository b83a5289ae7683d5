import type { EngineOptions } from '../engine/options.ts';

/**
 * The engine as it is measured by golden questions: what fails, fails. An answer that stood in for the pipeline's would be
 * scored as the pipeline's own, and a service that is down would look like a worse configuration. Under load and in drills
 * stand-ins are part of what is measured, and counted.
 */
export function withoutStandIns<Setup extends { readonly engine: EngineOptions }>(setup: Setup): Setup {
  const { engine } = setup;
  return { ...setup, engine: { ...engine, degradation: { ...engine.degradation, enabled: false } } };
}
