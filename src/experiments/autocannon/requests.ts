import type { Client, Request } from 'autocannon';
import type { GoldenQuestion } from '../../datasets/golden.ts';
import type { Random } from '../../kernel/random.ts';
import { type QuestionOrder, questionOrder } from '../../load/question-order.ts';
import { bustsCaches } from '../../load/targets/http/http-target.ts';
import { RequestMaker } from '../../load/targets/http/requests.ts';
import type { TargetDescription } from '../../load/targets/http/target-description.ts';

export interface RequestPlan {
  readonly description: TargetDescription;
  readonly questions: readonly GoldenQuestion[];
  readonly connections: number;
  readonly order: QuestionOrder;
  readonly random: Random;
}

/** Draws from a law of popularity: enough that rare questions come too. */
const DRAWN = 8192;

/**
 * Gives each connection its share of the questions, which it asks in turn, over and over: the requests are those that the
 * target's description makes, made beforehand unless a nonce makes each one new.
 */
export function requestsByConnection(plan: RequestPlan): (client: Client) => void {
  const { description, questions, connections, order, random } = plan;
  const maker = new RequestMaker(
    description,
    questions.map(({ id, question }) => ({ id, text: question })),
  );
  const isDrawn = order.kind === 'zipf' || order.kind === 'uniform';
  const count = Math.max(questions.length, connections, isDrawn ? DRAWN : 0);
  const asked = questionOrder(order, { questions: questions.length, count, random });
  const isNew = bustsCaches(description);
  const { method, headers } = description;
  let next = 0;
  return (client) => {
    const connection = next++ % connections;
    const own = [...asked].filter((_, index) => index % connections === connection);
    client.setRequests(
      own.map((question): Request => {
        const make = () => {
          const { path, body } = maker.for(question, questions[question]!.question);
          return { path, body: (body as Buffer | null) ?? undefined };
        };
        const common = { method, headers: { ...headers } };
        return isNew
          ? { ...common, setupRequest: (request) => ({ ...request, ...make() }) }
          : { ...common, ...make() };
      }),
    );
  };
}
