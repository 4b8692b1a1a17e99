import { startRedis } from './test/support/redis-server.ts';
import { createRedisStore } from './src/adapters/redis-store/redis-store.ts';
import { createRecordingLog } from './test/support/recording-log.ts';
import { setTimeout as sleep } from 'node:timers/promises';
process.on('warning', (w) => console.log(w.stack));
const redis = await startRedis(); const log = createRecordingLog();
const store = createRedisStore({ url: redis.url, timeoutMs: 500, log });
await store.ping();
redis.pause();
const call = () => store.ping().catch((e) => e.cause?.message);
const heap = () => { gc(); return Math.round(process.memoryUsage().heapUsed/1024); };
console.log(heap());
for (let r=0;r<3;r++) {
let ps = [];
for (let b = 0; b < 15; b++) { for (let c=0;c<2000;c++) ps.push(call()); await sleep(100); }
const res = await Promise.all(ps); const m = {}; for (const x of res) m[x]=(m[x]??0)+1; console.log(m);
ps = []; res.length=0;
await sleep(1200);
console.log(heap());
}
redis.resume(); await sleep(1500); console.log(await call(), heap());
await store.close(); await redis.stop();
