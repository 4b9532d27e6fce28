// A leaky neuron: current in, potential, threshold, reset. And, if asked, the lent slope of one spike
// and its gradient, which runs back through time. As neurons.lif computes both.

// Potentials before reset, and spikes, of one neuron.
const run = (current, leak, threshold) => {
  const potential = new Float64Array(current.length);
  const spikes = new Uint8Array(current.length);
  for (let t = 0; t < current.length; t++) {
    potential[t] = current[t] + (t && !spikes[t - 1] ? leak * potential[t - 1] : 0);
    spikes[t] = potential[t] >= threshold;
  }
  return { potential, spikes };
};

const ramp = (u, b) => 1 / (1 + Math.exp(-b * u));
const lent = (u, b) => b * ramp(u, b) * (1 - ramp(u, b));

// The gradient of the spike at `asked` with respect to each current: one recurrence, read backwards.
const lookBack = ({ potential, spikes }, asked, leak, threshold, b, attached) => {
  const error = new Float64Array(potential.length);
  error[asked] = lent(potential[asked] - threshold, b);
  for (let t = asked - 1; t >= 0; t--) {
    const reset = attached ? lent(potential[t] - threshold, b) * potential[t] : 0;
    error[t] = leak * error[t + 1] * (1 - spikes[t] - reset);
  }
  return error;
};

