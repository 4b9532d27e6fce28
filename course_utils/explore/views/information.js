// Two ears hear a tone: its wave, its spikes, what each ms tells about the phase, and an observer who
// listens. Everything shown is a function of the time, the sound and the switches.

const view = (figure, data) => {
  const { steps, dt_ms: dt } = data.sound;
  const step = `${dt} ms`;
  const hold = 40; // steps between one round and the next
  const menu = (label, values, own, unit) => {
    const offered = [...new Set([...values, own])].sort((a, b) => a - b);
    const [field, row] = kit.choice(label, offered.map((x) => [x, `${x}${unit}`]));
    field.value = own;
    return [field, row];
  };
  const [ipd, ipdRow, move] = kit.slider(
    "where the sound is (IPD)", -90, 90, 1, data.ipd_deg, (value) => kit.signed(value));
  const [time, timeRow, wind] = kit.slider("heard so far", 0, steps, 1, Math.round(0.8 * steps),
    (passed) => `${passed * dt} ms`);
  const [rate, rateRow] = menu("rate at the peak", [100, 300, 1000].filter((x) => x * dt <= 1000),
    data.sound.rate_max_hz, " Hz");
  const [power, powerRow] = menu("envelope power", [1, 2, 4, 8], data.sound.envelope_power, "");
  const [fibres, fibresRow] = menu("fibres per ear", [1, 10], data.sound.channels / 2, "");
  const rows = kit.element("canvas", { "aria-hidden": "true", class: "live-drag" });
  const circle = kit.element("canvas", { "aria-hidden": "true", class: "live-drag" });
  const said = kit.element("p", { class: "live-said", "aria-hidden": "true" });
  let [now, round] = [Number(time.value), 0]; // steps since this round began
  let heard;

  // All that a round holds, for both ears in each step; asked for again when a switch is moved.
  const hear = () => {
    const same = heard && heard.rate === rate.value && heard.power === power.value;
    const sound = { ...data.sound,
      rate_max_hz: Number(rate.value), envelope_power: Number(power.value) };
    const count = Number(fibres.value);
    const start = (data.phase_deg * Math.PI) / 180;
    const starts = [start, start + (ipd.value * Math.PI) / 180];
    const times = [...Array(steps).keys()];
    const phases = starts.map((from) => times.map((t) => wave(sound, t, from)));
    const chances = phases.map((ear) => ear.map((phase) => kit.chance(sound, phase)));
    const fired = chances.map((ear, side) => ear.map((chance, t) => [...Array(count).keys()].map(
      (fibre) => kit.luck(round * steps + t, side * 1000 + fibre) < chance)));
    heard = {
      sound, rate: rate.value, power: power.value, count, phases, chances, fired,
      told: phases.map((ear) => ear.map((phase) => tells(sound, phase))),
      counts: fired.map((ear) => ear.map((one) => one.filter(Boolean).length)),
      table: !data.listens ? null : same ? heard.table : table(sound),
    };
  };
  const total = (values, end) => values.slice(0, end).reduce((a, b) => a + b, 0);
  const best = (end) => bound(...heard.told.map((ear) => heard.count * total(ear, end)));

  const clock = kit.clock(figure, 40, 5, (passed) => {
    now += passed;
    if (now >= steps + hold || (passed === 1 && now >= steps + 1)) { // whoever steps need not wait
      [now, round] = [0, round + 1];
      hear();
    }
    const end = Math.min(steps, Math.floor(now));
    if (end === Number(time.value)) return; // nothing new to draw
    wind(end, true);
    show();
  });

  const along = (width) => [40, (width - 52) / steps]; // where time begins, and pixels in a step
  const lines = (pen, values, x, y, colour) => values.forEach((ear, side) => {
    pen.beginPath();
    ear.forEach((value, t) => pen.lineTo(x(t + 0.5), y(value)));
    pen.strokeStyle = side ? colour.right : colour.left;
    pen.lineWidth = 2;
    pen.setLineDash(side ? [6, 4] : []);
    pen.stroke();
    pen.setLineDash([]);
  });
  // A row from `top` on: its name, and its ends on the left.
  const frame = (pen, name, top, high, ends, x, colour) => {
    pen.fillStyle = colour.ink;
    pen.fillText(name, x(0), top - 5);
    pen.textAlign = "right";
    ends.forEach(([value, y]) => pen.fillText(value, x(0) - 5, y + 4));
    pen.textAlign = "left";
    pen.fillStyle = colour.faint;
    pen.fillRect(x(0), top, x(steps) - x(0), high);
  };
  const curves = (pen, name, top, high, low, peak, x, colour) => {
    const ends = [[peak, top], [String(low).replace("-", "−"), top + high]];
    frame(pen, name, top, high, ends, x, colour);
    return (value) => top + high - ((value - low) / (peak - low)) * high;
  };
  const drawSpikes = (pen, top, high, end, x, colour) => {
    const shown = Math.min(heard.count, 25);
    const some = shown < heard.count ? `, ${shown} of the ${heard.count} fibres of each ear` : "";
    frame(pen, `spikes${some}`, top, high, [["left", top + high / 4], ["right", top + (3 * high) / 4]],
      x, colour);
    const pitch = high / (2 * shown);
    heard.fired.forEach((ear, side) => {
      pen.fillStyle = side ? colour.right : colour.left;
      for (let t = 0; t < end; t++) {
        for (let c = 0; c < shown; c++) {
          const tall = Math.min(pitch * 0.8, 12);
          const y = top + (side * shown + c + 0.5) * pitch - tall / 2;
          if (ear[t][c]) pen.fillRect(x(t) + 0.2, y, Math.max(1.4, x(1) - x(0) - 1), tall);
        }
      }
    });
    pen.fillStyle = colour.grey;
    pen.fillRect(x(0), top + high / 2 - 0.5, x(steps) - x(0), 1);
  };
  const drawRows = (pen, width, height, colour) => {
    const [zero, pace] = along(width);
    const x = (step) => zero + step * pace;
    const end = Number(time.value);
    if (!data.listens) {
      const y = curves(pen, "wave", 20, 52, -1, 1, x, colour);
      lines(pen, heard.phases.map((ear) => ear.map(Math.sin)), x, y, colour);
    }
    const top = data.listens ? 20 : 100;
    const chance = curves(pen, `chance of a spike in ${step}`, top, 52, 0, 1, x, colour);
    lines(pen, heard.chances, x, chance, colour);
    drawSpikes(pen, top + 78, 124, end, x, colour);
    if (data.listens) {
      const peak = Math.max(...heard.told.flat());
      const y = curves(pen, `Fisher information of a fibre in ${step} (1/rad²)`, 248, 64,
        0, Number(peak.toPrecision(2)), x, colour);
      heard.told.forEach((ear, side) => { // what has been told so far
        pen.beginPath();
        pen.moveTo(x(0), y(0));
        for (let t = 0; t < end; t++) pen.lineTo(x(t + 0.5), y(ear[t]));
        pen.lineTo(x(end), y(0));
        pen.globalAlpha = 0.3;
        pen.fillStyle = side ? colour.right : colour.left;
        pen.fill();
        pen.globalAlpha = 1;
      });
      lines(pen, heard.told, x, y, colour);
    }
    pen.fillStyle = colour.ink;
    pen.fillRect(x(end) - 0.75, 20, 1.5, height - 40 - 16);
    pen.textAlign = "center";
    for (let ms = 0; ms <= steps * dt; ms += 50) {
      pen.fillText(ms ? ms : "0 ms", x(ms / dt), height - 20);
    }
    pen.fillText("time", x(steps / 2), height - 4);
    pen.textAlign = "left";
  };
  const drawCircle = (pen, width, height, colour, scores, found) => {
    const [x, base] = [(degrees) => 14 + ((width - 28) * degrees) / 360, height - 38];
    pen.fillStyle = colour.ink;
    pen.fillText("how likely each phase is (at time 0), for each ear", 14, 12);
    pen.fillStyle = colour.faint;
    pen.fillRect(x(0), 52, x(360) - x(0), base - 52);
    scores.forEach((one, side) => {
      const top = Math.max(...one);
      pen.beginPath();
      pen.moveTo(x(0), base);
      one.forEach((value, k) =>
        pen.lineTo(x((k * 360) / PHASES), base - (base - 54) * Math.exp(value - top)));
      pen.lineTo(x(360), base);
      pen.fillStyle = pen.strokeStyle = side ? colour.right : colour.left;
      pen.globalAlpha = 0.3;
      pen.fill();
      pen.globalAlpha = 1;
      pen.lineWidth = 2;
      pen.setLineDash(side ? [6, 4] : []);
      pen.stroke();
      pen.setLineDash([]);
    });
    const truth = [data.phase_deg, data.phase_deg + Number(ipd.value)].map((d) => (d + 360) % 360);
    pen.textAlign = "center";
    truth.forEach((degrees, side) => { // the true phases, below
      pen.fillStyle = side ? colour.right : colour.left;
      pen.beginPath();
      [[0, 1], [-6, 10], [6, 10]].forEach(([dx, dy]) => pen.lineTo(x(degrees) + dx, base + dy));
      pen.fill();
    });
    pen.fillStyle = pen.strokeStyle = colour.ink;
    for (let mark = 0; mark <= 360; mark += 90) pen.fillText(`${mark}°`, x(mark) , height - 10);
    if (found) { // the distance of the two that are most likely
      const [a, b] = [x(found.left), x(found.right)];
      pen.lineWidth = 2;
      pen.beginPath();
      [[a, 50], [a, 40], [b, 40], [b, 50]].forEach((corner) => pen.lineTo(...corner));
      pen.stroke();
      pen.fillText(kit.signed(found.ipd, 1), (a + b) / 2, 34);
    }
    pen.textAlign = "left";
  };

  let known = {};
  const listen = (end) => {
    if (known.end === end && known.heard === heard) return known; // it takes a millisecond
    const scores = heard.counts.map((ear) => score(heard.table, ear, heard.count, end));
    const spikes = total(heard.counts[0], end) + total(heard.counts[1], end);
    known = { end, heard, scores, spikes, found: spikes ? likeliest(...scores) : null };
    return known;
  };
  const words = () => {
    const end = Number(time.value);
    const lead = Math.abs(ipd.value) / 360 / data.sound.frequency_hz * 1000;
    const ear = ipd.value > 0 ? "right" : "left";
    const who = Number(ipd.value) ? `the ${ear} ear leads by ${lead.toFixed(1)} ms` : "neither ear leads";
    if (!data.listens) {
      return `IPD ${kit.signed(ipd.value)}: ${who}. ` +
        `Whoever hears all ${steps * dt} ms: mean error at best ${best(steps).toFixed(2)}°.`;
    }
    const { spikes, found } = listen(end);
    const heardSo = `The sound is at ${kit.signed(ipd.value)}. After ${end * dt} ms and ` +
      `${spikes.toLocaleString("en")} spikes `;
    if (!found) return `${heardSo}nothing is more likely than the rest.`;
    return `${heardSo}the peaks are ${kit.signed(found.ipd, 1)} apart, ` +
      `${Math.abs(found.ipd - ipd.value).toFixed(1)}° off` +
      (best(end) < 45 ? `; the bound on the mean error is ${best(end).toFixed(2)}°.` : ".");
  };
  const show = () => {
    const colour = kit.colours(figure);
    const room = figure.clientWidth - 20;
    drawRows(...kit.sheet(rows, room, data.listens ? 348 : 338), colour);
    if (data.listens) {
      const { scores, found } = listen(Number(time.value));
      drawCircle(...kit.sheet(circle, room, 150), colour, scores, found);
    }
    said.textContent = words();
  };

  figure.querySelector("img").hidden = true;
  figure.append(
    kit.element("div", { class: "live-row" }, ipdRow), rows, ...(data.listens ? [circle] : []), said,
    kit.element("div", { class: "live-row" }, rateRow, powerRow, fibresRow),
    kit.element("div", { class: "live-row" }, timeRow), clock.row);
  const tell = kit.teller(figure);
  [ipd, rate, power, fibres, time].forEach((field) => field.addEventListener("input", () => {
    if (field === time) now = Number(time.value);
    else hear();
    show();
    tell(words);
  }));
  kit.drag(rows, (x) => {
    const [zero, pace] = along(rows.clientWidth);
    wind(Math.max(0, Math.min(steps, Math.round((x - zero) / pace))));
  });
  kit.drag(circle, (x) => { // the phase of the right ear
    const apart = ((x - 14) / (circle.clientWidth - 28)) * 360 - data.phase_deg;
    const nearest = ((apart + 540) % 360) - 180;
    move(Math.round(Math.max(-90, Math.min(90, nearest))));
  });
  hear();
  new ResizeObserver(show).observe(figure);
  show();
  figure.view = { clock, tells, bound, table, score, likeliest, wave, chance: kit.chance,
    heard: () => heard, sound: data.sound };
};
