/** A key that is shown once, and what asks for a token with it. */
import { Alert, Button, Code, Group, Modal, Stack, Tabs } from '@mantine/core';
import { CopyText } from '../../parts/copy-text.tsx';
import type { Wire } from '../../shell/wire.ts';

interface NewKeyProps {
  readonly client: Wire['CreatedClient'];
  readonly onClose: () => void;
}

/** The dialog. When it is closed, nobody can show the key again. */
export function NewKey({ client, onClose }: NewKeyProps) {
  return (
    // Without Mantine's own header: that would be a second banner on the page.
    <Modal.Root opened onClose={onClose} centered size="lg" closeOnClickOutside={false}>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body>
          <Stack>
            <Modal.Title fw={650} pt="md">
              The key of {client.name}
            </Modal.Title>
            <Alert>It is shown this once. Copy it to where secrets are kept.</Alert>
            <CopyText text={client.key} what="key" />
            {client.role === 'issuer' && <Snippets />}
            <Group justify="flex-end">
              <Button onClick={onClose}>I have it</Button>
            </Group>
          </Stack>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** Each reads the key from the environment, so that it stands in no file. */
function Snippets() {
  return (
    <Tabs defaultValue="curl">
      <Tabs.List aria-label="Ask for a token">
        {Object.keys(snippets).map((name) => (
          <Tabs.Tab key={name} value={name}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {Object.entries(snippets).map(([name, toSnippet]) => (
        <Tabs.Panel key={name} value={name} pt="sm">
          <Code block tabIndex={0}>
            {toSnippet(location.origin)}
          </Code>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

const snippets: Readonly<Record<string, (url: string) => string>> = {
  curl: (url) => `curl -s ${url}/v1/tokens \\
  -H "Authorization: Bearer $PLAYGATE_API_KEY" -H 'Content-Type: application/json' \\
  -d '{"channelArn":"arn:aws:ivs:…","viewerId":"v-7f3a"}'`,
  Node: (url) => `const answer = await fetch('${url}/v1/tokens', {
  method: 'POST',
  headers: {
    authorization: \`Bearer \${process.env.PLAYGATE_API_KEY}\`,
    'content-type': 'application/json',
  },
  body: JSON.stringify({ channelArn: 'arn:aws:ivs:…', viewerId: 'v-7f3a' }),
});
const { playbackUrl } = await answer.json();`,
  Python: (url) => `import json, os, urllib.request

request = urllib.request.Request(
    "${url}/v1/tokens",
    data=json.dumps({"channelArn": "arn:aws:ivs:…", "viewerId": "v-7f3a"}).encode(),
    headers={
        "Authorization": "Bearer " + os.environ["PLAYGATE_API_KEY"],
        "Content-Type": "application/json",
    },
)
playback_url = json.load(urllib.request.urlopen(request))["playbackUrl"]`,
};
