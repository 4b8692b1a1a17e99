/** `npm start`: a laptop run; with `NODE_ENV=production` the service as it is deployed, which loads nothing of a laptop's. */
import { exitWithError } from '../node/process.ts';

if (process.env.NODE_ENV === 'production') await import('../node/main.ts');
else {
  const [{ runLaptop }, { checkoutKeysDirectory }] = await Promise.all([import('./run.ts'), import('./files.ts')]);
  await runLaptop(process.env, checkoutKeysDirectory).catch(exitWithError);
}
