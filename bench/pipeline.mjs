// What the data cost beside a training step: cutting an epoch into batches and making the inputs of each, one after the
// other with the forward and backward pass and the update, for the configurations of the examples. A training makes the
// inputs of a step while the step before it runs, so that with a core to spare it waits for less than this.
//   node bench/pipeline.mjs [STEPS]
// Those whose data are not there are left out with a word.
import { createEngine, prepareTask, readConfig, Trainer } from 'heddle/node';

const steps = Number(process.argv[2] ?? 300);

/** Configurations, and what replaces their values. */
const workloads = [
  ['examples/pronounce/quick.yaml'],
  ['examples/pronounce/quick.yaml', 'training.augment=[{ type: token-dropout, rate: 0.1 }]'],
  ['examples/pronounce/recipe.yaml'],
  ['examples/transliteration/arabic-english.yaml'],
  ['examples/translation/zh-en.yaml'],
  ['examples/language-model/shakespeare.yaml'],
  ['examples/spam/spam.yaml'],
  ['examples/images/fashion-mnist.yaml'],
  [
    'examples/images/fashion-mnist.yaml',
    'training.augment=[{ type: shift-images, pixels: 2 }, { type: flip-images }, { type: crop-images, least: 0.8 }]',
  ],
  ['examples/time-series/etth1.yaml'],
];

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

for (const [path, ...overrides] of workloads) {
  const title = [path, ...overrides].join('  ');
  let task;
  let config;
  try {
    config = await readConfig(path, overrides);
    task = await prepareTask(config);
  } catch (error) {
    console.log(`${title}\n  left out: ${error.message}`);
    continue;
  }
  const engine = await createEngine({ threads: config.training.threads });
  const trainer = await Trainer.create({ ...task, engine, seed: 1 });
  const plans = [];
  let batches = [];
  for (let epoch = 0; epoch < 3; epoch++) {
    const began = performance.now();
    batches = task.train.plan(task.batch, { seed: 1, epoch });
    plans.push((performance.now() - began) / batches.length);
  }
  const [making, updating] = [[], []];
  for (let step = 0; step < steps + 10; step++) {
    const began = performance.now();
    const feeds = task.train.batch(batches[step % batches.length]);
    const made = performance.now();
    await trainer.update(feeds);
    // The first ones compile and warm up.
    if (step >= 10) {
      making.push(made - began);
      updating.push(performance.now() - made);
    }
  }
  await engine.close();
  const data = median(plans) + median(making);
  const step = median(updating);
  const share = (100 * data) / (data + step);
  console.log(
    `${title}\n  data ${data.toFixed(2)} ms of ${(data + step).toFixed(1)} ms a step: ${share.toFixed(2)} %`,
  );
}
