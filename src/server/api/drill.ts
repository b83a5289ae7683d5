import type { FastifyInstance } from 'fastify';
import type { AppParts } from '../parts.ts';

/** `POST /drill/begin`, of a service that was started for a drill only: begins the timeline of its faults anew. */
export function addDrillRoute(app: FastifyInstance, { drill }: AppParts): void {
  if (drill === undefined) return;
  app.post('/drill/begin', async () => {
    drill.begin();
    return { success: true, faults: drill.faults };
  });
}
