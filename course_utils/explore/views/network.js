// The whole network of lesson 0: two ears, fibres that wait, neurons that flash, and a pointer.
// Everything shown is a function of the time, the sound and the switches; nothing is remembered.

// Spikes (steps, channels) of a tone, as stimuli.sample draws them; `first` is their first step.
const hear = (sound, ipd, first, steps = sound.steps) => {
  const spikes = new Uint8Array(steps * sound.channels);
  for (let t = 0; t < steps; t++) {
    const left = ((2 * Math.PI * sound.frequency_hz) / 1000) * (first + t) * sound.dt_ms;
    const chance = [left, left + ipd].map((phase) => kit.chance(sound, phase));
    for (let c = 0; c < sound.channels; c++) {
      const ear = c < sound.channels / 2 ? 0 : 1;
      spikes[t * sound.channels + c] = kit.luck(first + t, c) < chance[ear];
    }
  }
  return spikes;
};

// What network.Localiser computes of one sound: potentials before reset and spikes of the hidden
// neurons, (steps - max_delay, hidden), and the time-mean potential of each output.
const forward = (net, spikes) => {
  const [H, C] = [net.hidden, net.channels];
  const steps = spikes.length / C - net.max_delay;
  const potential = new Float64Array(steps * H);
  const hidden = new Uint8Array(steps * H);
  const logits = new Float64Array(net.classes);
  for (let c = 0; c < C; c++) {
    const whole = Math.floor(net.delays[c]);
    const share = net.delays[c] - whole; // between two steps, it mixes both
    for (let t = 0; t < steps; t++) {
      const at = (t + net.max_delay - whole) * C + c;
      const arrives = (1 - share) * spikes[at] + (share ? share * spikes[at - C] : 0);
      if (arrives) {
        for (let h = 0; h < H; h++) potential[t * H + h] += arrives * net.w_hidden[c * H + h];
      }
    }
  }
  const leak = Math.exp(-net.dt_ms / net.tau_ms);
  for (let t = 0; t < steps; t++) {
    // What a spike adds to the mean of a leaky output that has this many steps to go.
    const adds = (1 - leak ** (steps - t)) / ((1 - leak) * steps);
    for (let h = 0; h < H; h++) {
      const at = t * H + h;
      if (t && !hidden[at - H]) potential[at] += leak * potential[at - H]; // a spike resets to 0
      hidden[at] = potential[at] >= 1;
      if (hidden[at]) {
        for (let k = 0; k < net.classes; k++) logits[k] += adds * net.w_out[h * net.classes + k];
      }
    }
  }
  return { potential, hidden, logits, ...point(logits) };
};

// The share of each direction, and the mean of their middles: where the network points.
const point = (logits) => {
  const top = Math.max(...logits);
  const grown = Array.from(logits, (x) => Math.exp(x - top));
  const total = grown.reduce((a, b) => a + b);
  const shares = grown.map((x) => x / total);
  const degrees = shares.reduce((sum, p, k) => sum + p * ((k + 0.5) * (180 / shares.length) - 90), 0);
  return { shares, degrees };
};

