/** How AWS is called, and who sees the clients that call it. */
import type { AwsConfig } from '../config.ts';

/** The settings, and who is shown each client when it is made. Default: nobody is. */
export interface AwsAccess extends AwsConfig {
  readonly onClient?: ((client: AwsClient) => void) | undefined;
}

/** A client of AWS's SDK: its region, and the steps of its calls, to which others can be added. */
export interface AwsClient {
  readonly config: { region(): Promise<string> };
  readonly middlewareStack: {
    add(step: AwsStep<{ readonly input: object }, { readonly output: object }>, place: AwsPlace<'initialize'>): void;
    add(step: AwsStep<AwsSending, AwsReceived>, place: AwsPlace<'deserialize'>): void;
  };
}

/** A step does what it does, and the next. */
type AwsStep<Call, Answer> = (
  next: (call: Call) => Promise<Answer>,
  context: { readonly clientName?: string; readonly commandName?: string },
) => (call: Call) => Promise<Answer>;

/** A call whose HTTP request is made and signed. */
interface AwsSending {
  readonly input: object;
  readonly request: unknown;
}

interface AwsReceived {
  readonly response: unknown;
  readonly output?: object;
}

interface AwsPlace<Step extends string> {
  readonly step: Step;
  readonly name: string;
}
