/** Asks an operator's own service: one request, signed as Standard Webhooks says (standardwebhooks.com). */
import { Webhook } from 'standardwebhooks';
import type { EntitlementConfig } from '../../config.ts';
import type { EntitlementService } from '../../entitlements/ports.ts';
import type { EntitlementQuestion } from '../../entitlements/record.ts';
import type { Clock, Random } from '../../system.ts';
import { toIsoTime } from '../../time.ts';
import type { Post } from './post.ts';

interface ServicePorts {
  readonly post: Post;
  readonly clock: Clock;
  readonly random: Random;
}

/** Binds it to its secrets, each of which signs. Undefined where there is none: nothing goes out unsigned. */
export function createEntitlementService(
  { secrets, timeoutMs }: EntitlementConfig,
  { post, clock, random }: ServicePorts,
): EntitlementService | undefined {
  if (secrets.length === 0) return undefined;
  const webhooks = secrets.map((secret) => new Webhook(secret));
  return {
    ask(url, question) {
      const nowSeconds = Math.floor(clock.nowMs() / 1000);
      const id = `msg_${random.uuid()}`;
      const body = JSON.stringify(toMessage(question, nowSeconds));
      const sentAt = new Date(nowSeconds * 1000);
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'playgate',
        'webhook-id': id,
        'webhook-timestamp': String(nowSeconds),
        'webhook-signature': webhooks.map((webhook) => webhook.sign(id, sentAt, body)).join(' '),
      };
      return post({ url: new URL(url), headers, body, timeoutMs });
    },
  };
}

function toMessage({ purpose, channelArn, viewerId, country, origin }: EntitlementQuestion, nowSeconds: number) {
  const data = { purpose, channelArn, viewerId, country: country ?? null, origin: origin ?? null };
  return { type: 'playback.requested', timestamp: toIsoTime(nowSeconds), data };
}
