// What an observer makes of a tone's spikes: course_utils/observer.py, one sound at a time.

const wave = (sound, step, start) =>
  ((2 * Math.PI * sound.frequency_hz) / 1000) * step * sound.dt_ms + start;

// Fisher information of one fibre about its phase in one step, p'^2 / (p (1 - p)), written so that it
// stays finite where p vanishes: observer.phase_information.
const tells = (sound, phase) => {
  const [a, m] = [(sound.rate_max_hz * sound.dt_ms) / 1000, sound.envelope_power];
  const g = (1 + Math.sin(phase)) / 2;
  const rest = 1 - a * g ** m;
  return a * m * m * g ** (m - 1) * (rest > 1e-12 ? (1 - g) / rest : 1 / m);
};

// Smallest mean error, in degrees, of an observer without a bias who got this much information of
// each ear: observer.cramer_rao, for one phase and one IPD.
const bound = (left, right) =>
  ((Math.sqrt(2 / Math.PI) * 180) / Math.PI) * Math.sqrt(1 / left + 1 / right);

const PHASES = 720; // half a degree apart

// For each step and phase, what a spike adds to the log likelihood, and what each fibre does anyway.
const table = (sound) => {
  const [spike, anyway] = [0, 0].map(() => new Float64Array(sound.steps * PHASES));
  for (let k = 0; k < spike.length; k++) {
    const phase = wave(sound, Math.floor(k / PHASES), ((k % PHASES) * 2 * Math.PI) / PHASES);
    const p = Math.min(1 - 1e-12, Math.max(1e-12, kit.chance(sound, phase)));
    spike[k] = Math.log(p / (1 - p));
    anyway[k] = Math.log1p(-p) + (k < PHASES ? 0 : anyway[k - PHASES]); // up to this step
  }
  return { spike, anyway };
};

// Log likelihood of each phase after some steps, of the spike counts of one ear.
const score = ({ spike, anyway }, counts, fibres, steps) => {
  const sum = new Float64Array(PHASES);
  if (steps) anyway.subarray((steps - 1) * PHASES, steps * PHASES).forEach((x, k) => (sum[k] = fibres * x));
  for (let t = 0; t < steps; t++) {
    if (counts[t]) for (let k = 0; k < PHASES; k++) sum[k] += counts[t] * spike[t * PHASES + k];
  }
  return sum;
};

// The pair of phases within ±90° that is most likely, in steps of the grid, each refined by a
// parabola: observer.maximum_likelihood.
const likeliest = (left, right) => {
  const quarter = PHASES / 4;
  const at = (scores, k) => scores[(k + PHASES) % PHASES];
  const twice = Float64Array.from({ length: 2 * PHASES }, (_, k) => right[k % PHASES]);
  let [best, from, shift] = [-Infinity, 0, 0];
  for (let s = -quarter; s <= quarter; s++) {
    const first = (s + PHASES) % PHASES;
    for (let k = 0; k < PHASES; k++) {
      const both = left[k] + twice[k + first];
      if (both > best) [best, from, shift] = [both, k, s];
    }
  }
  const top = (scores, k) => {
    const [below, above] = [at(scores, k - 1), at(scores, k + 1)];
    const bend = below - 2 * at(scores, k) + above;
    return bend < 0 ? Math.max(-0.5, Math.min(0.5, (below - above) / (2 * bend))) : 0;
  };
  const a = from + top(left, from);
  const b = from + shift + top(right, from + shift);
  const degrees = (grid) => (grid * 360) / PHASES;
  return { left: degrees(a), right: degrees(b), ipd: Math.max(-90, Math.min(90, degrees(b - a))) };
};
