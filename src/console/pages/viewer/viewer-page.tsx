/** One box for whatever is known of a viewer, and all that follows from it. */
import { EmptyState } from '../../parts/empty-state.tsx';

export default function ViewerPage() {
  return <EmptyState title="Whom is it about?">Type a name above.</EmptyState>;
}
