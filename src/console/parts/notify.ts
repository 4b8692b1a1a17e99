/** Says at the edge of the page that something was done. */
import { notifications } from '@mantine/notifications';

/** Gone by itself after some seconds; it can be read again on the page that changed. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: 'gate', closeButtonProps: { 'aria-label': 'Close' }, role: 'status' });
}
