// Two delay lines and a detector: spikes of both ears run towards each other, and one ear waits.

// How many spikes meet: in each ms, those of the left ear times those that arrive from the right one.
// Only from some ms on, so that every wait has the same ms to show.
const meet = (left, right, wait, from, end = left.length) => {
  let sum = 0;
  for (let t = from; t < end; t++) sum += left[t] * right[t - wait];
  return sum;
};

const view = (figure, data) => {
  const [left, right] = [kit.numbers(data.left), kit.numbers(data.right)];
  const { longest_ms: longest, from_ms: from } = data;
  const all = [...Array(longest + 1).keys()].map((wait) => meet(left, right, wait, from));
  const tried = new Set();
  const straight = 40; // ms that a line takes without a detour

  const [waits, waitsRow, move] = kit.slider(
    "how long the right ear waits", 0, longest, 1, 0, (value) => `${value} ms`);
  const lines = kit.element("canvas", { "aria-hidden": "true", class: "live-drag" });
  const chart = kit.element("canvas", { "aria-hidden": "true", class: "live-drag" });
  const said = kit.element("p", { class: "live-said", "aria-hidden": "true" });
  const stop = left.length + straight + longest;
  let now = 0.4 * stop; // ms
  const clock = kit.clock(figure, 30, 6, (steps) => {
    now = (now + steps) % stop;
    show();
  });

  // Places on the lines: the right one makes a detour as long as its wait.
  const pacing = (width) => (width / 2 - 14) / straight; // pixels in a ms
  const plan = (width, height) => {
    const middle = width / 2;
    const pace = pacing(width);
    const [base, rise] = [height - 44, (Number(waits.value) * pace) / 2];
    const [near, far] = [width - 0.3 * middle, width - 0.3 * middle - 16]; // of the detour
    const corners = [[width - 14, base], [near, base], [near, base - rise],
      [far, base - rise], [far, base], [middle, base]];
    const along = (way) => {
      for (let k = 1; k < corners.length; k++) {
        const [[a, b], [c, d]] = [corners[k - 1], corners[k]];
        const long = Math.abs(c - a) + Math.abs(d - b);
        if (way <= long) return long ? [a + ((c - a) * way) / long, b + ((d - b) * way) / long] : [a, b];
        way -= long;
      }
      return corners.at(-1);
    };
    return { middle, pace, base, corners, along };
  };

  const drawLines = (pen, width, height, colour) => {
    const { middle, pace, base, corners, along } = plan(width, height);
    const [, , [near, high], [far]] = corners;
    pen.strokeStyle = colour.grey;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(14, base);
    corners.slice().reverse().forEach((corner) => pen.lineTo(...corner));
    pen.stroke();
    pen.fillStyle = colour.ink;
    pen.fillText("left ear", 4, height - 4);
    pen.textAlign = "right";
    pen.fillText("right ear", width - 4, height - 4);
    pen.textAlign = "center";
    pen.fillText("detector", middle, height - 4);
    pen.fillText("↕ wait", (near + far) / 2, high - 12);
    const dot = ([x, y], count, fill) => {
      pen.beginPath();
      pen.arc(x, y, Math.min(0.75 * pace, 7) * Math.sqrt(count / top), 0, 7);
      pen.fillStyle = fill;
      pen.fill();
    };
    const top = Math.max(...left, ...right);
    const wait = Number(waits.value);
    left.forEach((count, t) => {
      const way = now - t;
      if (count && way >= 0 && way <= straight) dot([14 + way * pace, base], count, colour.left);
    });
    right.forEach((count, t) => {
      const way = now - t;
      if (count && way >= 0 && way <= straight + wait) dot(along(way * pace), count, colour.right);
    });
    const t = Math.floor(now) - straight;
    const met = t < from ? 0 : (left[t] || 0) * (right[t - wait] || 0);
    pen.beginPath();
    pen.arc(middle, base, 9 + (14 * met) / top ** 2, 0, 7);
    pen.lineWidth = 3;
    pen.strokeStyle = colour.ink;
    if (met) {
      pen.fillStyle = colour.flash;
      pen.fill();
    }
    pen.stroke();
    pen.textAlign = "left";
  };

  const across = (width, wait) => 44 + ((width - 64) * wait) / longest;
  const drawChart = (pen, width, height, colour) => {
    const up = (met) => height - 40 - ((height - 62) * met) / Math.max(...all, 1);
    pen.fillStyle = colour.ink;
    pen.fillText("meetings", 4, 13);
    pen.textAlign = "center";
    pen.fillText("wait of the right ear (ms)", width / 2, height - 4);
    const every = longest > 13 ? 5 : 1;
    for (let wait = 0; wait <= longest; wait += every) pen.fillText(wait, across(width, wait), height - 22);
    const wait = Number(waits.value);
    const soFar = meet(left, right, wait, from,
      Math.max(from, Math.min(left.length, Math.floor(now) - straight + 1)));
    pen.fillStyle = colour.flash;
    pen.fillRect(across(width, wait) - 7, up(soFar), 14, up(0) - up(soFar));
    pen.strokeStyle = colour.grey;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(44 - 14, up(0));
    pen.lineTo(width - 6, up(0));
    [...tried].sort((a, b) => a - b).forEach((place) => {
      if (!tried.has(place - 1)) pen.moveTo(across(width, place), up(all[place]));
      else pen.lineTo(across(width, place), up(all[place]));
    });
    pen.stroke();
    tried.forEach((place) => {
      pen.beginPath();
      pen.arc(across(width, place), up(all[place]), place === wait ? 7 : 5, 0, 7);
      pen.fillStyle = place === wait ? colour.ink : colour.grey;
      pen.fill();
    });
    pen.textAlign = "left";
  };

  const words = () => {
    const best = [...tried].reduce((a, b) => (all[b] > all[a] ? b : a));
    const rest = tried.size > longest ? "Of all waits" : "Of those you tried";
    return `The right ear waits ${waits.value} ms: ${all[waits.value].toLocaleString("en")} meetings. ` +
      `${rest}, most meet at ${best} ms.`;
  };
  const show = () => {
    tried.add(Number(waits.value));
    const colour = kit.colours(figure);
    const room = figure.clientWidth - 20;
    drawLines(...kit.sheet(lines, room, 78 + (longest * pacing(room)) / 2), colour);
    drawChart(...kit.sheet(chart, room, 170), colour);
    said.textContent = words();
  };

  figure.querySelector("img").hidden = true;
  figure.append(kit.element("div", { class: "live-row" }, waitsRow), lines, chart, said, clock.row);
  const tell = kit.teller(figure);
  waits.addEventListener("input", () => {
    show();
    tell(words);
  });
  const within = (wait) => move(Math.max(0, Math.min(longest, Math.round(wait))));
  kit.drag(lines, (x, y) => {
    const { pace, base } = plan(lines.clientWidth, lines.clientHeight);
    within((2 * (base - y)) / pace);
  });
  kit.drag(chart, (x) => within(((x - 44) / (chart.clientWidth - 64)) * longest));
  new ResizeObserver(show).observe(figure);
  show();
  figure.view = { clock, meet, left, right, tried };
};