const view = (figure, data) => {
  const { sound } = data;
  const unpacked = ({ delays, w_hidden, w_out }) => ({
    ...data.sizes, dt_ms: sound.dt_ms,
    delays: kit.numbers(delays), w_hidden: kit.numbers(w_hidden), w_out: kit.numbers(w_out),
  });
  const trained = unpacked(data.trained);
  const mixed = trained.delays.slice(); // every delay to some other fibre, always the same way
  for (let c = mixed.length - 1; c > 0; c--) {
    const other = Math.floor(kit.luck(0, c) * (c + 1));
    [mixed[c], mixed[other]] = [mixed[other], mixed[c]];
  }
  const networks = {
    trained, untrained: unpacked(data.untrained), shuffled: { ...trained, delays: mixed },
    none: { ...trained, delays: new Float32Array(sound.channels) },
  };
  const F = sound.channels / 2;
  const rows = [...Array(2 * F).keys()].sort((a, b) => // in each ear, the slowest fibre last
    Math.floor(a / F) - Math.floor(b / F) || trained.delays[a] - trained.delays[b]);

  const [source, sourceRow, move] = kit.slider(
    "where the sound is (IPD)", -90, 90, 1, data.ipd_deg, (value) => kit.signed(value));
  const [which, whichRow] = kit.choice("network", [
    ["trained", "trained"], ["untrained", "untrained"],
    ["shuffled", "delays shuffled"], ["none", "no delays"]]);
  const [ears, earsRow] = kit.choice("ears", [
    ["both", "both hear"], ["left", "left ear deaf"], ["right", "right ear deaf"]]);
  const nerves = kit.element("canvas", { "aria-hidden": "true" });
  const dial = kit.element("canvas", { "aria-hidden": "true", class: "live-drag" });
  const said = kit.element("p", { class: "live-said", "aria-hidden": "true" });
  let now = 0; // ms, of a sound that never ends
  let answer;
  let spikes;

  const clock = kit.clock(figure, 60, 10, (steps) => {
    now = (now + steps * sound.dt_ms) % 1e6;
    show();
  });
  const think = () => {
    const net = networks[which.value];
    const first = Math.floor(now / sound.dt_ms) - sound.steps + 1;
    spikes = hear(sound, (source.value * Math.PI) / 180, first);
    const deaf = ["left", "right"].indexOf(ears.value);
    if (deaf >= 0) spikes.forEach((_, k) => Math.floor((k % (2 * F)) / F) === deaf && (spikes[k] = 0));
    answer = forward(net, spikes);
    return net;
  };

  const drawNerves = (pen, width, height, colour, net) => {
    const [start, end, gap] = [12, width - 96, 16];
    const pitch = (height - 24 - gap) / (2 * F);
    const y = (row) => 18 + row * pitch + (row < F ? 0 : gap);
    pen.fillStyle = colour.faint;
    [0, F].forEach((row) => pen.fillRect(start, y(row), end - start, F * pitch));
    pen.fillStyle = colour.ink;
    pen.fillText("left ear", start, 12);
    pen.fillText("right ear", start, y(F) - 4);
    pen.textAlign = "right";
    pen.fillText("meet ▸", end, 12);
    pen.textAlign = "left";
    const part = now / sound.dt_ms - Math.floor(now / sound.dt_ms);
    rows.forEach((c, row) => {
      pen.fillStyle = row < F ? colour.left : colour.right;
      for (let age = 0; age < net.max_delay + 3; age++) {
        if (!spikes[(sound.steps - 1 - age) * 2 * F + c]) continue;
        const way = (age + part) / net.delays[c]; // 1 when it is there
        if (way < 1) pen.fillRect(start + way * (end - start) - 2, y(row), 4, Math.max(1.2, pitch));
        else if (age + part < net.delays[c] + 2) pen.fillRect(end - 4, y(row), 10, pitch + 0.6);
      }
    });
    const steps = answer.hidden.length / net.hidden;
    for (let h = 0; h < net.hidden; h++) {
      const x = width - 58 + 38 * (h % 2);
      const middle = 18 + (Math.floor(h / 2) + 0.5) * ((height - 24) / Math.ceil(net.hidden / 2));
      const r = Math.min(8, 0.42 * ((height - 24) / Math.ceil(net.hidden / 2)));
      let since = 0; // steps since it last fired
      while (since < 6 && !answer.hidden[(steps - 1 - since) * net.hidden + h]) since++;
      const filled = Math.max(0, Math.min(1, answer.potential[(steps - 1) * net.hidden + h]));
      pen.beginPath();
      pen.arc(x, middle, r, 0, 7);
      pen.fillStyle = since < 6 ? colour.flash : colour.faint;
      pen.fill();
      pen.strokeStyle = since < 6 ? colour.ink : colour.grey;
      pen.lineWidth = since < 6 ? 3 - since / 3 : 1;
      pen.stroke();
      if (since === 6) { // how far its potential has risen, up to the threshold
        pen.beginPath();
        pen.arc(x, middle, r * filled, 0, 7);
        pen.fillStyle = colour.grey;
        pen.fill();
      }
    }
  };

  const hub = (width, height) => [width / 2, height - 34, Math.min(width / 2 - 44, height - 72)];
  const drawDial = (pen, width, height, colour) => {
    const [x, y, R] = hub(width, height);
    const on = (degrees, r) => [x + r * Math.sin((degrees * Math.PI) / 180),
      y - r * Math.cos((degrees * Math.PI) / 180)];
    const line = (from, to) => { pen.beginPath(); pen.moveTo(...from); pen.lineTo(...to); pen.stroke(); };
    const slice = 180 / answer.shares.length;
    answer.shares.forEach((share, k) => { // how much each of the twelve directions is believed
      const turn = [k, k + 1].map((edge) => ((edge * slice - 180) * Math.PI) / 180);
      pen.beginPath();
      pen.moveTo(x, y);
      pen.arc(x, y, R * Math.sqrt(share), ...turn);
      pen.fillStyle = colour.faint;
      pen.fill();
      pen.strokeStyle = colour.grey;
      pen.lineWidth = 0.8;
      if (share > 0.01) pen.stroke();
    });
    pen.strokeStyle = colour.grey;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.arc(x, y, R, Math.PI, 0);
    pen.stroke();
    pen.fillStyle = colour.ink;
    pen.textAlign = "center";
    for (let mark = -90; mark <= 90; mark += 30) {
      line(on(mark, R - 4), on(mark, R + 4));
      const [u, v] = on(mark, R + 22);
      pen.fillText(kit.signed(mark), u, v + 4);
    }
    pen.fillText("○ sound    ▲ network", x, height - 6);
    pen.textAlign = "left";
    pen.strokeStyle = colour.right;
    pen.lineWidth = 4;
    pen.beginPath();
    pen.arc(...on(source.value, R), 11, 0, 7);
    pen.stroke();
    pen.strokeStyle = pen.fillStyle = colour.left;
    line([x, y], on(answer.degrees, R * 0.8));
    pen.beginPath();
    [[0, 0.94], [4, 0.76], [-4, 0.76]].forEach(([d, r]) => pen.lineTo(...on(answer.degrees + d, R * r)));
    pen.fill();
  };

  const words = () => {
    const off = Math.abs(answer.degrees - source.value).toFixed(0);
    return `The sound is at ${kit.signed(source.value)}; the network points to ` +
      `${kit.signed(answer.degrees)}, ${off}° off.`;
  };
  const show = () => {
    const net = think();
    const colour = kit.colours(figure);
    const room = figure.clientWidth - 20;
    const narrow = room < 620;
    drawNerves(...kit.sheet(nerves, narrow ? room : 0.6 * room, narrow ? 280 : 330), colour, net);
    drawDial(...kit.sheet(dial, narrow ? room : 0.38 * room, narrow ? 220 : 250), colour);
    said.textContent = words();
  };

  figure.querySelector("img").hidden = true;
  figure.append(
    kit.element("div", { class: "live-row" }, sourceRow),
    kit.element("div", { class: "live-row" }, nerves, dial), said,
    kit.element("div", { class: "live-row" }, whichRow, earsRow), clock.row);
  const tell = kit.teller(figure);
  [source, which, ears].forEach((field) => field.addEventListener("input", () => {
    show();
    tell(words);
  }));
  kit.drag(dial, (u, v) => {
    const [x, y] = hub(dial.clientWidth, dial.clientHeight);
    const turned = (Math.atan2(u - x, y - v) * 180) / Math.PI;
    move(Math.round(Math.max(-90, Math.min(90, turned))));
  });
  new ResizeObserver(show).observe(figure);
  show();
  figure.view = {
    clock, forward, hear, luck: kit.luck, networks, sound, answer: () => answer, heard: () => spikes,
  };
};
