import { openEngineSystem } from './engine-system.ts';
import { openIngestSystem } from './ingest-system.ts';
import { openRedisSystem } from './redis-system.ts';
import { openServeSystem, type ServeProgram } from './serve-system.ts';
import type { OpenSystem } from './system.ts';

/** Opens the system of whatever scenario a drill has. */
export function systemOpener(serve: ServeProgram): OpenSystem {
  return (opening) => {
    switch (opening.plan.scenario) {
      case 'ask':
        return openEngineSystem(opening);
      case 'redis':
        return openRedisSystem(opening);
      case 'ingest':
        return openIngestSystem(opening);
      case 'serve':
      case 'cold-start':
        return openServeSystem(opening, serve);
    }
  };
}
