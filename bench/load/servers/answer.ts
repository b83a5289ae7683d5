/** What a query of the service `groundspeed serve` is answered with, of a usual size: about a kilobyte. */
export interface MadeAnswer {
  readonly answer: string;
  readonly sources: readonly {
    readonly id: string;
    readonly title: string;
    readonly score: number;
    readonly text: string;
  }[];
  readonly confidence: number;
  readonly processing_time: number;
  readonly success: boolean;
  readonly request_id: string;
}

/** The document that every golden question of these programs is about, and the words that answer it. */
export const DOCUMENT = 'fares';
export const WORDS = 'A single to the island costs 4.20 euros';

const OTHERS = ['timetable', 'islands', 'harbour', 'refunds'];
const PASSAGE =
  'Tickets are sold at the harbour office and on board; children under twelve travel at half the fare, bicycles for free.';

export function madeAnswer(requestId: string): MadeAnswer {
  return {
    answer: `${WORDS}; a return costs 7.80 euros and is valid until the end of the following day.`,
    sources: [DOCUMENT, ...OTHERS].map((id, rank) => ({
      id,
      title: `About the ${id}`,
      score: 0.9 - rank / 8,
      text: PASSAGE,
    })),
    confidence: 0.82,
    processing_time: 0.0012,
    success: true,
    request_id: requestId,
  };
}
