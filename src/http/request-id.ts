/** The id of each request, which is in its answer, its log line and its problem document. */
import { createMiddleware } from 'hono/factory';
import type { AppEnv, HttpPorts } from './context.ts';
import { noteHeaders } from './respond.ts';

/** What may stand in a log without a question. */
const sentForm = /^[\w.:=+/-]{1,255}$/;

/** Gives each request an id of its own, or the one that a trusted proxy sent. Anybody else could make two requests look like one. */
export function provideRequestId({ isFromTrustedProxy = () => false }: Pick<HttpPorts, 'isFromTrustedProxy'>) {
  return createMiddleware<AppEnv>(async function giveRequestId(context, next) {
    const sent = isFromTrustedProxy(context) ? context.req.header('x-request-id') : undefined;
    const id = sent !== undefined && sentForm.test(sent) ? sent : crypto.randomUUID();
    context.set('requestId', id);
    noteHeaders(context, { 'x-request-id': id });
    await next();
  });
}
