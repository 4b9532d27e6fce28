// Each slide fits: before reveal.js starts, what would run off a slide goes to the next.
(() => {
  const HEIGHT = 720;
  const fits = (slide) => slide.scrollHeight <= HEIGHT;
  const element = (tag, attributes, ...inside) => {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...inside);
    return made;
  };

  // What stays together where it can: a cell, as its code and each of its outputs; else each block.
  const groups = (slide) => [...slide.children].map((block) => {
    if (!block.matches(".cell")) return [block];
    return [...block.querySelectorAll(":scope > .cell_input, :scope > .cell_output")].flatMap((part) =>
      part.matches(".cell_input")
        ? [part]
        : [...part.children].map((one) => element("div", { class: "cell_output" }, one)));
  });
  const isHeading = (part) => part.matches("h1, h2, h3, h4");
  const ofCell = (part) => part.matches(".cell_input, .cell_output");

  // One idea a slide: words after a cell begin one, a question ends with what takes the guess, and an
  // answer stands alone, so that nobody reads it early.
  const begins = (part, before) => {
    if (!before || isHeading(before) || part.matches("aside")) return false;
    if (part.matches("details") || before.matches("details")) return true;
    return Boolean(before.querySelector("[data-ask]")) || (ofCell(before) && !ofCell(part));
  };

  const split = (slide) => {
    const all = groups(slide);
    const topic = slide.parentElement.querySelector("h1, h2, h3")?.textContent;
    slide.replaceChildren();
    slide.classList.add("leaf");
    let [current, before] = [slide, null];
    const next = () => {
      const made = element("section", { class: "leaf" }, element("p", { class: "went-on" }, topic || ""));
      current.after(made);
      [current, before] = [made, null];
    };
    const fitsWith = (parts) => {
      current.append(...parts);
      return fits(current);
    };
    all.forEach((parts) => {
      parts.filter((part) => part.matches("details")).forEach((answer) => (answer.open = true));
      if (begins(parts[0], before)) next();
      let together = fitsWith(parts);
      if (!together && before && !isHeading(before)) {
        const [started, last] = [current, before];
        next();
        together = fitsWith(parts);
        if (!together && parts.length > 1) { // no slide holds it all: its code stays with the words
          current.remove();
          [current, before] = [started, last];
        }
      }
      if (!together && parts.length > 1) {
        parts.forEach((part) => part.remove());
        parts.forEach((part) => {
          if (!fitsWith([part]) && before && !isHeading(before)) {
            next();
            current.append(part);
          }
          before = part;
        });
      }
      if (!parts[0].matches("aside")) before = parts.at(-1);
    });
  };

  // What is too tall by itself is drawn smaller, also when it grows later, as a living view does when
  // it is seen; a figure with room around it is drawn larger.
  const shrink = (inside) => {
    for (let size = Number(inside.style.zoom || 1); size > 0.4 && !fits(inside.parentElement); ) {
      inside.style.zoom = size -= 0.05;
    }
  };
  const fit = (slide) => {
    const inside = element("div", { class: "fits" });
    inside.append(...slide.childNodes);
    slide.append(inside);
    inside.querySelectorAll(".cell_output > img, .cell_output > .image, .cell_output > a > img").forEach((image) => {
      const width = image.width;
      for (let size = 1.4; size > 1; size -= 0.1) {
        image.style.width = `${size * width}px`;
        if (fits(slide) && image.width <= 1168) return;
      }
      image.style.width = "";
    });
    shrink(inside);
    new ResizeObserver(() => slide.offsetHeight && shrink(inside)).observe(inside);
  };

  const leaves = () => [...document.querySelectorAll(".slides section")].filter((one) => !one.querySelector("section"));
  const lay_out = () => {
    document.body.classList.add("measuring");
    leaves().forEach(split);
    leaves().forEach(fit);
    // The next key opens an answer, as a click does.
    document.querySelectorAll(".slides details").forEach((answer) => {
      answer.open = false;
      answer.classList.add("fragment", "custom");
    });
    document.body.classList.remove("measuring");
  };

  const begin = Reveal.initialize;
  const loaded = new Promise((go) => (document.readyState === "complete" ? go() : addEventListener("load", go)));
  Reveal.initialize = async (config) => {
    await loaded;
    await document.fonts.ready;
    await window.MathJax?.startup?.promise;
    lay_out();
    await begin.call(Reveal, config);
    Reveal.on("fragmentshown", ({ fragment }) => (fragment.open = true));
    Reveal.on("fragmenthidden", ({ fragment }) => (fragment.open = false));
  };
})();
