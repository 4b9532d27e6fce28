// Copies of one delay learn to wait as long as their target, by five rules: the loss as each rule sees
// it, and the delays on it. As DelayLayer, its rules, DelayOptimizer and SigmaSchedule compute it.

// How much of the target a train meets at the whole delays -1 ... longest + 1.
const overlaps = (train, goal, longest) => {
  const at = (t) => train[t] || 0; // silent before and after
  return [...Array(longest + 3).keys()].map((k) => {
    let sum = 0;
    for (let t = longest; t < train.length; t++) sum += at(t - k + 1) * at(t - goal);
    return sum;
  });
};

const even = (x) => { // rounds as the course does: a half goes to the even neighbour
  const up = Math.round(x);
  return up - x === 0.5 && up % 2 ? up - 1 : up;
};
const linear = (met, delay) => {
  const whole = Math.floor(delay + 1e-6); // a millionth of a step is rounding noise
  const part = delay - whole < 1e-6 ? 0 : delay - whole;
  const [early, now, late] = met.slice(whole, whole + 3);
  return { loss: -(1 - part) * now - part * late, slope: part ? now - late : (early - late) / 2 };
};
// A delay spread over all whole ones, by a kernel's heights and their slopes.
const spread = (met, heights, rises) => {
  let [all, rise, sum, change] = [0, 0, 0, 0];
  heights.forEach((height, k) => {
    all += height;
    rise += rises[k];
    sum += height * met[k + 1];
    change += rises[k] * met[k + 1];
  });
  return { loss: -sum / all, slope: -(change - (sum * rise) / all) / all };
};
const places = (met) => [...Array(met.length - 2).keys()];
const rules = {
  linear,
  "straight through": (met, delay) => linear(met, even(delay)),
  prototype: (met, delay, _, noise) =>
    ({ loss: -met[even(delay) + 1], slope: 5 * delay * noise[even(delay)] }),
  gaussian(met, delay, sigma) {
    const away = places(met).map((k) => (k - delay) / sigma);
    const nearest = Math.min(...away.map((x) => x * x));
    const heights = away.map((x) => Math.exp((nearest - x * x) / 2));
    return spread(met, heights, heights.map((height, k) => (height * away[k]) / sigma));
  },
  triangle(met, delay, sigma) {
    const away = places(met).map((k) => (k - delay) / sigma);
    const side = (x) => (Math.abs(x) < 1 ? 1 : Math.abs(x) === 1 ? 0.5 : 0) * Math.sign(x);
    return spread(met, away.map((x) => Math.max(0, 1 - Math.abs(x))), away.map((x) => side(x) / sigma));
  },
};
const NARROWEST = { gaussian: 0.23, triangle: 1 };

// How wide a Gaussian or triangle is after so many updates: it narrows over the first half of them.
const width = (rule, update, { max_delay: longest, updates }) => {
  const first = Math.max(longest / 2, 1);
  const half = Math.floor(updates / 2);
  return first * ((NARROWEST[rule] || first) / first) ** (Math.min(update, half) / half);
};

// The delay after each update: Adam's direction, in steps, held within its range.
const learn = (rule, start, met, noise, race) => {
  const path = [start];
  let [delay, mean, square] = [start, 0, 0];
  for (let update = 0; update < race.updates; update++) {
    const { slope } = rules[rule](met, delay, width(rule, update, race), noise);
    mean += 0.1 * (slope - mean);
    square = 0.999 * square + 0.001 * slope * slope;
    const way = mean / (1 - 0.9 ** (update + 1));
    const size = Math.sqrt(square / (1 - 0.999 ** (update + 1)));
    delay = Math.max(0, Math.min(race.max_delay, delay - (race.rate * way) / (size + 1e-8)));
    path.push(delay);
  }
  return path;
};

