import type { EngineEvent } from '../../engine/events.ts';
import type { Emitter } from '../../kernel/emitter.ts';
import type { Log } from './logger.ts';
import { Repeated } from './repeated.ts';

export interface EngineLogSetting {
  readonly events: Emitter<EngineEvent>;
  readonly log: Log;
  readonly now: () => number;
}

/** Logs what of an engine's life an operator asks for first: breakers that change, and answers that are less than full. */
export function logEngineEvents({ events, log, now }: EngineLogSetting): () => void {
  const degraded = new Repeated(now, (key, count) => {
    const [level = '', reason = ''] = key.split('\n');
    log.warn({ event: 'query.degraded', level_of_answer: level, reason, count }, 'answers were degraded');
  });
  const unlisten = events.listen((event) => {
    if (event.type === 'breaker.changed') {
      const { type, dependency, from, to } = event;
      log.warn({ event: type, dependency, from, to }, 'a circuit breaker changed');
    } else if (event.type === 'query.degraded') {
      degraded.happened(`${event.level}\n${event.reason}`);
    }
  });
  return () => {
    unlisten();
    degraded.end();
  };
}
