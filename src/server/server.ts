/** `playgate/server`: Playgate for backends. The service's API, typed and tried again, and handlers that give one's own viewers tokens. */
export { ApiError, type ApiErrorCode } from '../api-client/api-client.ts';
export type * from '../api-client/openapi.ts';
export { createExpressTokenHandler } from './express.ts';
export { createPlaygate, type Playgate, type PlaygateOptions } from './playgate.ts';
export { createTokenHandler, type IdentifiedViewer, type TokenHandlerOptions } from './token-handler.ts';
