/** What a laptop run prints when it is there: where things are, and what to paste, each a command that works from this folder. */
import type { ChannelArn } from '../ids.ts';
import { demoPath } from './demo-path.ts';

/** What the lines say. URLs have no slash at their end, files are relative to the working directory. */
export interface PrintedParts {
  readonly channelArn: ChannelArn;
  readonly serviceUrl: string;
  readonly localIvsUrl: string;
  /** Whether there is a demo page. */
  readonly hasPage: boolean;
  /** The file that holds the admin key; undefined when the key is in the environment. */
  readonly adminKeyFile: string | undefined;
  /** Where the first command leaves its answer for the second. */
  readonly answerFile: string;
}

/** The lines, of which the commands write tokens into the answer file. */
export function toPrintedLines(parts: PrintedParts): string {
  return `\n${toPlaces(parts)}\n\n${toCommands(parts)}\n`;
}

function toPlaces({ serviceUrl, localIvsUrl, adminKeyFile, channelArn, hasPage }: PrintedParts): string {
  return [
    `Playgate    ${serviceUrl}   (API description: ${serviceUrl}/openapi.json)`,
    ...(hasPage ? [`Demo page   ${serviceUrl}${demoPath}/`] : []),
    `Local IVS   ${localIvsUrl}   (aws --endpoint-url ${localIvsUrl} ivs …)`,
    `Admin key   ${adminKeyFile === undefined ? 'as set in PLAYGATE_ADMIN_KEY, which the commands below need too' : `in ${adminKeyFile}`}`,
    `Channel     ${channelArn}`,
  ].join('\n');
}

function toCommands({ serviceUrl, channelArn, adminKeyFile, answerFile }: PrintedParts): string {
  const key = adminKeyFile === undefined ? '$PLAYGATE_ADMIN_KEY' : `$(cat ${adminKeyFile})`;
  const post = (path: string, body: unknown) =>
    `curl -s ${serviceUrl}${path} -H "Authorization: Bearer ${key}" -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  return [
    'Ask for a token:',
    `  ${post('/v1/tokens', { channelArn, viewerId: 'viewer-2' })} | tee ${answerFile}; echo`,
    'Play with it:',
    `  curl -i "$(sed 's/.*"playbackUrl":"\\([^"]*\\)".*/\\1/' ${answerFile})"`,
    'Revoke the viewer; then play again (the edge refuses) and ask again (the service refuses):',
    `  ${post('/v1/admin/revocations', { channelArn, viewerId: 'viewer-2', block: {} })}; echo`,
  ].join('\n');
}
