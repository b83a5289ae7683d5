import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { SourceItem } from '../../engine/documents/source.ts';
import { wentWell } from '../../engine/indexing/ingest-times.ts';
import { GroundspeedError } from '../../kernel/errors.ts';
import { DEFAULT_INDEX } from '../../telemetry/catalogue.ts';
import { whenGone } from '../gone.ts';
import type { AppParts, DocumentsTaken } from '../parts.ts';
import { mustBe, readBody } from '../validate.ts';

const LONGEST_ID = 512;

const text = z.string({ error: mustBe('text') });

const documentsBody = z.strictObject(
  {
    documents: z
      .array(
        z.strictObject(
          {
            id: text
              .min(1, { error: 'must not be empty' })
              .max(LONGEST_ID, { error: `must have ${LONGEST_ID} characters or fewer` }),
            text,
            title: text.optional(),
            metadata: z.record(z.string(), z.unknown(), { error: mustBe('an object') }).optional(),
          },
          { error: mustBe('an object with an id and a text') },
        ),
        { error: mustBe('a list of documents') },
      )
      .min(1, { error: 'must hold a document' }),
  },
  { error: mustBe('a JSON object') },
);

type DocumentBody = z.infer<typeof documentsBody>['documents'][number];

/** `POST /api/documents`: documents by id, new or to replace what bears the id. A bad one fails alone. */
export function addDocumentRoutes(app: FastifyInstance, parts: AppParts): void {
  const { takeDocuments, options, clock, metrics, documentAdmission } = parts;
  const largest = options.documents.maxFileSize;

  app.post('/api/documents', async (request: FastifyRequest, reply) => {
    const start = clock.now();
    const { documents } = readBody(documentsBody, request.body);
    const place = await documentAdmission.enter(whenGone(reply.raw));
    try {
      const taken = await takeDocuments(documents.map((document) => toItem(document, largest)));
      metrics.documentsProcessed.inc({ result: 'indexed' }, taken.indexed);
      metrics.documentsProcessed.inc({ result: 'unchanged' }, taken.unchanged);
      metrics.documentsProcessed.inc({ result: 'failed' }, taken.failed.length);
      metrics.documentsProcessed.inc({ result: 'skipped_breaker' }, taken.skipped.length);
      metrics.documentsProcessed.inc({ result: 'quarantined' }, taken.quarantined.length);
      const at = clock.epoch() / 1000;
      if (wentWell(taken)) metrics.indexLastSuccess.set({ index: DEFAULT_INDEX }, at);
      if (taken.indexed > 0) metrics.indexNewestDocument.set({ index: DEFAULT_INDEX }, at);
      if (taken.skipped.length > 0) throw notYet(taken);
      return {
        success: true,
        processed_count: taken.indexed + taken.unchanged,
        indexed: taken.indexed,
        unchanged: taken.unchanged,
        failed: taken.failed.map(({ id, code, message }) => ({ id, code, message })),
        quarantined: taken.quarantined,
        index_version: taken.version,
        processing_time: clock.now() - start,
        request_id: request.id,
      };
    } finally {
      place.leave();
    }
  });
}

/** A 2xx would say that they are in: whoever sent them has to send them again, and loses nothing by sending all. */
function notYet({ skipped, indexed, unchanged }: DocumentsTaken): GroundspeedError {
  return new GroundspeedError(
    'dependency.open',
    `${skipped.length} of the documents wait for the embedder, which keeps failing; ${indexed + unchanged} are in`,
    { hint: 'Send them again in a while: those that are in already cost nothing.' },
  );
}

function toItem({ id, title = '', text: content, metadata = {} }: DocumentBody, largest: number): SourceItem {
  const bytes = Buffer.byteLength(content);
  if (bytes > largest) {
    const message = `Document ${id} has ${bytes} bytes; documents.maxFileSize is ${largest}`;
    return { failure: { id, code: 'document.tooLarge', message } };
  }
  return {
    document: { id: wellFormed(id), title: wellFormed(title), text: wellFormed(content), metadata },
  };
}

/** JSON can spell half a surrogate pair, which UTF-8, and so the store, cannot hold: replaced as a decoder would. */
function wellFormed(content: string): string {
  return content.replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}
