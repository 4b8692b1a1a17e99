/** `npm start`: a laptop run; with `NODE_ENV=production` the service as it is deployed, which loads nothing of a laptop's. */
import { exitWithError } from '../node/process.ts';

if (process.env.NODE_ENV === 'production') await import('../node/main.ts');
else await import('./run.ts').then(({ runLaptop }) => runLaptop(process.env)).catch(exitWithError);
