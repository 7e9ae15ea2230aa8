// Tasks that do nothing, through pg-boss or graphile-worker: `node queue.mjs pg-boss 10000`. Prints tasks a second,
// from the start of the workers to the last task done.
import pg from 'pg';

const [kind, text] = process.argv.slice(2);
const count = Number(text);
const { DATABASE } = process.env;
let done = 0;
let finish;
const all = new Promise((resolve) => (finish = resolve));
const step = (some = 1) => {
  done += some;
  if (done >= count) finish();
};

if (kind === 'pg-boss') {
  const module = await import('pg-boss');
  const PgBoss = module.PgBoss ?? module.default;
  const boss = new PgBoss({ connectionString: DATABASE, max: 10 });
  boss.on('error', (error) => console.error(error));
  await boss.start();
  await boss.createQueue('nothing');
  for (let first = 0; first < count; first += 1000) {
    await boss.insert(
      Array.from({ length: Math.min(1000, count - first) }, (_, at) => ({ name: 'nothing', data: { at } })),
    );
  }
  const began = performance.now();
  for (let worker = 0; worker < 4; worker += 1) {
    await boss.work('nothing', { batchSize: 100, pollingIntervalSeconds: 0.5 }, async (jobs) => step(jobs.length));
  }
  await all;
  console.log((count / ((performance.now() - began) / 1000)).toFixed(1));
  await boss.stop({ graceful: false });
} else {
  const { Logger, run, runMigrations } = await import('graphile-worker');
  const pool = new pg.Pool({ connectionString: DATABASE, max: 12 });
  pool.on('error', (error) => console.error(error));
  await runMigrations({ pgPool: pool });
  await pool.query(
    `select graphile_worker.add_jobs(array(
       select json_populate_record(null::graphile_worker.job_spec, json_build_object('identifier', 'nothing'))
       from generate_series(1, $1::int)))`,
    [count],
  );
  const local = kind === 'graphile-worker-local' ? { worker: { localQueue: { size: 500 } } } : {};
  const began = performance.now();
  const runner = await run({
    pgPool: pool,
    concurrency: 24,
    noHandleSignals: true,
    // It says a line for each task.
    logger: new Logger(() => () => {}),
    pollInterval: 200,
    preset: local,
    taskList: { nothing: async () => step() },
  });
  await all;
  console.log((count / ((performance.now() - began) / 1000)).toFixed(1));
  await runner.stop();
  await pool.end();
}
process.exit(0);
