// Predictions on the site: a guess is taken, kept in the reader's own browser, drawn beside the truth.
// What is said is what course_utils/explore/questions.py says where there is a kernel.
(() => {
  const SHELF = "learning-delays-guesses";
  let kept = {};
  const read = () => {
    try {
      kept = JSON.parse(localStorage.getItem(SHELF)) || {};
    } catch {} // no shelf: the guesses live as long as the page
  };
  const keep = (change) => {
    read();
    change(kept);
    try {
      localStorage.setItem(SHELF, JSON.stringify(kept));
    } catch {}
  };

  const element = (tag, attributes = {}, ...inside) => {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...inside);
    return made;
  };
  const button = (words, press) => {
    const made = element("button", { type: "button" }, words);
    made.addEventListener("click", press);
    return made;
  };

  const say = (ask, value) => {
    if (ask.kind === "order") return value.join(" > ");
    if (ask.kind === "choice") return value;
    if (value === null) return "not a number";
    const words = value.toFixed(ask.places).replace(/\.?0+$/, "");
    const between = ["", "°"].includes(ask.unit) ? "" : " ";
    return `${words === "-0" ? 0 : words}${between}${ask.unit}`;
  };
  const holds = (ask, guess) => {
    if (ask.kind === "choice") return ask.items.includes(guess);
    if (ask.kind === "number") return ask.low <= guess && guess <= ask.high;
    return Array.isArray(guess) && String([...guess].sort()) === String([...ask.items].sort());
  };
  const apart = (ask, guess, truth) => {
    if (String(guess) === String(truth)) return "";
    if (ask.kind === "choice") return "not the same";
    if (ask.kind === "number") return truth === null ? "" : `${say(ask, Math.abs(guess - truth))} apart`;
    return `${guess.filter((item, k) => item === truth[k]).length} of ${truth.length} in their place`;
  };
  const verdict = (ask, guess, truth) => {
    const cameOut = say(ask, truth);
    if (guess === undefined) return `It came out: ${cameOut}.`;
    const far = apart(ask, guess, truth);
    if (!far && truth !== null) return `You guessed ${cameOut}, and so it is.`;
    return `You guessed ${say(ask, guess)}. It came out: ${cameOut}${far && `, ${far}`}.`;
  };

  // On a slide no answer is folded below: it stands on the next.
  const there = () => (document.querySelector(".slides") ? "comes next" : "is open below");

  const asked = {}; // by key: the question, its truth as soon as it is on the page, how to draw both
  const guessOf = (key) => (holds(asked[key].ask, kept[key]) ? kept[key] : undefined);
  let redraw = () => {};

  // The answer is folded right below the question; none is opened beyond the next question.
  const open = (place) => {
    const all = [...document.querySelectorAll("[data-ask], details.decide")];
    const next = all[all.indexOf(place) + 1];
    if (next && next.matches("details")) next.open = true;
  };

  const askFor = (place) => {
    const ask = JSON.parse(place.dataset.ask);
    const said = element("p", { role: "status" });
    const take = (guess) => {
      keep((all) => (all[ask.key] = guess));
      open(place);
      redraw();
    };
    const options = (press) => ask.items.map((item) => button(item, () => press(item)));
    const row = element("div", { role: "group", "aria-label": `Your guess: ${ask.asks}` });
    let show = () => {}; // the controls, after the guess is known
    let hint = "Decide, then look. Your guess stays in this browser.";
    if (ask.kind === "choice") {
      const made = options(take);
      row.append(...made);
      show = (guess) => made.forEach((one, k) => one.setAttribute("aria-pressed", ask.items[k] === guess));
    } else if (ask.kind === "number") {
      const { low, high, step } = ask;
      const field = element("input", {
        type: "range", min: low, max: high, step, value: low, class: "guess-unset", "aria-label": ask.asks,
      });
      const take_it = button("Move the slider", () => take(Number(field.value)));
      const tell = () => {
        field.classList.remove("guess-unset");
        field.setAttribute("aria-valuetext", say(ask, Number(field.value)));
        take_it.textContent = `I guess ${say(ask, Number(field.value))}`;
        take_it.disabled = false;
      };
      field.addEventListener("input", tell);
      show = (guess) => {
        if (guess === undefined) {
          field.classList.add("guess-unset");
          field.setAttribute("aria-valuetext", "no guess yet");
          take_it.textContent = "Move the slider";
          take_it.disabled = true;
        } else {
          field.value = guess;
          tell();
        }
      };
      row.append(element("span", {}, say(ask, low)), field, element("span", {}, say(ask, high)), take_it);
    } else {
      let chosen = [];
      hint = "Press what comes first, then what comes next.";
      const made = options((item) => {
        if (chosen.length === ask.items.length) chosen = [];
        if (!chosen.includes(item)) chosen.push(item);
        const left = ask.items.filter((one) => !chosen.includes(one));
        if (left.length < 2) take((chosen = [...chosen, ...left]));
        else {
          mark();
          said.textContent = `${say(ask, chosen)} > … What comes next?`;
        }
      });
      const mark = () =>
        made.forEach((one, k) => {
          const place = chosen.indexOf(ask.items[k]);
          one.textContent = place < 0 ? ask.items[k] : `${place + 1}. ${ask.items[k]}`;
          one.setAttribute("aria-pressed", place >= 0);
        });
      show = (guess) => {
        chosen = guess ? [...guess] : [];
        mark();
      };
      row.append(...made);
    }
    const skip = button("Skip", () => {
      open(place);
      said.textContent = `Skipped: the answer ${there()}.`;
    });
    row.append(skip);
    place.replaceChildren(row, said);
    asked[ask.key] = { ask };
    return () => {
      const guess = guessOf(ask.key);
      show(guess);
      said.textContent = guess === undefined ? hint : `Your guess: ${say(ask, guess)}. The answer ${there()}.`;
    };
  };

  // The words and the axis or the table with the truth are there already: the guess comes in.
  const answer = (place) => {
    const { key, truth } = JSON.parse(place.dataset.truth);
    if (!asked[key]) return () => {};
    const { ask } = asked[key];
    asked[key].truth = truth;
    place.replaceChildren(...(place.querySelector("details") || place).childNodes);
    place.querySelectorAll("summary").forEach((one) => one.remove());
    const [said, axis] = [place.querySelector("p"), place.querySelector("[aria-hidden] > div")];
    const cells = [...place.querySelectorAll("tbody tr")].map((row) => row.cells[1]);
    return () => {
      const guess = guessOf(key);
      said.textContent = verdict(ask, guess, truth);
      cells.forEach((cell, k) => (cell.textContent = guess ? guess[k] : ""));
      if (!axis) return;
      axis.querySelectorAll(".guess-mine").forEach((one) => one.remove());
      if (guess === undefined) return;
      const [low, high] = [Math.min(ask.low, truth), Math.max(ask.high, truth)];
      const at = (100 * (guess - low)) / (high - low);
      const word = element("span", { class: "guess-mine" }, `you ${say(ask, guess)}`);
      Object.assign(word.style, { top: "3.2em", left: `${at}%`, transform: `translateX(-${at}%)` });
      const tick = element("span", { class: "guess-mine guess-tick" });
      tick.style.left = `${at}%`;
      axis.append(word, tick);
    };
  };

  const list = (place) => () => {
    const keys = Object.keys(asked).filter((key) => guessOf(key) !== undefined && "truth" in asked[key]);
    if (!keys.length) {
      place.replaceChildren(element("p", {}, "No guess has been made on this page yet."));
      return;
    }
    const words = keys.map((key) => [say(asked[key].ask, guessOf(key)), say(asked[key].ask, asked[key].truth)]);
    const row = (tag, cells) => element("tr", {}, ...cells.map((cell) => element(tag, {}, cell)));
    const table = element("table", {},
      element("thead", {}, row("th", ["question", "your guess", "it came out"])),
      element("tbody", {}, ...keys.map((key, k) => row("td", [asked[key].ask.asks, ...words[k]]))));
    const pairs = keys.map((key, k) => `${key.split(".")[1]}=${words[k][0]} (was ${words[k][1]})`);
    const line = element("input", { readonly: "", "aria-label": "your guesses in one line" });
    line.value = [`lesson ${keys[0].split(".")[0]}`, ...pairs].join(" | ");
    const said = element("p", { role: "status" });
    const copy = button("Copy the line for my class", async () => {
      line.select();
      try {
        await navigator.clipboard.writeText(line.value);
      } catch {
        document.execCommand("copy");
      }
      said.textContent = "Copied.";
    });
    const forget = button("Forget my guesses", () => {
      keep((all) => Object.keys(asked).forEach((key) => delete all[key]));
      redraw();
    });
    place.replaceChildren(table, line, element("div", { role: "group" }, copy, forget), said);
  };

  const start = () => {
    read();
    const draw = [["ask", askFor], ["truth", answer], ["review", list]].flatMap(([name, make]) =>
      [...document.querySelectorAll(`[data-${name}]`)].map(make));
    redraw = () => draw.forEach((one) => one());
    redraw();
    document.querySelectorAll("[data-ask]").forEach((place) => {
      if (guessOf(JSON.parse(place.dataset.ask).key) !== undefined) open(place);
    });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
