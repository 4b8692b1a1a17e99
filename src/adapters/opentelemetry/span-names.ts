/** What a span may say: its attributes are those of OpenTelemetry's conventions that stand here, and no others go out. */

/** Never a URL, a path, a header or a message of an error: these may quote a token, a credential or a viewer's id. */
export const attribute = {
  httpMethod: 'http.request.method',
  httpRoute: 'http.route',
  httpStatus: 'http.response.status_code',
  httpResends: 'http.request.resend_count',
  errorType: 'error.type',
  dbSystem: 'db.system.name',
  dbOperation: 'db.operation.name',
  rpcSystem: 'rpc.system.name',
  rpcMethod: 'rpc.method',
  awsRequestId: 'aws.request_id',
  region: 'cloud.region',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  /** The code of the problem that a request ended with, refusals among them. */
  problemCode: 'playgate.problem_code',
  /** That of the request's answer and its line in the log. */
  requestId: 'playgate.request_id',
} as const;

/** The names of all of them. */
export const allowedAttributes: ReadonlySet<string> = new Set(Object.values(attribute));
