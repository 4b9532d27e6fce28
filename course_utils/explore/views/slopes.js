// A ball on the loss of one delay. Its target is the same train, some steps late; three rules say how
// much of it is missed at a delay, and which way is down. As DelayLayer and its rules compute it.

// Which part of the target a train meets at the whole delays -1 ... longest + 1: the neighbours of the
// outermost ones, too, for their slopes.
const overlaps = (train, goal, longest) => {
  const at = (t) => train[t] || 0; // silent before and after
  const met = (delay) => {
    let sum = 0;
    for (let t = longest; t < train.length; t++) sum += at(t - delay) * at(t - goal);
    return sum;
  };
  const all = met(goal);
  return [...Array(longest + 3).keys()].map((k) => met(k - 1) / all);
};

const SNAP = 1e-6; // a millionth of a step from a whole delay is rounding noise

// The slopes on both sides of a delay; between two whole ones they are the same.
const sides = (met, delay) => {
  const k = Math.floor(delay + SNAP);
  const right = met[k + 1] - met[k + 2];
  return [delay - k < SNAP ? met[k] - met[k + 1] : right, right];
};

const rules = {
  linear(met, delay) {
    const k = Math.floor(delay + SNAP);
    const part = delay - k < SNAP ? 0 : delay - k;
    const [left, right] = sides(met, delay);
    return { loss: 1 - (1 - part) * met[k + 1] - part * met[k + 2], slope: (left + right) / 2 };
  },
  round(met, delay) {
    const up = Math.round(delay);
    return rules.linear(met, up - delay === 0.5 && up % 2 ? up - 1 : up); // a half goes to even
  },
  bell(met, delay, sigma) {
    const longest = met.length - 3;
    const away = [...Array(longest + 1).keys()].map((k) => k - delay);
    const nearest = Math.min(...away.map((x) => x * x));
    const high = away.map((x) => Math.exp((nearest - x * x) / (2 * sigma * sigma)));
    const all = high.reduce((a, b) => a + b);
    const kernel = high.map((x) => x / all);
    const mean = (values) => values.reduce((sum, x, k) => sum + x * kernel[k], 0);
    const middle = mean(away);
    const slope = -mean(away.map((x, k) => (x - middle) * met[k + 1])) / (sigma * sigma);
    return { loss: 1 - mean(met.slice(1, -1)), slope, kernel };
  },
};

// Where a ball rolls, a tenth of a step at a time, until it finds no slope or a valley.
const roll = (rule, start, longest) => {
  const path = [start];
  for (let at = start; path.length < 10 * longest; path.push(at)) {
    const here = rule(at);
    if (Math.abs(here.slope) < 1e-4) break;
    const next = Math.round(10 * at - 10 * Math.sign(here.slope) * 0.1) / 10;
    const there = next < 0 || next > longest ? null : rule(next);
    if (!there || (there.slope * here.slope < 0 && there.loss > here.loss)) break;
    at = next;
    if (there.slope * here.slope < 0) {
      path.push(at);
      break;
    }
  }
  return path;
};