const view = (figure, data) => {
  const noise = kit.numbers(data.noise);
  const [steps, back] = [noise.length, data.asked_ms !== null];
  const ms = (value) => `${value} ms`;
  const [current, currentRow, flow] = kit.slider(
    "current (per ms)", 0, 0.5, 0.01, data.current, (value) => value.toFixed(2));
  const [tau, tauRow] = kit.slider("time constant", 2, 30, 1, data.tau_ms, ms);
  const [threshold, thresholdRow] = kit.slider(
    "threshold", 0.5, 1, 0.1, 1, (value) => value.toFixed(1));
  const [asked, askedRow, ask] = kit.slider("ask the step at", 0, steps - 1, 1, data.asked_ms ?? 0, ms);
  const [steep, steepRow] = kit.slider("steepness b", 1, 25, 1, 5, String);
  const [reset, resetRow] = kit.choice("reset", [["detached", "detached"], ["attached", "attached"]]);
  const chart = kit.element("canvas", { "aria-hidden": "true", class: "live-drag" });
  const slopes = kit.element("canvas", { "aria-hidden": "true" });
  const said = kit.element("p", { class: "live-said", "aria-hidden": "true" });
  let now = back ? steps + 6 : 0.7 * steps; // steps: the current first, then the gradient
  let found;

  const end = () => steps + (back ? found.at + 1 - (found.cut ? found.reach : 0) : 0);
  const clock = kit.clock(figure, 20, 4, (passed) => {
    const rest = passed === 1 ? 0 : 25; // between two rounds; whoever goes step by step has seen it
    now = now + passed > end() + rest ? 0 : now + passed;
    show();
  });
  const think = () => {
    const [b, limit] = [Number(steep.value), Number(threshold.value)];
    const leak = Math.exp(-1 / tau.value);
    const flows = Float64Array.from(noise, (x) => x + Number(current.value));
    const ran = run(flows, leak, limit);
    const at = Number(asked.value);
    const error = lookBack(ran, at, leak, limit, b, reset.value === "attached");
    const loud = 0.01 * Math.max(...error.map(Math.abs));
    let reach = at;
    while (reach && Math.abs(error[reach - 1]) > loud) reach -= 1;
    found = { flows, ...ran, error, at, b, limit, u: ran.potential[at] - limit, reach };
    // A detached reset hands on nothing: where the way back ends at one.
    found.cut = reset.value === "detached" && reach > 0 && ran.spikes[reach - 1] === 1;
  };

  const line = (pen, points) => {
    pen.beginPath();
    points.forEach((point) => pen.lineTo(...point));
    pen.stroke();
  };
  const dash = (pen, points) => {
    pen.setLineDash([5, 4]);
    line(pen, points);
    pen.setLineDash([]);
  };
  const across = (width) => (t) => 12 + ((width - 24) * t) / steps;

  const drawChart = (pen, width, height, colour) => {
    const { flows, potential, spikes, error, at, limit, reach, cut } = found;
    const x = across(width);
    const [floor, top] = [170, 34]; // of the potential, which may pass the top
    const most = Math.max(1.4, ...potential);
    const v = (value) => floor - ((floor - top) * value) / most;
    const done = Math.min(steps, Math.floor(now) + 1); // steps that the current has flowed
    pen.fillStyle = colour.ink;
    pen.fillText("potential", 4, 13);
    pen.textAlign = "right";
    pen.fillText("threshold", width - 4, v(limit) - 5);
    pen.textAlign = "left";
    pen.strokeStyle = colour.grey;
    pen.lineWidth = 1.5;
    dash(pen, [[x(0), v(limit)], [x(steps), v(limit)]]);
    line(pen, [[x(0), v(0)], [x(steps), v(0)]]);
    const way = (end) => { // up in each step; after a spike down to zero
      const points = [[x(0), v(0)]];
      for (let t = 0; t < end; t++) {
        points.push([x(t), v(potential[t])], [x(t + 1), v(potential[t])]);
        if (spikes[t]) points.push([x(t + 1), v(0)]);
      }
      return points;
    };
    pen.lineWidth = 1;
    line(pen, way(steps)); // what is to come
    pen.strokeStyle = colour.left;
    pen.lineWidth = 2.5;
    line(pen, way(done));
    for (let t = 0; t < done; t++) {
      if (!spikes[t]) continue;
      const fresh = done - t < 4;
      pen.beginPath();
      pen.arc(x(t + 0.5), v(potential[t]), fresh ? 8 : 5, 0, 7);
      pen.fillStyle = fresh ? colour.flash : colour.right;
      pen.fill();
      pen.lineWidth = 1.5;
      pen.strokeStyle = colour.ink;
      pen.stroke();
    }
    const bars = (values, zero, tall, shown) => { // what is not yet there is pale
      const wide = Math.max(1, 0.7 * (x(1) - x(0)));
      values.forEach((value, t) => {
        pen.fillStyle = !shown(t) ? colour.grey : value < 0 ? colour.left : colour.right;
        pen.globalAlpha = shown(t) ? 1 : 0.35;
        pen.fillRect(x(t + 0.5) - wide / 2, zero, wide, -tall * value);
      });
      pen.globalAlpha = 1;
      pen.fillStyle = colour.ink;
      pen.fillRect(x(0), zero, x(steps) - x(0), 1);
    };
    const strong = Math.max(0.5, ...flows.map(Math.abs));
    pen.fillStyle = colour.ink;
    pen.fillText("current in", 4, 198);
    bars(flows, 226, 22 / strong, (t) => t < done);
    pen.textAlign = "center";
    for (let t = 0; t <= steps; t += 10) pen.fillText(t, x(t), height - 20);
    pen.fillText("time (ms)", width / 2, height - 5);
    pen.textAlign = "left";
    if (!back) return;
    const head = now < steps ? steps : Math.max(0, at - Math.floor(now - steps)); // runs to the left
    const far = Math.max(...error.map(Math.abs)) || 1;
    pen.fillStyle = colour.ink;
    pen.fillText(`what the step at ${at} ms hears of each current`, 4, 262);
    const zero = 318;
    bars(error, zero, 44 / far, (t) => t >= head);
    pen.strokeStyle = colour.ink;
    pen.lineWidth = 1.5;
    dash(pen, [[x(at + 0.5), 20], [x(at + 0.5), zero + 24]]);
    if (now >= steps) {
      const tip = x(Math.max(head, cut ? reach : 0));
      pen.beginPath();
      [[0, 0], [12, -8], [12, 8]].forEach(([dx, dy]) => pen.lineTo(tip - 6 + dx, zero + dy));
      pen.fillStyle = colour.flash;
      pen.fill();
      pen.stroke();
    }
    if (cut) {
      pen.fillStyle = colour.ink;
      pen.fillRect(x(reach) - 3, zero - 40, 4, 80);
      const room = x(reach) > 140;
      pen.textAlign = room ? "right" : "left";
      pen.fillText("stopped by a reset", x(reach) + (room ? -8 : 8), zero + 38);
      pen.textAlign = "left";
    }
  };

  const drawSlopes = (pen, width, height, colour) => {
    const { b, u } = found;
    const far = 1.2;
    const x = (value) => width / 2 + ((width / 2 - 14) * value) / far;
    const y = (value) => height - 40 - (height - 72) * value;
    const fine = [...Array(241).keys()].map((k) => far * (k / 120 - 1));
    pen.fillStyle = colour.ink;
    pen.fillText("the step, and the ramp (dashed)", 4, 13);
    pen.textAlign = "center";
    pen.fillText("threshold", x(0), height - 22);
    pen.fillText("potential above threshold", width / 2, height - 5);
    pen.textAlign = "left";
    pen.strokeStyle = colour.left;
    pen.lineWidth = 2.5;
    line(pen, [[x(-far), y(0)], [x(0), y(0)], [x(0), y(1)], [x(far), y(1)]]);
    pen.strokeStyle = colour.right;
    dash(pen, fine.map((value) => [x(value), y(ramp(value, b))]));
    const here = Math.max(-far, Math.min(far, u));
    const rise = lent(u, b);
    const half = 46 / Math.hypot((width / 2 - 14) / far, (height - 72) * rise); // as long, however steep
    pen.strokeStyle = colour.ink;
    pen.lineWidth = 3;
    line(pen, [-half, half].map((d) => [x(here + d), y(ramp(u, b) + rise * d)]));
    [[u >= 0 ? 1 : 0, colour.left], [ramp(u, b), colour.right]].forEach(([value, fill]) => {
      pen.beginPath();
      pen.arc(x(here), y(value), 6, 0, 7);
      pen.fillStyle = fill;
      pen.fill();
    });
    pen.fillStyle = colour.ink;
    pen.textAlign = here > 0 ? "right" : "left";
    const aside = here > 0 ? -1 : 1; // clear of the tangent
    pen.fillText(`lends ${rise.toPrecision(2)}`, x(here) + 16 * aside, y(0.5) + 5 + 29 * aside);
    pen.textAlign = "left";
  };

  const words = () => {
    const { spikes, potential, at, u, b, reach, cut } = found;
    if (!back) {
      const count = spikes.reduce((a, s) => a + s);
      const fired = count === 1 ? "1 spike" : `${count} spikes`;
      const first = count ? `, the first at ${spikes.indexOf(1)} ms` : "";
      return `Current ${currentWords()}: ${fired} in ${steps} ms${first}; ` +
        `the potential reaches ${Math.max(...potential).toFixed(2)}.`;
    }
    const where = `${Math.abs(u).toFixed(2)} ${u < 0 ? "below" : "above"} threshold`;
    const until = reach === at ? "It hears only its own step" : `It hears currents back to ${reach} ms`;
    return `At ${at} ms ${u < 0 ? "no spike" : "a spike"}, ${where}: the step has no slope, the ramp ` +
      `lends ${lent(u, b).toPrecision(2)}. ${until}${cut ? ", where a reset stops it" : ""}.`;
  };
  const currentWords = () => Number(current.value).toFixed(2);
  const show = () => {
    think();
    const colour = kit.colours(figure);
    const room = figure.clientWidth - 20;
    drawChart(...kit.sheet(chart, room, back ? 398 : 270), colour);
    if (back) drawSlopes(...kit.sheet(slopes, room, 170), colour);
    said.textContent = words();
  };

  figure.querySelector("img").hidden = true;
  const row = (...inside) => kit.element("div", { class: "live-row" }, ...inside);
  figure.append(...(back
    ? [row(askedRow), chart, slopes, said, row(steepRow, resetRow), row(tauRow, currentRow)]
    : [row(currentRow), chart, said, row(tauRow, thresholdRow)]), clock.row);
  const tell = kit.teller(figure);
  [current, tau, threshold, asked, steep, reset].forEach((field) =>
    field.addEventListener("input", () => {
      show();
      tell(words);
    }));
  kit.drag(chart, (px, py) => {
    const { clientWidth: width, clientHeight: height } = chart;
    const t = Math.floor(((px - 12) / (width - 24)) * steps);
    if (back) ask(Math.max(0, Math.min(steps - 1, t)));
    else flow(Math.max(0, Math.min(0.5, 0.5 * (1 - py / height))).toFixed(2));
  });
  new ResizeObserver(show).observe(figure);
  show();
  figure.view = { clock, run, lookBack, lent, noise };
};