const view = (figure, data) => {
  const { goal, max_delay: longest, updates } = data;
  const [noise, starts] = [kit.numbers(data.prototype), [...kit.numbers(data.starts)]];
  const met = overlaps(kit.numbers(data.train), goal, longest);
  const names = Object.keys(rules);
  const copies = names.map((rule) => starts.map((start) => learn(rule, start, met, noise, data)));
  let own;
  const [start, startRow, move] = kit.slider(
    "your copy starts at", 0, longest, 1, data.start, (value) => `${value} steps`);
  const [update, updateRow, go] = kit.slider("update", 0, updates, 1, 0, String);
  const lanes = kit.element("canvas", { "aria-hidden": "true", class: "live-drag" });
  const said = kit.element("p", { class: "live-said", "aria-hidden": "true" });
  let now = 0; // updates
  const clock = kit.clock(figure, 40, 8, (passed) => {
    const rest = passed === 1 ? 0 : 100; // at the end; whoever goes step by step has seen it
    now = now + passed > updates + rest ? 0 : now + passed;
    go(Math.min(updates, Math.floor(now)), true);
    show();
  });
  const begin = () => {
    own = names.map((rule) => learn(rule, Number(start.value), met, noise, data));
  };
  const there = (row) => copies[row].filter((path) => Math.abs(path[update.value] - goal) <= 1).length;

  const across = (room) => (delay) => 14 + ((room - 28) * delay) / longest;
  const seen = (rule) => { // the loss at each place, as the rule sees it now, from 0 to 1
    const fine = rule === "straight through" || rule === "prototype" ? 10 : 2;
    const sigma = width(rule, Number(update.value), data);
    const loss = (delay) => rules[rule](met, delay, sigma, noise).loss;
    const curve = [...Array(fine * longest + 1).keys()].map((k) => [k / fine, loss(k / fine)]);
    const losses = curve.map(([, value]) => value);
    const [low, high] = [Math.min(...losses), Math.max(...losses)];
    return { curve, share: (value) => (high - value) / (high - low || 1), loss };
  };
  const drawLanes = (pen, room, height, colour) => {
    const x = across(room);
    const lane = (height - 40) / names.length;
    names.forEach((rule, row) => {
      const { curve, share, loss } = seen(rule);
      const [top, deep] = [row * lane + 26, lane - 40];
      const y = (value) => top + deep * share(value);
      const sigma = NARROWEST[rule] ? `, ${width(rule, Number(update.value), data).toFixed(1)} wide` : "";
      pen.fillStyle = colour.ink;
      pen.fillText(rule + sigma, x(0), row * lane + 14);
      pen.textAlign = "right";
      pen.fillText(`${there(row)} of ${starts.length} there`, x(longest), row * lane + 14);
      pen.textAlign = "left";
      pen.fillStyle = colour.faint;
      pen.fillRect(x(0), row * lane + 19, room - 28, lane - 24);
      pen.strokeStyle = colour.grey;
      pen.lineWidth = 1.5;
      pen.setLineDash([3, 3]);
      pen.beginPath();
      pen.moveTo(x(goal), row * lane + 19);
      pen.lineTo(x(goal), (row + 1) * lane - 5);
      pen.stroke();
      pen.setLineDash([]);
      pen.beginPath();
      curve.forEach(([delay, value]) => pen.lineTo(x(delay), y(value)));
      pen.stroke();
      const ball = (delay, r, fill) => {
        pen.beginPath();
        pen.arc(x(delay), y(loss(delay)), r, 0, 7);
        pen.fillStyle = fill;
        pen.fill();
        pen.stroke();
      };
      pen.strokeStyle = colour.paper;
      pen.lineWidth = 0.8;
      copies[row].forEach((path) => ball(path[update.value], 4, colour.left));
      pen.strokeStyle = colour.ink;
      pen.lineWidth = 2;
      ball(own[row][update.value], 7, colour.flash);
    });
    pen.fillStyle = colour.ink;
    pen.textAlign = "center";
    for (let delay = 0; delay <= longest; delay += longest > 13 ? 10 : 1) {
      pen.fillText(delay, x(delay), height - 24);
    }
    pen.fillText("delay (steps)", room / 2, height - 6);
    pen.textAlign = "left";
  };

  const words = () => {
    const ends = names.map((rule, row) => `${rule} ${own[row][update.value].toFixed(1)}`);
    const counts = names.map((rule, row) => `${rule} ${there(row)}`);
    return `After ${update.value} updates, from ${start.value}: ${ends.join(", ")}. ` +
      `Of ${starts.length} copies within a step of ${goal}: ${counts.join(", ")}.`;
  };
  const show = () => {
    const colour = kit.colours(figure);
    drawLanes(...kit.sheet(lanes, figure.clientWidth - 20, 450), colour);
    said.textContent = words();
  };

  figure.querySelector("img").hidden = true;
  const row = (...inside) => kit.element("div", { class: "live-row" }, ...inside);
  figure.append(row(startRow), lanes, row(updateRow), clock.row, said); // words that grow push nothing
  const tell = kit.teller(figure);
  const changed = () => {
    show();
    tell(words);
  };
  start.addEventListener("input", () => {
    begin();
    if (now >= updates) now = 0; // a new start begins anew once the race is over
    go(Math.floor(now), true);
    changed();
  });
  update.addEventListener("input", () => {
    now = Number(update.value);
    changed();
  });
  kit.drag(lanes, (px) => {
    const delay = ((px - 14) / (lanes.clientWidth - 28)) * longest;
    move(Math.max(0, Math.min(longest, Math.round(delay))));
  });
  begin();
  new ResizeObserver(show).observe(figure);
  show();
  figure.view = { clock, learn, rules, met, noise, copies, width };
};
