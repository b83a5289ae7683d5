import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One alert of a notification, by the channel that it came by. */
export interface Notified {
  readonly channel: 'sms' | 'slack';
  readonly status: 'firing' | 'resolved';
  readonly severity: string;
  readonly alert: string;
  /** Whose it is; Slack's title does not tell. */
  readonly job?: string;
  /** All that was said of it. */
  readonly text: string;
}

export interface WebhookReceiver {
  /** Of the SMS gateway. */
  readonly smsUrl: string;
  readonly slackUrl: string;
  /** In the order in which they came. */
  readonly notified: readonly Notified[];
  /** Notifications without the token, or that cannot be read. */
  readonly refused: readonly string[];
  close(): Promise<void>;
}

interface AlertmanagerPayload {
  readonly alerts: readonly {
    readonly status: Notified['status'];
    readonly labels: { readonly alertname: string; readonly severity: string; readonly job: string };
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

interface SlackPayload {
  readonly attachments: readonly { readonly title: string; readonly text: string }[];
}

/** Takes what Alertmanager sends, on this machine: its own JSON as an SMS gateway would (with a token), and Slack's. */
export async function startWebhookReceiver(token: string): Promise<WebhookReceiver> {
  const notified: Notified[] = [];
  const refused: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    try {
      notified.push(...read(request, body, token));
      response.writeHead(200).end('ok');
    } catch (error) {
      refused.push(`${request.url}: ${(error as Error).message}: ${body}`);
      response.writeHead(400).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    smsUrl: `${url}/sms`,
    slackUrl: `${url}/slack`,
    notified,
    refused,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function read({ url, headers }: IncomingMessage, body: string, token: string): Notified[] {
  if (url === '/slack') return readSlack(JSON.parse(body) as SlackPayload);
  if (url !== '/sms') throw new Error('nothing is taken here');
  if (headers.authorization !== `Bearer ${token}`) throw new Error('without the token');
  return (JSON.parse(body) as AlertmanagerPayload).alerts.map(({ status, labels, annotations }) => ({
    channel: 'sms',
    status,
    severity: labels.severity,
    alert: labels.alertname,
    job: labels.job,
    text: Object.values(annotations).join('\n'),
  }));
}

function readSlack({ attachments }: SlackPayload): Notified[] {
  return attachments.map(({ title, text }) => {
    const [, status, severity, alert] = /^\[(FIRING|RESOLVED)\] (\w+): (\w+)$/.exec(title) ?? [];
    if (alert === undefined) throw new Error('a title that says too little');
    return {
      channel: 'slack',
      status: status!.toLowerCase() as Notified['status'],
      severity: severity!,
      alert,
      text,
    };
  });
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  return text;
}