const view = (figure, data) => {
  const { goal, max_delay: longest } = data;
  const met = overlaps(kit.numbers(data.train), goal, longest);
  const steps = (value) => `${value.toFixed(1)} steps`;
  const [delay, delayRow, move] = kit.slider(
    "delay", 0, longest, 0.1, data.delay, steps);
  const [sigma, sigmaRow, widen] = kit.slider("sigma of the bell", 0.5, 12, 0.5, data.sigma, steps);
  const losses = kit.element("canvas", { "aria-hidden": "true", class: "live-drag" });
  const bell = kit.element("canvas", { "aria-hidden": "true", class: "live-drag" });
  const said = kit.element("p", { class: "live-said", "aria-hidden": "true" });
  const names = ["linear", "straight through", "bell"];
  let now = 0; // steps of the balls since they began
  let found;

  // All that a place of the sliders gives: for each rule its loss and slope, its curve, its path.
  const think = () => {
    const at = Number(delay.value);
    const width = Number(sigma.value);
    found = [rules.linear, rules.round, rules.bell].map((one, k) => {
      const rule = (d) => one(met, d, width);
      const half = [...Array(2 * longest + 1).keys()].map((j) => j / 2);
      const curve = k === 1 ? half.flatMap((d) => [-1e-3, 1e-3].map((side) => // both sides of a stair
        [d, rule(Math.min(longest, Math.max(0, d + side))).loss])) : half.map((d) => [d, rule(d).loss]);
      return { rule, curve, path: roll(rule, at, longest), ...rule(at) };
    });
  };
  const last = () => Math.max(...found.map(({ path }) => path.length));
  const clock = kit.clock(figure, 50, 8, (passed) => {
    now += passed;
    if (now > last() + 60) now = 0;
    show();
  });

  const across = (width) => (d) => 14 + ((width - 28) * d) / longest;
  const line = (pen, points) => {
    pen.beginPath();
    points.forEach((point) => pen.lineTo(...point));
    pen.stroke();
  };
  const ball = (pen, x, y, colour, r, full) => {
    pen.beginPath();
    pen.arc(x, y, r, 0, 7);
    pen.fillStyle = full ? colour.flash : colour.paper;
    pen.fill();
    pen.lineWidth = 2;
    pen.strokeStyle = colour.ink;
    pen.stroke();
  };
  const way = (slope) =>
    (Math.abs(slope) < 1e-4 ? "no slope to follow" : slope > 0 ? "wait less" : "wait longer");

  const drawLosses = (pen, width, height, colour) => {
    const x = across(width);
    const here = Number(delay.value);
    const row = (height - 22) / 3;
    found.forEach(({ rule, curve, path, loss, slope }, k) => {
      const [top, high] = [k * row + 40, row - 54];
      const values = curve.map(([, value]) => value);
      const [low, peak] = [Math.min(...values), Math.max(...values)];
      const y = (value) => top + high * ((peak - value) / (peak - low || 1));
      const said = Math.abs(slope) < 1e-4 ? "" : `slope ${slope.toFixed(4).replace("-", "−")}: `;
      pen.fillStyle = colour.ink;
      pen.fillText(k === 2 ? "bell (magnified)" : names[k], x(0), k * row + 14);
      pen.textAlign = "right";
      pen.fillText(said + way(slope), x(longest), k * row + 14);
      pen.textAlign = "left";
      pen.fillStyle = colour.faint;
      pen.fillRect(x(0), k * row + 20, x(longest) - x(0), row - 24);
      pen.strokeStyle = colour.grey;
      pen.lineWidth = 1;
      pen.setLineDash([2, 3]);
      line(pen, [[x(goal), k * row + 20], [x(goal), (k + 1) * row - 4]]);
      pen.setLineDash([]);
      pen.strokeStyle = colour.left;
      pen.lineWidth = 2;
      line(pen, curve.map(([d, value]) => [x(d), y(value)]));
      // The slope that is handed on, and beside a kink the two that there are.
      const tangent = (rise, from, to) => line(pen, [from, to].map((d) =>
        [x(here + d), y(loss + rise * d)]));
      pen.save();
      pen.beginPath();
      pen.rect(x(0), k * row + 20, x(longest) - x(0), row - 24);
      pen.clip();
      if (k === 0) {
        const [left, right] = sides(met, here);
        pen.strokeStyle = colour.grey;
        pen.lineWidth = 1.5;
        tangent(left, -3, 0);
        tangent(right, 0, 3);
      }
      pen.strokeStyle = colour.right;
      pen.lineWidth = 2;
      pen.setLineDash([6, 3]);
      tangent(slope, -3, 3);
      pen.setLineDash([]);
      pen.restore();
      const to = path[Math.min(Math.floor(now), path.length - 1)];
      ball(pen, x(here), y(loss), colour, 5, false);
      ball(pen, x(to), y(rule(to).loss) - 3, colour, 8, true);
      if (Math.abs(slope) >= 1e-4) { // the way down
        const sign = -Math.sign(slope);
        const [from, up] = [x(here) + 12 * sign, k * row + 29];
        pen.strokeStyle = pen.fillStyle = colour.right;
        pen.lineWidth = 3;
        line(pen, [[from - 12 * sign, up], [from + 22 * sign, up]]);
        pen.beginPath();
        [[34, 0], [22, -6], [22, 6]].forEach(([dx, dy]) => pen.lineTo(from + dx * sign, up + dy));
        pen.fill();
      }
    });
    pen.fillStyle = colour.ink;
    pen.textAlign = "center";
    pen.fillText("best", x(goal), height - 8);
    pen.textAlign = "left";
  };

  const drawBell = (pen, width, height, colour) => {
    const x = across(width);
    const { kernel } = found[2];
    const top = Math.max(...kernel);
    pen.fillStyle = colour.ink;
    pen.fillText("the bell over the delays: pull it wider", x(0), 13);
    pen.fillStyle = colour.right;
    kernel.forEach((share, k) => {
      const tall = (height - 62) * (share / top);
      pen.fillRect(x(k) - 2, height - 38 - tall, 4, tall);
    });
    pen.fillStyle = colour.ink;
    pen.fillRect(x(0), height - 38, x(longest) - x(0), 1);
    pen.textAlign = "center";
    for (let k = 0; k <= longest; k += longest > 13 ? 10 : 1) pen.fillText(k, x(k), height - 22);
    pen.fillText("delay (steps)", width / 2, height - 6);
    pen.textAlign = "left";
  };

  const words = () => {
    const parts = found.map(({ slope, path }, k) => {
      const end = path.at(-1);
      const name = k === 2 ? `the bell of ${steps(Number(sigma.value))}` : names[k];
      return `${name}: ${way(slope)}${end === path[0] ? "" : `, rolls to ${end.toFixed(1)}`}`;
    });
    return `From a delay of ${steps(Number(delay.value))}, best at ${goal}: ${parts.join("; ")}.`;
  };
  const show = () => {
    const colour = kit.colours(figure);
    const room = figure.clientWidth - 20;
    drawLosses(...kit.sheet(losses, room, 370), colour);
    drawBell(...kit.sheet(bell, room, 120), colour);
    said.textContent = words();
  };

  figure.querySelector("img").hidden = true;
  figure.append(
    kit.element("div", { class: "live-row" }, delayRow), losses,
    kit.element("div", { class: "live-row" }, sigmaRow), bell, said, clock.row);
  const tell = kit.teller(figure);
  [delay, sigma].forEach((field) => field.addEventListener("input", () => {
    now = 0;
    think();
    show();
    tell(words);
  }));
  const place = (canvas, x) => ((x - 14) / (canvas.clientWidth - 28)) * longest;
  kit.drag(losses, (x) => move(Math.max(0, Math.min(longest, place(losses, x)))));
  kit.drag(bell, (x) => {
    const wide = Math.abs(place(bell, x) - delay.value);
    widen(Math.max(0.5, Math.min(12, Math.round(2 * wide) / 2)));
  });
  think();
  new ResizeObserver(show).observe(figure);
  show();
  figure.view = { clock, rules, met, sides, roll: () => found.map(({ path }) => path) };
};
