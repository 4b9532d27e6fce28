// What the living views share: numbers, elements, colours of the page around, sheets to draw on, time.
const kit = {
  // Float32 numbers that travelled as text.
  numbers: (text) =>
    new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer),

  element(tag, attributes = {}, ...inside) {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...inside);
    return made;
  },

  choice(label, options) {
    const made = options.map(([value, words]) => kit.element("option", { value }, words));
    const field = kit.element("select", {}, ...made);
    return [field, kit.element("label", {}, label, field)];
  },

  // A number in [0, 1) for each step and fibre, the same whenever it is asked for: so a sound that
  // is moved keeps its luck, and its spikes slide.
  luck(step, fibre) {
    let x = Math.imul(step + 1, 0x9e3779b1) ^ Math.imul(fibre + 1, 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
  },

  // How probable a spike is in one step, as Stimulus.firing_probability says.
  chance: (sound, phase) => ((sound.rate_max_hz * sound.dt_ms) / 1000) *
    ((1 + Math.sin(phase)) / 2) ** sound.envelope_power,

  // A slider that says its value: `say` turns a number into words. It can be moved by a hand, which
  // all who listen hear, or `quietly`, as by time.
  slider(label, low, high, step, start, say) {
    const field = kit.element("input", { type: "range", min: low, max: high, step, value: start });
    const shown = kit.element("span", { class: "live-shown", "aria-hidden": "true" });
    const tell = () => {
      shown.textContent = say(Number(field.value));
      field.setAttribute("aria-valuetext", shown.textContent);
    };
    field.addEventListener("input", tell);
    tell();
    const move = (value, quietly = false) => {
      field.value = value;
      if (quietly) tell();
      else field.dispatchEvent(new Event("input"));
    };
    return [field, kit.element("label", {}, label, field, shown), move];
  },

  signed: (degrees, places = 0) => {
    const words = Math.abs(degrees).toFixed(places);
    const sign = Number(words) === 0 ? "" : degrees > 0 ? "+" : "−";
    return `${sign}${words}°`;
  },

  // Light ink means a dark page. The view paints the paper that belongs to its ink.
  colours(figure) {
    const found = getComputedStyle(figure.parentElement).color.match(/^rgba?\((\d+), (\d+), (\d+)/);
    const [r, g, b] = found ? found.slice(1).map(Number) : [0, 0, 0];
    const dark = 0.3 * r + 0.59 * g + 0.11 * b > 128;
    const chosen = dark
      ? { ink: "#f0f0f0", paper: "#14181e", grey: "#a8adb5", faint: "#2a313b",
          left: "#56b4e9", right: "#ffa04d", flash: "#f0e442" }
      : { ink: "#222222", paper: "#ffffff", grey: "#595959", faint: "#e9ecef",
          left: "#0072b2", right: "#d55e00", flash: "#e69f00" };
    figure.style.color = chosen.ink;
    figure.style.background = chosen.paper;
    figure.style.colorScheme = dark ? "dark" : "light"; // of its buttons and boxes
    return chosen;
  },

  // A canvas as wide as its box allows, sharp on any screen, cleared. Gives pen, width and height.
  sheet(canvas, room, height) {
    const width = Math.max(200, Math.floor(room));
    const dots = Math.min(window.devicePixelRatio || 1, 2); // more cost frames, and nobody sees them
    if (canvas.width !== Math.round(width * dots) || canvas.height !== Math.round(height * dots)) {
      canvas.width = Math.round(width * dots);
      canvas.height = Math.round(height * dots);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(dots, 0, 0, dots, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.font = "13px sans-serif";
    return [pen, width, height];
  },

  // Follow mouse or finger on a canvas: `follow` gets the place in its pixels.
  drag(canvas, follow) {
    const place = (event) => {
      const box = canvas.getBoundingClientRect();
      const drawn = canvas.clientWidth / box.width; // a slide may be shown larger than it is drawn
      follow((event.clientX - box.left) * drawn, (event.clientY - box.top) * drawn);
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      place(event);
    });
    canvas.addEventListener("pointermove", (event) => event.buttons && place(event));
  },

  // Say something to a screen reader, once it has stopped changing.
  teller(figure) {
    const status = kit.element("p", { role: "status", class: "live-unseen" });
    figure.append(status);
    let waiting;
    return (words) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => (status.textContent = words()), 400);
    };
  },

  // A clock with its buttons: `tick` gets the steps that have passed. It runs by itself only while
  // it is seen, and not for a reader who asked for less motion.
  clock(figure, perSecond, slowPerSecond, tick) {
    const button = kit.element("button", { type: "button" });
    const step = kit.element("button", { type: "button" }, "One step");
    const slow = kit.element("input", { type: "checkbox" });
    let playing = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    let [seen, last, asked] = [false, 0, false];
    const clock = { frames: 0 };
    const frame = (now) => {
      asked = false;
      if (!playing || !seen || !figure.isConnected) return;
      const passed = last ? Math.min(now - last, 100) / 1000 : 0; // a page that slept does not race
      last = now;
      clock.frames += 1;
      tick(passed * (slow.checked ? slowPerSecond : perSecond));
      ask();
    };
    const ask = () => {
      if (!asked) requestAnimationFrame(frame);
      asked = true;
    };
    const set = (value) => {
      playing = value;
      last = 0;
      button.textContent = playing ? "Pause" : "Play";
      ask();
    };
    button.addEventListener("click", () => set(!playing));
    step.addEventListener("click", () => {
      set(false);
      tick(1);
    });
    new IntersectionObserver(([entry]) => {
      seen = entry.isIntersecting;
      last = 0;
      ask();
    }).observe(figure);
    set(playing);
    const slowly = kit.element("label", {}, slow, "slow motion");
    clock.row = kit.element("div", { class: "live-row" }, button, step, slowly);
    return clock;
  },
};
